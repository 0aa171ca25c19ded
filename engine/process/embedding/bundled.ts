/** How the model that comes with the package is fed. */
import { BUNDLED_MODEL as id, modelPath } from '../../../models/bundled';
import type { ModelDescription } from './modelDescription';

export const BUNDLED: ModelDescription = {
	id,
	file: modelPath(`${id}.onnx`),
	dimension: 192,
	input: { kind: 'waveform', name: 'waveform' },
	output: 'embedding',
};
