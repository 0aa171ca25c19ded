/** The models that come with the package. Their cards and their calibrations lie beside them in `models/`. */
import path from 'node:path';

/** Path of a file of `models/`. */
export const modelPath = (name: string): string => path.join(__dirname, name);

/** ID of the speaker-embedding model, as it stands in voiceprints. */
export const BUNDLED_MODEL = 'voiceprint-small-v2';

/** Path of its calibration: cosine and speech length to log-likelihood ratio. */
export const BUNDLED_CALIBRATION = modelPath(`${BUNDLED_MODEL}.calibration.json`);
