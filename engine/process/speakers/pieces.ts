/** From tracks to pieces: turns without their short pauses, cut so short that a piece is hardly ever two people. */
import { SAMPLE_RATE } from '../audio';
import { STEP } from './segmentation';
import type { Run, Tracks } from './tracks';

const framesOf = (seconds: number) => Math.floor((seconds * SAMPLE_RATE) / STEP);

/** A pause of a track up to this does not end its turn, where nobody else talks in it. */
const LONGEST_PAUSE = framesOf(0.3);
/** The segmentation takes similar voices for one now and then; what is longer is cut. */
const LONGEST_PIECE = framesOf(2);

/** A part of a turn, in frames of the recording. */
export type Piece = Run;

/** In time order. The pauses that are closed count as talk of one person from then on. */
export function turnsOf({ runs, talkers }: Tracks): Run[] {
	const turns: Run[] = [];
	const last = new Map<number, Run>();
	for (const run of runs) {
		const turn = last.get(run.track);
		if (turn && run.from - turn.to <= LONGEST_PAUSE && !talkers.subarray(turn.to, run.from).some((count) => count > 0)) {
			talkers.fill(1, turn.to, run.from);
			turn.to = run.to;
		} else {
			const started = { ...run };
			last.set(run.track, started);
			turns.push(started);
		}
	}
	return turns;
}

/** In time order. */
export function piecesOf(turns: readonly Run[]): Piece[] {
	const pieces = turns.flatMap(({ track, from, to }) => {
		const count = Math.ceil((to - from) / LONGEST_PIECE);
		const bound = (i: number) => from + Math.floor((i * (to - from)) / count);
		return Array.from({ length: count }, (_, i) => ({ track, from: bound(i), to: bound(i + 1) }));
	});
	return pieces.sort((one, other) => one.from - other.from || one.track - other.track);
}
