/** Which fields of a transcript hold times, and what services call them. */
import type { Fields as Entry } from './fields';
import { readTime } from './writtenTimes';
import { mapOfClip } from './timeMap';

/** What a field says of a word or sentence. */
export type Role = 'start' | 'end' | 'duration';

/** Names of the fields that hold times. */
export interface MappedFields {
	starts: readonly string[];
	ends: readonly string[];
}

/** OpenAI, Whisper, Deepgram, AssemblyAI, ElevenLabs; Speechmatics and Amazon; Google; whisper.cpp; Rev; Soniox; Azure. */
export const USUAL_FIELDS: MappedFields = {
	starts: ['start', 'start_time', 'startTime', 'startOffset', 'start_offset', 'from', 'ts', 'start_ms', 'startMs', 'offsetMilliseconds', 'offsetInTicks', 'offset', 'Offset'],
	ends: ['end', 'end_time', 'endTime', 'endOffset', 'end_offset', 'to', 'end_ts', 'end_ms', 'endMs'],
};

/** Beside a start; where there is no end, the end follows from it. */
const DURATIONS = ['duration', 'dur', 'duration_ms', 'durationMs', 'durationMilliseconds', 'durationInTicks', 'Duration'];

/** Means much, and a time only where a duration stands beside it. */
const OFFSET = /^offset/i;

/** Both times as a list, as Transformers gives them. */
const PAIRS = ['timestamp', 'timestamps'];

/** Units that a name says, and how many are a second. Azure counts in ticks of 100 ns. */
const NAMED_UNITS: ReadonlyArray<[RegExp, number]> = [
	[/(_ms|Ms|[mM]illis(econds)?)$/, 1000],
	[/[tT]icks$|^(Offset|Duration)$/, 1e7],
];

export const pathTo = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** The place of all entries of a list. */
export const patternOf = (path: string): string => path.replace(/\[\d+\]/g, '[]');

/** @param path of the object that has the field. @returns how many of its unit are a second, where its name says it */
export function namedUnit(path: string, name: string): number | undefined {
	// whisper.cpp, beside `timestamps` that are clocks.
	if (/(^|\.)offsets$/.test(path)) return 1000;
	return NAMED_UNITS.find(([pattern]) => pattern.test(name))?.[1];
}

/** Beside what it was made of, an item may hold what we said of the recording, in whose times that already is. */
export const isOwn = (entry: Entry, name: string): boolean =>
	name === 'time_map' || (mapOfClip(entry) !== undefined && typeof entry[name] === 'number') || (entry.segment_type !== undefined && entry.text === undefined);

const isTime = (value: unknown) => readTime(value) !== undefined;

/** What a field is by its name, whatever it holds; undefined: it is not for times. */
export function roleOf(entry: Entry, name: string, { starts, ends }: MappedFields): Role | undefined {
	if (isOwn(entry, name)) return undefined;
	if (starts.includes(name)) return !OFFSET.test(name) || DURATIONS.some((one) => isTime(entry[one])) ? 'start' : undefined;
	if (ends.includes(name)) return 'end';
	const hasStart = starts.some((one) => isTime(entry[one]) && !isOwn(entry, one));
	return DURATIONS.includes(name) && isTime(entry[name]) && hasStart ? 'duration' : undefined;
}

/** Two times as a list, either of which may be null. */
export const isPair = (name: string, value: unknown): value is unknown[] =>
	PAIRS.includes(name) && Array.isArray(value) && value.length === 2 && value.every((one) => one === null || isTime(one));

/** Times of many words as a list, beside lists of what else is known of them. */
export const isColumn = (value: unknown): value is unknown[] =>
	Array.isArray(value) && value.some(isTime) && value.every((one) => one === null || isTime(one));
