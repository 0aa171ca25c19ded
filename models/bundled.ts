/** The models that come with the package. Their cards and their calibrations lie beside them in `models/`. */
import path from 'node:path';

/** Path of a file of `models/`. */
export const modelPath = (name: string): string => path.join(__dirname, name);

/** IDs of the speaker-embedding models, as they stand in voiceprints. */
export const ACCURATE_MODEL = 'voiceprint-resnet34-v1';
export const FAST_MODEL = 'voiceprint-small-v2';

const BUNDLED_MODELS: readonly string[] = [ACCURATE_MODEL, FAST_MODEL];

export const isBundled = (model: string): boolean => BUNDLED_MODELS.includes(model);

/** Path of a bundled model's calibration: from cosines to log-likelihood ratios. */
export const calibrationPath = (model: string): string => modelPath(`${model}.calibration.json`);

/** Path of a bundled model's cohort: other speakers, by whom scores are normalised; only of models whose calibration says so. */
export const cohortPath = (model: string): string => modelPath(`${model}.cohort.bin`);

/** Path of what tells the speakers of one recording apart; only of models that have such. */
export const voiceSpacePath = (model: string): string => modelPath(`${model}.voice-space.json`);
