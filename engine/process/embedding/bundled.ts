/** How the model that comes with the package is fed. */
import { BUNDLED_MODEL as id, modelPath } from '../../../models/bundled';
import { readPackageFile } from '../../../models/packageFiles';
import type { Runtime } from '../runtime/interface';
import { loadEmbedder, type ModelEmbedder } from './embedder';
import type { ModelDescription } from './modelDescription';

export const BUNDLED: ModelDescription = {
	id,
	file: modelPath(`${id}.onnx`),
	dimension: 192,
	input: { kind: 'waveform', name: 'waveform' },
	output: 'embedding',
};

/** @throws VoiceprintError RUNTIME_UNAVAILABLE where the file is missing or damaged */
export async function loadBundledEmbedder(runtime: Runtime): Promise<ModelEmbedder> {
	return await loadEmbedder(runtime, BUNDLED, await readPackageFile(BUNDLED.file));
}
