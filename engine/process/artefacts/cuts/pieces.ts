/** Which stretches of a recording are kept where silence is removed, and what of the pauses between them stays. */
import type { Span } from '../../audio';
import { union } from '../../spans';

/** Seconds; a shorter pause is no pause, and to cut it would only add a join. */
const SHORTEST_PAUSE = 0.02;

/**
 * The kept stretches in time order, in seconds: they lie within the recording and do not overlap.
 * @param spans speech, in any order, of all channels
 * @param pause seconds that stay of a longer pause between two stretches; a shorter one stays whole
 * @param duration of the recording, seconds
 */
export function keptPieces(spans: readonly Span[], pause: number, duration: number): Span[] {
	const inside = spans.map(({ start, end }) => ({ start: Math.max(0, start), end: Math.min(duration, end) }));
	const pieces: Span[] = [];
	for (const { start, end } of union(inside.filter((span) => span.end > span.start), [])) {
		const last = pieces.at(-1);
		if (last && start - last.end <= Math.max(pause, SHORTEST_PAUSE)) {
			last.end = end;
			continue;
		}
		// Half of it after the one and half before the other: the sound of the room goes on into the pause.
		if (last) last.end += pause / 2;
		pieces.push({ start: last ? start - pause / 2 : start, end });
	}
	return pieces;
}

/** A stretch in samples: from `start` to before `end`. */
export interface Piece {
	start: number;
	end: number;
}

/** The same in samples; none is empty. @param rate Hz */
export function inSamples(spans: readonly Span[], rate: number): Piece[] {
	const pieces = spans.map(({ start, end }) => ({ start: Math.round(start * rate), end: Math.round(end * rate) }));
	return pieces.filter(({ start, end }) => end > start);
}
