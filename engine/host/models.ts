/** Loaded models, kept for the life of the process: loading costs more than a short job. */
import type { RuntimeChoice, RuntimeName } from '../protocol';
import { chooseRuntime, type Runtime } from '../runtime';
import { BUNDLED_MODEL } from '../embedding/bundled';
import { loadEmbedder, type Embedder } from '../embedding/embedder';
import { loadOwnModel } from '../embedding/ownModel';
import { loadSileroModels } from '../vad/detect';
import type { SileroModels } from '../vad/probabilities';

const silero = new Map<RuntimeName, Promise<Required<SileroModels>>>();

/** @throws EngineError RUNTIME_UNAVAILABLE */
export async function sileroModels(
	choice: RuntimeChoice,
): Promise<{ runtime: Runtime; models: Required<SileroModels> }> {
	const runtime = chooseRuntime(choice);
	const loading = silero.get(runtime.name) ?? loadSileroModels(runtime);
	silero.set(runtime.name, loading);
	return { runtime, models: await loading };
}

const bundled = new Map<RuntimeName, Promise<Embedder>>();

/**
 * @param modelFile path of the description of a model of one's own; absent for the bundled model
 * @throws EngineError INVALID_MODEL
 */
export async function embedderFor(runtime: Runtime, modelFile?: string): Promise<Embedder> {
	if (modelFile !== undefined) return await loadOwnModel(runtime, modelFile);
	const loading = bundled.get(runtime.name) ?? loadEmbedder(runtime, BUNDLED_MODEL);
	bundled.set(runtime.name, loading);
	return await loading;
}
