/** Words and sentences with times in what a transcription service gave, whatever it calls them and however it counts. */
import { isObject, type Fields as Entry } from './fields';
import { median } from './timeUnits';

/** Fields of a word or sentence where they are not the usual ones, as paths with dots, and how its times are counted. */
export interface TimeFields {
	start: string;
	end: string;
	/** Times are this many to the second: 1 or 1000. */
	perSecond: number;
	text: string;
}

/** A word or sentence; times in seconds. */
export interface Word {
	entry: Entry;
	start: number;
	end: number;
	/** The service gave no times for it, as for a number or a comma: they are those of the one before. */
	isUntimed: boolean;
	text: string;
}

export interface TimedList {
	/** Where it stands in the transcript, without numbers: lists of one kind, such as those of all channels, have the same. */
	path: string;
	/** In the order of the service. */
	words: Word[];
}

/** How services name times: OpenAI, Whisper, Deepgram, AssemblyAI and ElevenLabs; Amazon and Speechmatics; Google; whisper.cpp; Rev; Azure. */
interface TimeNames {
	start: string;
	end?: string;
	/** Instead of the end. */
	length?: string;
	perSecond?: number;
}

const TIMES: readonly TimeNames[] = [
	{ start: 'start', end: 'end' },
	{ start: 'start_time', end: 'end_time' },
	{ start: 'startTime', end: 'endTime' },
	{ start: 'offsets.from', end: 'offsets.to', perSecond: 1000 },
	{ start: 'timestamps.from', end: 'timestamps.to' },
	{ start: 'from', end: 'to' },
	{ start: 'ts', end: 'end_ts' },
	{ start: 'start_ms', end: 'end_ms', perSecond: 1000 },
	{ start: 'offsetMilliseconds', length: 'durationMilliseconds', perSecond: 1000 },
	{ start: 'start', length: 'duration' },
	{ start: 'offset', length: 'duration' },
];

const TEXTS = ['punctuated_word', 'word', 'text', 'transcript', 'content', 'value', 'display', 'alternatives.0.content'];

/** Further guesses of a service at the same words. */
const SECOND_GUESS = /\b(alternatives|nBest)\.([1-9]\d*)\b/;

/** Marks of whisper.cpp among its tokens. */
const MARK = /^\[_[A-Z]+_?\d*_?\]$/;

/** Seconds that hardly any word or sentence lasts. */
const LONGEST = 60;

function fieldAt(entry: Entry, path: string): unknown {
	return path.split('.').reduce<unknown>((value, step) => (typeof value === 'object' && value !== null ? (value as Entry)[step] : undefined), entry);
}

interface Time {
	value: number;
	/** Whatever the others are counted in. */
	isSeconds: boolean;
}

/** A number, a number as text, `1.25s`, or `00:01:02,250`. */
function timeOf(value: unknown): Time | undefined {
	if (typeof value === 'number') return Number.isFinite(value) ? { value, isSeconds: false } : undefined;
	if (typeof value !== 'string' || value.trim() === '') return undefined;
	const clock = /^(?:(\d+):)?(\d+):(\d+(?:[.,]\d+)?)$/.exec(value.trim());
	if (clock) return { value: Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3]!.replace(',', '.')), isSeconds: true };
	const inSeconds = /^(\d+(?:\.\d+)?)s$/.exec(value.trim());
	if (inSeconds) return { value: Number(inSeconds[1]), isSeconds: true };
	return Number.isFinite(Number(value)) ? { value: Number(value), isSeconds: false } : undefined;
}

interface Found {
	path: string;
	entries: Entry[];
	names: TimeNames;
	text: string;
}

interface Times {
	start: Time;
	/** Its value may be a length instead. */
	end: Time;
}

function timesOf(entry: Entry, { start, end, length }: TimeNames): Times | undefined {
	const [first, last] = [timeOf(fieldAt(entry, start)), timeOf(fieldAt(entry, end ?? length!))];
	return first && last ? { start: first, end: last } : undefined;
}

/** At least half of the entries have it: numbers and punctuation often have no times. */
const mostHave = (entries: readonly Entry[], has: (entry: Entry) => boolean) => entries.filter(has).length * 2 >= entries.length;

/** What the fields of a list are called; undefined where its entries are no words or sentences. */
function namesOf(list: readonly unknown[], given: Partial<TimeFields>): Omit<Found, 'path'> | undefined {
	const entries = list.filter(isObject);
	if (entries.length === 0 || entries.length < list.length) return undefined;
	const wanted = TIMES.map(({ start, end, ...names }): TimeNames => ({
		...names,
		start: given.start ?? start,
		...(given.end === undefined ? (end === undefined ? {} : { end }) : { end: given.end }),
	}));
	const names = wanted.find((one) => mostHave(entries, (entry) => timesOf(entry, one) !== undefined));
	const texts = given.text === undefined ? TEXTS : [given.text];
	const text = texts.find((one) => mostHave(entries, (entry) => typeof fieldAt(entry, one) === 'string'));
	return names && text !== undefined ? { entries, names, text } : undefined;
}

function findLists(value: unknown, given: Partial<TimeFields>, path: readonly string[]): Found[] {
	if (!Array.isArray(value) && !isObject(value)) return [];
	const inside = Object.entries(value).flatMap(([step, one]) => findLists(one, given, [...path, step]));
	const found = Array.isArray(value) ? namesOf(value, given) : undefined;
	return found ? [{ ...found, path: path.join('.') }, ...inside] : inside;
}

/** Whole numbers are milliseconds where they reach beyond the recording, or entries would last for minutes. The same for all lists. */
function perSecondOf(lists: readonly Found[], duration: number): number {
	const times = lists
		.filter(({ names }) => names.perSecond === undefined)
		.flatMap(({ entries, names }) => entries.flatMap((entry) => timesOf(entry, names) ?? []))
		.filter(({ start, end }) => !start.isSeconds && !end.isSeconds);
	const all = times.flatMap(({ start, end }) => [start.value, end.value]);
	if (all.length === 0 || !all.every(Number.isInteger)) return 1;
	const isBeyond = all.reduce((most, one) => Math.max(most, one), 0) > 1.5 * duration + 1;
	return isBeyond || median(times.map(({ start, end }) => end.value - start.value)) > LONGEST ? 1000 : 1;
}

function wordsOf({ entries, names, text }: Found, counted: number): Word[] {
	const inSeconds = ({ value, isSeconds }: Time) => (isSeconds ? value : value / (names.perSecond ?? counted));
	let before = 0;
	return entries.map((entry) => {
		const given = fieldAt(entry, text);
		const said = typeof given === 'string' && !MARK.test(given.trim()) ? given : '';
		const times = timesOf(entry, names);
		if (!times) return { entry, start: before, end: before, isUntimed: true, text: said };
		const start = inSeconds(times.start);
		const end = inSeconds(times.end) + (names.end === undefined ? start : 0);
		before = end;
		return { entry, start, end, isUntimed: false, text: said };
	});
}

/**
 * All lists of words and sentences in a transcript, at any depth; a sentence may hold a list of its words.
 * @param given names of fields where they are not the usual ones
 * @param duration of the recording, seconds
 */
export function timedLists(transcript: unknown, given: Partial<TimeFields>, duration: number): TimedList[] {
	const found = findLists(transcript, given, []);
	const counted = given.perSecond ?? perSecondOf(found, duration);
	return found.map((list) => ({
		path: list.path,
		words: wordsOf(given.perSecond === undefined ? list : { ...list, names: { ...list.names, perSecond: undefined } }, counted),
	}));
}

/** The words that say most exactly who talks: of all lists of one kind, those that have most entries; in time order. */
export function finestWords(lists: readonly TimedList[]): Word[] {
	const kinds = new Map<string, Word[]>();
	for (const { path, words } of lists) {
		if (SECOND_GUESS.test(path)) continue;
		const kind = path.replace(/(^|\.)\d+(?=\.|$)/g, '$1*');
		kinds.set(kind, [...(kinds.get(kind) ?? []), ...words]);
	}
	const finest = [...kinds.values()].reduce<Word[]>((best, words) => (words.length > best.length ? words : best), []);
	return finest.toSorted((one, other) => one.start - other.start);
}

/** Names of lists that a service leaves empty where it heard nothing. */
const LISTS = ['words', 'utterances', 'transcription'];

/** Whether a service heard no word: it says so by an empty text or list, and nothing else says anything. */
export function isWordless(transcript: unknown): boolean {
	const fields: Array<[string, unknown]> = [];
	const collect = (value: unknown) => {
		if (typeof value !== 'object' || value === null) return;
		for (const [name, inner] of Object.entries(value)) {
			fields.push([name, inner]);
			collect(inner);
		}
	};
	collect(transcript);
	const isText = ([name, value]: [string, unknown]) => (name === 'text' || name === 'transcript') && typeof value === 'string';
	if (fields.some((field) => isText(field) && (field[1] as string).trim() !== '')) return false;
	return fields.some((field) => isText(field) || (LISTS.includes(field[0]) && Array.isArray(field[1]) && field[1].length === 0));
}
