/** Findings about voiceprints that are no failures. */
import type { Calibration } from '../../voiceprints/calibration';
import { outsideCalibration, pairOutsideCalibration } from '../../voiceprints/coverage';
import type { Side } from '../../voiceprints/voiceprint';

export interface CompareWarning {
	code:
		| 'LITTLE_SPEECH'
		| 'EMPTY_VOICEPRINT'
		| 'ENTRY_SKIPPED'
		| 'VOICEPRINT_DOES_NOT_FIT'
		| 'OUTSIDE_CALIBRATION'
		| 'SAME_VOICEPRINT'
		| 'EMPTY_GALLERY'
		| 'GROUPED_IN_PARTS'
		// hints in the editor only
		| 'SINGLE_VOICEPRINT'
		| 'CONVERSATION_UNKNOWN'
		| 'SPEECH_LENGTH_UNKNOWN'
		| 'ONE_FOR_ALL'
		| 'NAMED_BY_FILE'
		| 'NO_SPEECH_LEFT_OUT'
		| 'NOT_MATCHED';
	message: string;
}

/** Seconds below which scores are wrong far more often. */
const LITTLE_SPEECH = 3;

/**
 * @param lengths seconds of speech behind the voiceprints that were compared; null where nobody knows
 * @param names what to call each of them
 */
export function littleSpeech(lengths: Array<number | null>, names: string[]): CompareWarning[] {
	return lengths.flatMap((length, index) =>
		length === null || length >= LITTLE_SPEECH
			? []
			: [
					{
						code: 'LITTLE_SPEECH' as const,
						message: `${names[index]!} has only ${length.toFixed(1)} s of speech behind it, so the result is uncertain`,
					},
				],
	);
}

export function speechLengthUnknown(which: string): CompareWarning {
	return {
		code: 'SPEECH_LENGTH_UNKNOWN',
		message: `Nothing says how much speech is behind ${which}: one of silence would be taken for a speaker. Keep the field 'speech_length' beside the voiceprint`,
	};
}

export function emptyVoiceprint(consequence: string): CompareWarning {
	return { code: 'EMPTY_VOICEPRINT', message: `The voiceprint has no speech behind it: ${consequence}` };
}

/** Where there is no calibration, scores are cosines, which promise nothing. */
export function outside(calibration: Calibration | undefined, side: Side, name: string): CompareWarning[] {
	return (calibration ? outsideCalibration(calibration, side, name) : []).map(asWarning);
}

/** The same for both sides of a comparison, and for what they are together. */
export function outsideOfBoth(calibration: Calibration | undefined, [one, other]: [Side, Side], names: [string, string]): CompareWarning[] {
	if (!calibration) return [];
	const together = pairOutsideCalibration(calibration, one, other).map(asWarning);
	return [...outside(calibration, one, names[0]), ...outside(calibration, other, names[1]), ...together];
}

function asWarning(fact: string): CompareWarning {
	return { code: 'OUTSIDE_CALIBRATION', message: `${fact}: the score may mean something else` };
}
