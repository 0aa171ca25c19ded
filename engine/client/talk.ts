/**
 * What follows from who speaks when: talk times, turns and overlaps. The engine and a server tell only the segments, and from
 * them both come to the same facts.
 */
import type { TalkFacts } from './protocol';

/** Overlaps that are shorter are not reported, seconds. */
const SHORTEST_OVERLAP = 0.1;

/** Milliseconds precision, without floating-point dust. */
const round = (value: number): number => Math.round(value * 1000) / 1000;

/** A stretch in which a speaker talks, seconds. `S` tells speakers apart. */
export interface Talk<S extends string | number> {
	speaker: S;
	start: number;
	end: number;
}

export interface Overlap<S extends string | number> {
	/** Seconds. */
	start: number;
	end: number;
	/** Who talks, ascending. */
	speakers: S[];
}

const ascending = <S extends string | number>(one: S, other: S) => (one < other ? -1 : one > other ? 1 : 0);

/** Stretches in which the same several speakers talk, in time order. */
export function overlapsOf<S extends string | number>(segments: ReadonlyArray<Talk<S>>): Array<Overlap<S>> {
	const edges = [...new Set(segments.flatMap(({ start, end }) => [start, end]))].sort((one, other) => one - other);
	const sorted = [...segments].sort((one, other) => one.start - other.start);
	const overlaps: Array<Overlap<S>> = [];
	let active: typeof sorted = [];
	let next = 0;
	edges.slice(0, -1).forEach((start, i) => {
		const end = edges[i + 1]!;
		active = active.filter((one) => one.end > start);
		while (next < sorted.length && sorted[next]!.start <= start) active.push(sorted[next++]!);
		const speakers = [...new Set(active.map(({ speaker }) => speaker))].sort(ascending);
		if (speakers.length < 2) return;
		const before = overlaps.at(-1);
		if (before?.end === start && String(before.speakers) === String(speakers)) before.end = end;
		else overlaps.push({ start, end, speakers });
	});
	return overlaps.filter(({ start, end }) => end - start >= SHORTEST_OVERLAP);
}

/** Whether somebody else talks in a part of what a speaker says. */
export function isOverlapped<S extends string | number>({ speaker, start, end }: Talk<S>, overlaps: ReadonlyArray<Overlap<S>>): boolean {
	return overlaps.some((one) => one.speakers.includes(speaker) && one.start < end && one.end > start);
}

/** @param segments in time order */
export function talkOfSpeakers<S extends string | number>(segments: ReadonlyArray<Talk<S>>): Map<S, TalkFacts> {
	const lengthOf = (talks: ReadonlyArray<Talk<S>>) => talks.reduce((sum, { start, end }) => sum + end - start, 0);
	const all = lengthOf(segments);
	const speakers = [...new Set(segments.map(({ speaker }) => speaker))];
	return new Map(
		speakers.map((speaker) => {
			const own = segments.filter((one) => one.speaker === speaker);
			const talk = lengthOf(own);
			const facts = {
				talk_time: round(talk),
				share: all > 0 ? round(talk / all) : 0,
				turns: own.length,
				longest_turn: round(Math.max(...own.map(({ start, end }) => end - start))),
				first_time: round(own[0]!.start),
				last_time: round(Math.max(...own.map(({ end }) => end))),
			};
			return [speaker, facts] as const;
		}),
	);
}

/** Seconds in which anybody talks. @param segments in time order */
export function speechLengthOf(segments: ReadonlyArray<Pick<Talk<string>, 'start' | 'end'>>): number {
	let [sum, end] = [0, 0];
	for (const one of segments) {
		sum += Math.max(0, one.end - Math.max(one.start, end));
		end = Math.max(end, one.end);
	}
	return round(sum);
}

/** `SPEAKER_00` is the first one. */
export const speakerLabel = (number: number): string => `SPEAKER_${String(number).padStart(2, '0')}`;
