/**
 * Who says which word: the times of a transcription service joined with the segments of a speaker diarization. A word goes to
 * the speaker whose segment holds its middle; where several talk, to the one who also says the word before or after.
 */
import { isObject } from './fields';
import { finestWords, isWordless, timedLists, type TimeFields, type Word } from './transcriptLists';

export type { TimeFields } from './transcriptLists';

/** A stretch in which a speaker talks, seconds. */
export interface SpokenBy {
	start_time: number;
	end_time: number;
	speaker: string;
}

/** What one speaker says without anybody else between. */
export interface Block {
	speaker: string | null;
	start_time: number;
	end_time: number;
	text: string;
}

/** A word that lies this far from every segment belongs to nobody, seconds. */
const FARTHEST = 1;

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

/** The last sure speaker before each word, or the first behind it. */
function neighbours(sure: ReadonlyArray<string | null>): Array<{ before: string | null; after: string | null }> {
	const found = sure.map(() => ({ before: null as string | null, after: null as string | null }));
	let last: string | null = null;
	sure.forEach((speaker, i) => {
		found[i]!.before = last;
		last = speaker ?? last;
	});
	last = null;
	for (let i = sure.length - 1; i >= 0; i--) {
		found[i]!.after = last;
		last = sure[i] ?? last;
	}
	return found;
}

/** @param words in time order @returns for each its speaker, null where nobody talks near it */
function speakersOf(words: readonly Word[], segments: readonly SpokenBy[]): Array<string | null> {
	const talkers = words.map(({ start, end, isUntimed }) => (isUntimed ? [] : talkersAt((start + end) / 2, segments)));
	const sure = talkers.map((all) => (all.length === 1 ? all[0]! : null));
	const near = neighbours(sure);
	const speakers: Array<string | null> = [];
	words.forEach(({ isUntimed }, i) => {
		const [all, { before, after }] = [talkers[i]!, near[i]!];
		// A word without times is said by whoever says the one before.
		if (isUntimed) speakers.push(i > 0 ? speakers[i - 1]! : after);
		else if (all.length < 2) speakers.push(all[0] ?? null);
		else speakers.push(all.find((speaker) => speaker === before) ?? all.find((speaker) => speaker === after) ?? all[0]!);
	});
	return speakers;
}

/** Words that bring their blanks, as Whisper's and those of ElevenLabs do, make up at least this share of such a list. */
const WITH_BLANKS = 0.3;

/** Words need a blank between them unless they bring their own, or none, as after Chinese characters. */
function joinText(before: string, text: string): string {
	if (before === '' || text === '' || /\s$/.test(before) || /^[\s.,!?;:%)\]}'’…]/.test(text)) return before + text;
	const isDense = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]$/u.test(before);
	return isDense ? before + text : `${before} ${text}`;
}

/** The words as what each speaker says in one go. */
function blocksOf(words: readonly Word[], speakers: ReadonlyMap<unknown, string | null>): Block[] {
	const bring = words.filter(({ text }) => /^\s/.test(text)).length >= WITH_BLANKS * words.length;
	const blocks: Block[] = [];
	for (const { entry, start, end, text } of words) {
		if (text === '') continue;
		const speaker = speakers.get(entry) ?? null;
		const last = blocks.at(-1);
		if (last && (last.speaker === speaker || text.trim() === '')) {
			last.text = bring ? last.text + text : joinText(last.text, text);
			last.end_time = text.trim() === '' ? last.end_time : Math.max(last.end_time, end);
		} else if (text.trim() !== '') {
			blocks.push({ speaker, start_time: start, end_time: end, text: text.trimStart() });
		}
	}
	return blocks.map((block) => ({ ...block, text: block.text.trim() }));
}

/** A readable dialogue: "Anna: …" a line. */
export function dialogueOf(blocks: readonly Block[], unknown: string): string {
	return blocks.map(({ speaker, text }) => `${speaker ?? unknown}: ${text.replace(/\s*\n\s*/g, ' ')}`).join('\n');
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
 * @returns undefined where no words or sentences with times are in it, though there is text
 */
export function addSpeakers(
	transcript: unknown,
	segments: readonly SpokenBy[],
	given: Partial<TimeFields>,
	duration: number,
): SpokenTranscript | undefined {
	const lists = timedLists(transcript, given, duration);
	if (lists.length === 0) return isWordless(transcript) ? { transcript, blocks: [] } : undefined;
	const speakers = new Map<unknown, string | null>();
	for (const { words } of lists) {
		const inOrder = words.toSorted((one, other) => one.start - other.start);
		speakersOf(inOrder, segments).forEach((speaker, i) => speakers.set(inOrder[i]!.entry, speaker));
	}
	return { transcript: copyWith(transcript, speakers), blocks: blocksOf(finestWords(lists), speakers) };
}
