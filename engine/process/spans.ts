/** Arithmetic on stretches of a recording, in seconds. */
import type { Span } from './audio';

export const lengthOf = (spans: readonly Span[]): number => spans.reduce((sum, { start, end }) => sum + end - start, 0);

/** All of both, in time order; those that touch are one. */
export function union(one: readonly Span[], other: readonly Span[]): Span[] {
	const joined: Span[] = [];
	for (const { start, end } of [...one, ...other].sort((a, b) => a.start - b.start)) {
		const last = joined.at(-1);
		if (last && start <= last.end) last.end = Math.max(last.end, end);
		else joined.push({ start, end });
	}
	return joined;
}

/** What lies in between, from 0 to the duration. @param spans in time order, not overlapping */
export function gaps(spans: readonly Span[], duration: number): Span[] {
	const found: Span[] = [];
	let start = 0;
	for (const span of [...spans, { start: duration, end: duration }]) {
		if (span.start > start) found.push({ start, end: span.start });
		start = Math.max(start, span.end);
	}
	return found;
}

/** What both have. Each in time order, not overlapping. */
export function intersection(one: readonly Span[], other: readonly Span[]): Span[] {
	const common: Span[] = [];
	for (let i = 0, j = 0; i < one.length && j < other.length; ) {
		const [a, b] = [one[i] as Span, other[j] as Span];
		const [start, end] = [Math.max(a.start, b.start), Math.min(a.end, b.end)];
		if (start < end) common.push({ start, end });
		if (a.end < b.end) i++;
		else j++;
	}
	return common;
}

/** What the first has and the second lacks. Each in time order, not overlapping. */
export function difference(one: readonly Span[], other: readonly Span[], duration: number): Span[] {
	return intersection(one, gaps(other, duration));
}
