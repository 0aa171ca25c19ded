/** Add Speakers to Transcript: who says which word, from the times of a transcript and the segments of this node. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { isObject } from '../../items/fields';
import { addSpeakers, dialogueOf, type Block, type SpokenBy, type TimeFields } from '../../items/transcript';
import { runForEachItem } from '../common/itemLoop';
import { invalid, json, read, readCollection } from '../common/read';
import { readTimeUnit } from '../common/timeUnit';
import { END_FIELD, SPEAKERS, START_FIELD, TEXT_FIELD, TIME_UNIT, TRANSCRIPT, TRANSCRIPT_OPTIONS, UNKNOWN_SPEAKER } from './transcriptParameters';

export async function addToTranscript(ctx: IExecuteFunctions): Promise<INodeExecutionData[]> {
	return await runForEachItem(ctx, async (itemIndex) => [await spokenItem(ctx, itemIndex)]);
}

async function spokenItem(ctx: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData> {
	const options = readCollection(ctx, itemIndex, TRANSCRIPT_OPTIONS);
	const fields = readFields(options);
	const unknown = text(UNKNOWN_SPEAKER, options.unknownSpeaker) ?? (UNKNOWN_SPEAKER.default as string);
	const { segments, duration } = readSegments(ctx, itemIndex);
	const spoken = addSpeakers(json(TRANSCRIPT, read(ctx, itemIndex, TRANSCRIPT)), segments, fields, duration);
	if (!spoken) throw noTimes();
	const { blocks } = spoken;
	const { binary } = ctx.getInputData()[itemIndex]!;
	return {
		json: {
			dialogue: dialogueOf(blocks, unknown),
			speakers: talkOf(blocks, unknown),
			blocks: blocks.map((block) => ({ ...block, speaker: block.speaker ?? unknown })),
			transcript: spoken.transcript as IDataObject,
			warnings: warningsOf(blocks, segments, unknown),
		},
		pairedItem: { item: itemIndex },
		...(binary ? { binary } : {}),
	};
}

/** What there is to know of a dialogue in which something is missing. */
function warningsOf(blocks: readonly Block[], segments: readonly SpokenBy[], unknown: string): IDataObject[] {
	if (blocks.length === 0) return [{ code: 'NO_WORDS', message: 'The transcript has no words' }];
	if (segments.length === 0) return [{ code: 'NO_SPEECH', message: 'No speakers were found in the recording, so nobody says the words' }];
	const nobodys = blocks.filter(({ speaker }) => speaker === null);
	if (nobodys.length === 0) return [];
	const words = nobodys.reduce((sum, { text: said }) => sum + said.split(/\s+/).length, 0);
	const first = nobodys[0]!.start_time.toFixed(1);
	const message = `${words === 1 ? '1 word' : `${words} words`} of the transcript (the first at ${first} s) lie where no speaker was found; '${unknown}' stands for who says them`;
	return [{ code: 'WORDS_OF_NOBODY', message }];
}

/** What each speaker says in all. */
function talkOf(blocks: readonly Block[], unknown: string): IDataObject[] {
	const names = [...new Set(blocks.map(({ speaker }) => speaker ?? unknown))];
	return names.map((name) => {
		const own = blocks.filter(({ speaker }) => (speaker ?? unknown) === name);
		return { speaker: name, turns: own.length, text: own.map((block) => block.text).join(' ') };
	});
}

/** The lists of segments: of the item for the file, of its channels, or the list itself. */
function segmentsIn(value: unknown): unknown[] | undefined {
	if (Array.isArray(value)) return (value as unknown[]).flatMap((entry) => (isObject(entry) && Array.isArray(entry.segments) ? (entry.segments as unknown[]) : [entry]));
	if (!isObject(value)) return undefined;
	return segmentsIn(value.channels) ?? segmentsIn(value.segments);
}

function readSegments(ctx: IExecuteFunctions, itemIndex: number): { segments: SpokenBy[]; duration: number } {
	const value = json(SPEAKERS, read(ctx, itemIndex, SPEAKERS));
	const found = segmentsIn(value);
	if (!found) throw noSegments(value);
	const segments = found.map((entry) => spokenBy(entry) ?? refuse(entry));
	const last = Math.max(0, ...segments.map(({ end_time: end }) => end));
	const duration = isObject(value) ? value.duration : undefined;
	return { segments, duration: typeof duration === 'number' ? duration : last };
}

function spokenBy(entry: unknown): SpokenBy | undefined {
	if (!isObject(entry)) return undefined;
	const { start_time: start, end_time: end, speaker, name } = entry;
	const who = name ?? speaker;
	if (typeof start !== 'number' || typeof end !== 'number' || typeof who !== 'string') return undefined;
	return { start_time: start, end_time: end, speaker: who };
}

function refuse(entry: unknown): never {
	throw invalid(SPEAKERS, 'must have segments with start_time, end_time and speaker', entry);
}

function noSegments(value: unknown): VoiceprintError {
	const { message } = invalid(SPEAKERS, 'must be what Find Speakers gives with One Item per File', value);
	return new VoiceprintError(
		'INVALID_PARAMETER',
		message,
		"Where the transcription comes after Find Speakers: {{ $('Speaker Diarization').item.json }}, with the name of that node. Where both come from a " +
			'Merge node (Combine by Position): {{ $json }}.',
	);
}

function text(parameter: INodeProperties, value: unknown): string | undefined {
	if (value === undefined || value === '') return undefined;
	if (typeof value === 'string') return value;
	throw invalid(parameter, 'must be text', value);
}

function readFields({ startField, endField, textField, timeUnit }: Record<string, unknown>): Partial<TimeFields> {
	const perSecond = readTimeUnit(TIME_UNIT, timeUnit);
	const [start, end, words] = [text(START_FIELD, startField), text(END_FIELD, endField), text(TEXT_FIELD, textField)];
	return {
		...(start === undefined ? {} : { start }),
		...(end === undefined ? {} : { end }),
		...(words === undefined ? {} : { text: words }),
		...(perSecond === undefined ? {} : { perSecond }),
	};
}

function noTimes(): VoiceprintError {
	return new VoiceprintError(
		'INVALID_PARAMETER',
		`'${TRANSCRIPT.displayName}' has no words or sentences with times`,
		'Ask the transcription service for them: with OpenAI the response format verbose_json, with others word timestamps. Where the fields have ' +
			`unusual names, give them in the options '${START_FIELD.displayName}', '${END_FIELD.displayName}' and '${TEXT_FIELD.displayName}'.`,
	);
}
