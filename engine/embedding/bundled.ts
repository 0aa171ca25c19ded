/** The model that comes with the package; its card and its calibration lie beside it in `models/`. */
import path from 'node:path';
import type { ModelDescription } from './modelDescription';

const FOLDER = path.join(__dirname, '..', '..', 'models');

export const BUNDLED_MODEL: ModelDescription = {
	id: 'voiceprint-small-v2',
	file: path.join(FOLDER, 'voiceprint-small-v2.onnx'),
	dimension: 192,
	input: { kind: 'waveform', name: 'waveform' },
	output: 'embedding',
};

/** Path of its calibration: cosine and speech length to log-likelihood ratio. */
export const BUNDLED_CALIBRATION = path.join(FOLDER, `${BUNDLED_MODEL.id}.calibration.json`);
