/** Loaded models, kept for the life of the process: loading costs more than a short job. */
import type { RuntimeChoice, RuntimeName } from '../protocol';
import { chooseRuntime, type Runtime } from '../runtime';
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
