/** Loaded models, kept for the life of the process: loading costs more than a short job. */
import { oncePerKey } from '../../../once';
import type { RuntimeChoice } from '../../client/protocol';
import { chooseRuntime } from '../runtime/chooseRuntime';
import type { Runtime } from '../runtime/interface';
import { loadBundledEmbedder } from '../embedding/bundled';
import type { Embedder } from '../embedding/embedder';
import { loadOwnModel } from '../embedding/ownModel';
import { loadSileroModels } from '../vad/detect';
import type { SileroModels } from '../vad/probabilities';

const silero = oncePerKey(loadSileroModels);

const bundled = oncePerKey(loadBundledEmbedder);

/** @throws VoiceprintError RUNTIME_UNAVAILABLE, also where a model is missing or damaged */
export async function sileroModels(
	choice: RuntimeChoice,
): Promise<{ runtime: Runtime; models: Required<SileroModels> }> {
	const runtime = chooseRuntime(choice);
	return { runtime, models: await silero(runtime) };
}

/**
 * @param modelFile path of the description of a model of one's own; absent for the bundled model
 * @throws VoiceprintError INVALID_MODEL, RUNTIME_UNAVAILABLE where the bundled one is missing or damaged
 */
export async function embedderFor(runtime: Runtime, modelFile?: string): Promise<Embedder> {
	return modelFile === undefined ? await bundled(runtime) : await loadOwnModel(runtime, modelFile);
}
