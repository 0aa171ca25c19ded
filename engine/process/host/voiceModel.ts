/** A model of voices with all that its voiceprints need beside it. */
import { calibrationOf } from '../../../models/calibrations';
import { normalizerOf } from '../../../models/cohorts';
import { parseCalibration, type Calibration } from '../../../voiceprints/calibration';
import { conditionsFor, type Normalizer } from '../../../voiceprints/cohort';
import type { Voiceprint } from '../../../voiceprints/voiceprint';
import type { Embedder } from '../embedding/embedder';
import type { Extraction } from '../extraction/extract';

export interface VoiceModel<E extends Embedder = Embedder> {
	embedder: E;
	calibration: Calibration | undefined;
	normalizer: Normalizer | undefined;
}

/**
 * @param modelFile path of the description of a model of one's own, which brings its own calibration
 * @throws VoiceprintError INVALID_MODEL
 */
export async function voiceModel<E extends Embedder>(embedder: E, modelFile?: string): Promise<VoiceModel<E>> {
	const { id, calibration: own } = embedder;
	const calibration = own === undefined ? await calibrationOf(id) : parseCalibration(own, id);
	return { embedder, calibration, normalizer: calibration && (await normalizerOf(calibration, modelFile)) };
}

/** With how the speech was recorded. Without speech there is nothing to tell, and without a calibration nobody asks. */
export function voiceprintOf({ voiceprint, quality: { snr }, narrowBand }: Extraction, { calibration, normalizer }: VoiceModel): Voiceprint {
	if (!calibration || voiceprint.vector.length === 0) return voiceprint;
	return { ...voiceprint, conditions: conditionsFor(calibration, voiceprint.vector, { narrowBand, snr }, normalizer) };
}
