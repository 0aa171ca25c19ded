/** Which known people the speakers of a recording are: each person is one speaker, unless the recording took one for two. */

/** Nats above the threshold from which on a second speaker is the same person as well, rather than a likeness. */
const CLEARLY = 2;

export interface Recognised {
	/** Number of the known person. */
	known: number;
	score: number;
}

/**
 * The likeliest pair first, then the next of who is left. A speaker whose likeliest person has become another one is that person
 * too if the score is clear: then one person was taken for two speakers.
 * @param scores of each speaker against each known person; null where they cannot be compared
 * @param threshold score from which on a speaker may be a person
 * @returns for each speaker, who it is; null for nobody known
 */
export function recognise(scores: ReadonlyArray<ReadonlyArray<number | null>>, threshold: number): Array<Recognised | null> {
	const pairs = scores.flatMap((row, speaker) =>
		row.flatMap((score, known) => (score !== null && score >= threshold ? [{ speaker, known, score }] : [])),
	);
	pairs.sort((one, other) => other.score - one.score || one.speaker - other.speaker || one.known - other.known);
	const found: Array<Recognised | null> = scores.map(() => null);
	const taken = new Set<number>();
	for (const { speaker, known, score } of pairs) {
		if (found[speaker] || taken.has(known)) continue;
		found[speaker] = { known, score };
		taken.add(known);
	}
	for (const { speaker, known, score } of pairs) {
		if (!found[speaker] && score >= threshold + CLEARLY) found[speaker] = { known, score };
	}
	return found;
}
