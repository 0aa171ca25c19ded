/** Loaded models, kept for the life of the process: loading costs more than a short job. */
import { ACCURATE_MODEL, voiceSpacePath } from '../../../models/bundled';
import { readPackageFile } from '../../../models/packageFiles';
import { oncePerKey } from '../../../once';
import type { BundledChoice, RuntimeChoice, VoiceprintRequest } from '../../client/protocol';
import { chooseRuntime } from '../runtime/chooseRuntime';
import type { Runtime } from '../runtime/interface';
import { BUNDLED_EMBEDDERS } from '../embedding/bundled';
import { SAME_SPEAKER } from '../speakers/clusters';
import { loadSegmentation } from '../speakers/segmentation';
import type { SpeakerModels } from '../speakers/diarize';
import { parseVoiceSpace } from '../speakers/voiceSpace';
import type { Embedder } from '../embedding/embedder';
import { loadOwnModel } from '../embedding/ownModel';
import { loadSileroModels } from '../vad/detect';
import type { SileroModels } from '../vad/probabilities';

const silero = oncePerKey(loadSileroModels);

const bundled = { accurate: oncePerKey(BUNDLED_EMBEDDERS.accurate), fast: oncePerKey(BUNDLED_EMBEDDERS.fast) };

const segmentation = oncePerKey(loadSegmentation);

const voiceSpace = oncePerKey(async (model: string) => parseVoiceSpace(await readPackageFile(voiceSpacePath(model)), model));

/** @throws VoiceprintError RUNTIME_UNAVAILABLE, also where a model is missing or damaged */
export async function sileroModels(
	choice: RuntimeChoice,
): Promise<{ runtime: Runtime; models: Required<SileroModels> }> {
	const runtime = chooseRuntime(choice);
	return { runtime, models: await silero(runtime) };
}

/** @throws VoiceprintError INVALID_MODEL, RUNTIME_UNAVAILABLE where a bundled one is missing or damaged */
export async function embedderFor(runtime: Runtime, { model, modelFile }: VoiceprintRequest): Promise<Embedder> {
	return modelFile === undefined ? await bundled[model](runtime) : await loadOwnModel(runtime, modelFile);
}

/** @throws VoiceprintError RUNTIME_UNAVAILABLE where a model is missing or damaged */
export async function speakerModels(runtime: Runtime, model: BundledChoice = 'accurate'): Promise<SpeakerModels> {
	const space = model === 'accurate' ? await voiceSpace(ACCURATE_MODEL) : SAME_SPEAKER[model];
	return { segmentation: await segmentation(runtime), embedder: await bundled[model](runtime), space };
}
