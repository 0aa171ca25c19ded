/** Findings about voiceprints that are no failures. */

export interface CompareWarning {
	code: 'LITTLE_SPEECH' | 'EMPTY_VOICEPRINT' | 'ENTRY_SKIPPED' | 'VOICEPRINT_DOES_NOT_FIT';
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

export function emptyVoiceprint(consequence: string): CompareWarning {
	return { code: 'EMPTY_VOICEPRINT', message: `The voiceprint has no speech behind it: ${consequence}` };
}
