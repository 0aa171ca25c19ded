/** Findings about voiceprints that are no failures. */

export interface CompareWarning {
	code:
		| 'LITTLE_SPEECH'
		| 'EMPTY_VOICEPRINT'
		| 'ENTRY_SKIPPED'
		| 'VOICEPRINT_DOES_NOT_FIT'
		| 'SAME_VOICEPRINT'
		| 'EMPTY_GALLERY'
		| 'GROUPED_IN_PARTS'
		// hints in the editor only
		| 'SINGLE_VOICEPRINT'
		| 'CONVERSATION_UNKNOWN'
		| 'SPEECH_LENGTH_UNKNOWN'
		| 'ONE_FOR_ALL'
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
