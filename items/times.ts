/** Arithmetic on the segments of a result, in seconds: what several people or channels say together, and against each other. */
import type { Segment } from '../engine/client/protocol';
import { countWhile } from '../search';
import { seconds } from './fields';

/** Whose it is, says the list that it is in. */
export type Times = Pick<Segment, 'start_time' | 'end_time'>;

/** A pause up to this does not end what somebody is saying, seconds. */
const PAUSE_WITHIN_TURN = 0.5;

/** Shorter talk at the same time is the edge of a segment rather than an interruption, seconds. */
const SHORTEST_INTERRUPTION = 0.3;

/** In time order; those that overlap, or have no longer pause between them than this, are one. */
export function joined(segments: readonly Times[], pause = 0): Times[] {
	const all: Times[] = [];
	for (const { start_time, end_time } of [...segments].sort((one, other) => one.start_time - other.start_time)) {
		const last = all.at(-1);
		if (last && start_time - last.end_time <= pause) last.end_time = Math.max(last.end_time, end_time);
		else all.push({ start_time, end_time });
	}
	return all;
}

/** Seconds in which somebody speaks: where several speak at once, they count once. */
export function speechIn(segments: readonly Times[]): number {
	return joined(segments).reduce((sum, { start_time, end_time }) => sum + end_time - start_time, 0);
}

/** Stretches that are in both. */
function common(one: readonly Times[], other: readonly Times[]): Times[] {
	const [a, b] = [joined(one), joined(other)];
	const all: Times[] = [];
	for (let i = 0, j = 0; i < a.length && j < b.length; ) {
		const start_time = Math.max(a[i]!.start_time, b[j]!.start_time);
		const end_time = Math.min(a[i]!.end_time, b[j]!.end_time);
		if (start_time < end_time) all.push({ start_time, end_time });
		if (a[i]!.end_time < b[j]!.end_time) i++;
		else j++;
	}
	return all;
}

/** Seconds in which at least two speak. @param talks of each one */
export function overlapOf(talks: ReadonlyArray<readonly Times[]>): number {
	return speechIn(talks.flatMap((one, i) => talks.slice(i + 1).flatMap((other) => common(one, other))));
}

/** Seconds of the longest stretch between two segments in which nobody speaks; null without any segment. */
export function longestPause(segments: readonly Times[]): number | null {
	const all = joined(segments);
	if (all.length === 0) return null;
	return seconds(all.reduce((longest, { start_time }, i) => (i === 0 ? 0 : Math.max(longest, start_time - all[i - 1]!.end_time)), 0));
}

/** Seconds at which the first segment begins; null without any. */
export function firstStart(segments: readonly Times[]): number | null {
	const first = segments.reduce((earliest, { start_time }) => Math.min(earliest, start_time), Infinity);
	return first === Infinity ? null : seconds(first);
}

/** Of the whole, 0 to 1; null where the whole is not known. */
export function shareOf(part: number, whole: number | undefined): number | null {
	return whole === undefined || whole <= 0 ? null : Math.min(1, seconds(part / whole));
}

/** The one in which a moment lies, its edges left out. @param segments in time order, not overlapping */
function around(segments: readonly Times[], time: number): Times | undefined {
	const last = segments[countWhile(segments.length, (i) => segments[i]!.start_time < time) - 1];
	return last && time < last.end_time ? last : undefined;
}

/** How often one takes the turn of another: begins while that one speaks, and goes on when that one has come to an end. */
export function interruptionsOf(own: readonly Times[], other: readonly Times[]): number {
	const [talk, turns] = [joined(other), joined(other, PAUSE_WITHIN_TURN)];
	return joined(own, PAUSE_WITHIN_TURN).filter(({ start_time: start, end_time: end }) => {
		const turn = around(talk, start) && around(turns, start);
		return turn !== undefined && start <= turn.end_time - SHORTEST_INTERRUPTION && turn.end_time < end;
	}).length;
}
