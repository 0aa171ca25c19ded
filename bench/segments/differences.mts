/** How the speech that was found now differs from the speech that was found before. */
import { difference, lengthOf } from '../../dist/engine/process/spans.js';

/** Start and end, milliseconds from the start of the file. */
export type Milliseconds = [start: number, end: number];

/** What came out of one file. */
export interface Answer {
	/** Its code, where there is nothing else. */
	error?: string;
	/** Speech by the number of the channel. */
	channels?: Record<string, Milliseconds[]>;
	/** Their codes, with the channel where they have one. */
	warnings?: string[];
}

/** By the path of the file. */
export type Answers = Record<string, Answer>;

const spansOf = (segments: Milliseconds[]) => segments.map(([start, end]) => ({ start, end }));

/** Milliseconds that are in one of them and not in the other. */
function between(one: Milliseconds[], other: Milliseconds[]): number {
	const end = Math.max(0, ...[...one, ...other].flat());
	return lengthOf(difference(spansOf(one), spansOf(other), end)) + lengthOf(difference(spansOf(other), spansOf(one), end));
}

function inChannel(before: Milliseconds[] | undefined, now: Milliseconds[] | undefined): string | undefined {
	if (!before || !now) return now ? 'is new' : 'is gone';
	if (JSON.stringify(before) === JSON.stringify(now)) return undefined;
	const count = before.length === now.length ? '' : `, ${now.length} segments instead of ${before.length}`;
	const first = now.find((segment, i) => String(segment) !== String(before[i])) ?? before[now.length];
	return `differs by ${between(before, now)} ms${count}, first at ${first?.[0]} ms`;
}

function inFile(before: Answer | undefined, now: Answer | undefined): string[] {
	if (!before || !now) return [now ? 'was not there before' : 'is not there'];
	if (before.error !== now.error) return [`${now.error ?? 'no error'} instead of ${before.error ?? 'no error'}`];
	const numbers = [...new Set([...Object.keys(before.channels ?? {}), ...Object.keys(now.channels ?? {})])];
	const changed = numbers.flatMap((number) => {
		const change = inChannel(before.channels?.[number], now.channels?.[number]);
		return change ? [`channel ${number} ${change}`] : [];
	});
	const said = (answer: Answer) => (answer.warnings ?? []).join(', ') || 'nothing';
	return said(before) === said(now) ? changed : [...changed, `warns of ${said(now)} instead of ${said(before)}`];
}

/** One line for each difference, none where all is the same. */
export function differences(before: Answers, now: Answers): string[] {
	const paths = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
	return paths.flatMap((path) => inFile(before[path], now[path]).map((change) => `${path}: ${change}`));
}
