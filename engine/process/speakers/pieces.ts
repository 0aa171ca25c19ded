/** From tracks to pieces: turns without their short pauses, cut so short that a piece is hardly ever two people. */
import { SAMPLE_RATE } from '../audio';
import { STEP } from './segmentation';
import type { Run, Tracks } from './tracks';

const framesOf = (seconds: number) => Math.floor((seconds * SAMPLE_RATE) / STEP);

/** A pause of a track up to this does not end its turn, where nobody else talks in it. */
const LONGEST_PAUSE = framesOf(0.3);
/** The segmentation takes similar voices for one now and then; what is longer is cut. */
const LONGEST_PIECE = framesOf(2);

/** A turn is cut at its pauses where so much is left on both sides: a speaker's change that the segmentation missed is there most often. */
const LEAST_PART = framesOf(0.5);

/** A part of a turn, in frames of the recording. */
export type Piece = Run;

/** A stretch in which a track talks without a long pause, or somebody else in one. */
export interface Turn extends Run {
	/** The short ones in it, in time order. */
	pauses: Array<Pick<Run, 'from' | 'to'>>;
}

/** In time order. The pauses that are closed count as talk of one person from then on. */
export function turnsOf({ runs, talkers }: Tracks): Turn[] {
	const turns: Turn[] = [];
	const last = new Map<number, Turn>();
	for (const run of runs) {
		const turn = last.get(run.track);
		if (turn && run.from - turn.to <= LONGEST_PAUSE && !talkers.subarray(turn.to, run.from).some((count) => count > 0)) {
			talkers.fill(1, turn.to, run.from);
			turn.pauses.push({ from: turn.to, to: run.from });
			turn.to = run.to;
		} else {
			const started = { ...run, pauses: [] };
			last.set(run.track, started);
			turns.push(started);
		}
	}
	return turns;
}

/** Where a turn is cut for its pauses, ascending, its ends included; long pauses come first. */
function cutsAtPauses({ from, to, pauses }: Turn): number[] {
	const cuts = [from, to];
	const longestFirst = [...pauses].sort((one, other) => other.to - other.from - (one.to - one.from) || one.from - other.from);
	for (const pause of longestFirst) {
		const middle = Math.floor((pause.from + pause.to) / 2);
		if (cuts.every((cut) => Math.abs(cut - middle) >= LEAST_PART)) cuts.push(middle);
	}
	return cuts.sort((one, other) => one - other);
}

/** In time order. */
export function piecesOf(turns: readonly Turn[]): Piece[] {
	const pieces = turns.flatMap((turn) => {
		const cuts = cutsAtPauses(turn);
		return cuts.slice(1).flatMap((to, i) => {
			const from = cuts[i]!;
			const count = Math.ceil((to - from) / LONGEST_PIECE);
			const bound = (part: number) => from + Math.floor((part * (to - from)) / count);
			return Array.from({ length: count }, (_, part) => ({ track: turn.track, from: bound(part), to: bound(part + 1) }));
		});
	});
	return pieces.sort((one, other) => one.from - other.from || one.track - other.track);
}
