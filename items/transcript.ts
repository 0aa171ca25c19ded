/**
 * Who says which word: the times of a transcription service joined with the segments of a speaker diarization. A word goes to
 * the speaker whose segment holds its middle; where several talk, to the one who also says the word before or after.
 */

/** A stretch in which a speaker talks, seconds. */
export interface SpokenBy {
	start_time: number;
	end_time: number;
	speaker: string;
}

/** Fields of a word or sentence, and how its times are counted. */
export interface TimeFields {
	start: string;
	end: string;
	/** Times are this many to the second: 1 or 1000. */
	perSecond: number;
	text: string;
}

/** A list of words or sentences in a transcript. */
export interface TimedList {
	entries: Entry[];
	fields: TimeFields;
}

export type Entry = { [field: string]: unknown };

/** What one speaker says without anybody else between. */
export interface Block {
	speaker: string | null;
	start_time: number;
	end_time: number;
	text: string;
}

/** A word that lies this far from every segment belongs to nobody, seconds. */
const FARTHEST = 1;

/** Names of the fields in what services give: OpenAI, Whisper and Deepgram; ElevenLabs; AssemblyAI counts milliseconds. */
const STARTS = ['start', 'start_time', 'startTime', 'offset', 'from'];
const ENDS = ['end', 'end_time', 'endTime', 'to'];
const TEXTS = ['punctuated_word', 'word', 'text', 'transcript', 'content', 'value'];

const isObject = (value: unknown): value is Entry => typeof value === 'object' && value !== null && !Array.isArray(value);

const isTime = (value: unknown) => value !== null && value !== '' && Number.isFinite(Number(value));

/** The fields of a list whose entries all have times and text. */
function fieldsOf(entries: readonly unknown[], given: Partial<TimeFields>): Omit<TimeFields, 'perSecond'> | undefined {
	const objects = entries.filter(isObject);
	const [first] = objects;
	if (!first || objects.length < entries.length) return undefined;
	const pick = (name: string | undefined, names: string[], fits: (value: unknown) => boolean) =>
		(name === undefined ? names : [name]).find((one) => objects.every((entry) => fits(entry[one])));
	const [start, end] = [pick(given.start, STARTS, isTime), pick(given.end, ENDS, isTime)];
	const text = pick(given.text, TEXTS, (value) => typeof value === 'string');
	return start !== undefined && end !== undefined && text !== undefined ? { start, end, text } : undefined;
}

/** Whole numbers that reach beyond what the recording lasts in seconds are milliseconds. */
function perSecondOf(entries: readonly Entry[], { start, end }: { start: string; end: string }, duration: number): number {
	const times = entries.flatMap((entry) => [Number(entry[start]), Number(entry[end])]);
	return times.every(Number.isInteger) && Math.max(...times) > 1.5 * duration + 1 ? 1000 : 1;
}

/**
 * All lists of words and sentences in a transcript, at any depth; a sentence may hold a list of its words.
 * @param given names of fields where they are not the usual ones
 * @param duration of the recording, seconds
 */
export function timedLists(transcript: unknown, given: Partial<TimeFields>, duration: number): TimedList[] {
	if (Array.isArray(transcript)) {
		const fields = fieldsOf(transcript, given);
		const inside = (transcript as unknown[]).flatMap((entry) => timedLists(entry, given, duration));
		if (!fields) return inside;
		const entries = transcript as Entry[];
		return [{ entries, fields: { ...fields, perSecond: given.perSecond ?? perSecondOf(entries, fields, duration) } }, ...inside];
	}
	if (!isObject(transcript)) return [];
	return Object.values(transcript).flatMap((value) => timedLists(value, given, duration));
}

/** Seconds between a time and a segment; 0 inside. */
const distance = (time: number, { start_time: start, end_time: end }: SpokenBy) => Math.max(0, start - time, time - end);

/** Whoever talks at a time; where nobody does, who talks nearest to it. */
function talkersAt(time: number, segments: readonly SpokenBy[]): string[] {
	const talking = segments.filter((segment) => distance(time, segment) === 0);
	if (talking.length > 0) return [...new Set(talking.map(({ speaker }) => speaker))];
	const near = segments.filter((segment) => distance(time, segment) <= FARTHEST);
	if (near.length === 0) return [];
	return [near.reduce((best, segment) => (distance(time, segment) < distance(time, best) ? segment : best)).speaker];
}

/** @returns for each entry its speaker, null where nobody talks near it */
export function speakersOf({ entries, fields }: TimedList, segments: readonly SpokenBy[]): Array<string | null> {
	const talkers = entries.map((entry) => {
		const middle = (Number(entry[fields.start]) + Number(entry[fields.end])) / 2 / fields.perSecond;
		return talkersAt(middle, segments);
	});
	const sure = talkers.map((all) => (all.length === 1 ? all[0]! : null));
	return talkers.map((all, i) => {
		if (all.length < 2) return all[0] ?? null;
		const before = sure.slice(0, i).findLast((speaker) => speaker !== null);
		const after = sure.slice(i + 1).find((speaker) => speaker !== null);
		return all.find((speaker) => speaker === before) ?? all.find((speaker) => speaker === after) ?? all[0]!;
	});
}

/** Words need a blank between them unless they bring their own, as Whisper's do, or none, as after Chinese characters. */
function joinText(before: string, text: string): string {
	if (before === '' || /\s$/.test(before) || /^[\s.,!?;:%)\]}'’…]/.test(text)) return before + text;
	const isDense = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]$/u.test(before);
	return isDense ? before + text : `${before} ${text}`;
}

/** The list as what each speaker says in one go. */
export function blocksOf({ entries, fields }: TimedList, speakers: ReadonlyArray<string | null>): Block[] {
	const blocks: Block[] = [];
	entries.forEach((entry, i) => {
		const [start, end] = [Number(entry[fields.start]) / fields.perSecond, Number(entry[fields.end]) / fields.perSecond];
		const text = String(entry[fields.text]);
		const last = blocks.at(-1);
		if (last && last.speaker === speakers[i]) {
			last.text = joinText(last.text, text);
			last.end_time = Math.max(last.end_time, end);
		} else {
			blocks.push({ speaker: speakers[i]!, start_time: start, end_time: end, text: text.trimStart() });
		}
	});
	return blocks.map((block) => ({ ...block, text: block.text.trim() }));
}

/** A readable dialogue: "Anna: …" a line. */
export function dialogueOf(blocks: readonly Block[], unknown: string): string {
	return blocks.map(({ speaker, text }) => `${speaker ?? unknown}: ${text}`).join('\n');
}

export interface SpokenTranscript {
	/** In the same shape, each word and sentence with `speaker`. */
	transcript: unknown;
	/** By the finest list of times that there is. */
	blocks: Block[];
}

/** Copies what is in the lists with the speakers; the rest is taken as it is. */
function copyWith(value: unknown, speakers: ReadonlyMap<unknown, string | null>): unknown {
	if (Array.isArray(value)) return value.map((one) => copyWith(one, speakers));
	if (!isObject(value)) return value;
	const copy = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copyWith(inner, speakers)]));
	return speakers.has(value) ? { ...copy, speaker: speakers.get(value) } : copy;
}

/**
 * @param transcript what a transcription service gave; is not changed
 * @returns undefined where no words or sentences with times are in it
 */
export function addSpeakers(
	transcript: unknown,
	segments: readonly SpokenBy[],
	given: Partial<TimeFields>,
	duration: number,
): SpokenTranscript | undefined {
	const lists = timedLists(transcript, given, duration).filter(({ entries }) => entries.length > 0);
	if (lists.length === 0) return undefined;
	const speakers = new Map<unknown, string | null>();
	for (const list of lists) speakersOf(list, segments).forEach((speaker, i) => speakers.set(list.entries[i], speaker));
	// Words say more exactly who talks than sentences; the words of all sentences are one list.
	const most = lists.reduce((best, list) => (list.entries.length > best.entries.length ? list : best));
	const finest = wordsOfAll(lists, most);
	return { transcript: copyWith(transcript, speakers), blocks: blocksOf(finest, finest.entries.map((entry) => speakers.get(entry)!)) };
}

/** The words of each sentence stand in lists of their own: joined, where there are more of them than in any single list. */
function wordsOfAll(lists: readonly TimedList[], most: TimedList): TimedList {
	const inner = lists.filter((list) => lists.some((other) => other !== list && other.entries.some((entry) => Object.values(entry).includes(list.entries))));
	const words = inner.flatMap(({ entries }) => entries);
	if (words.length <= most.entries.length) return most;
	return { entries: words, fields: inner[0]!.fields };
}
