/** Add Speakers to Transcript: who says which word, from the times of a transcript and the segments of this node. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { addSpeakers, dialogueOf, type Block, type SpokenBy, type TimeFields } from '../../items/transcript';
import { runForEachItem } from '../common/itemLoop';
import { choice, invalid, read, readCollection } from '../common/read';
import { END_FIELD, SPEAKERS, START_FIELD, TEXT_FIELD, TIME_UNIT, TRANSCRIPT, TRANSCRIPT_OPTIONS, UNKNOWN_SPEAKER } from './parameters';

interface Diarized {
	duration?: unknown;
	channels?: unknown;
	segments?: unknown;
}

export async function addToTranscript(ctx: IExecuteFunctions): Promise<INodeExecutionData[]> {
	return await runForEachItem(ctx, async (itemIndex) => [await spokenItem(ctx, itemIndex)]);
}

async function spokenItem(ctx: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData> {
	const transcript = readJson(ctx, itemIndex, TRANSCRIPT);
	const { segments, duration } = readSegments(ctx, itemIndex);
	const options = readCollection(ctx, itemIndex, TRANSCRIPT_OPTIONS);
	const spoken = addSpeakers(transcript, segments, readFields(options), duration);
	if (!spoken) throw noTimes();
	const unknown = text(UNKNOWN_SPEAKER, options.unknownSpeaker) ?? String(UNKNOWN_SPEAKER.default);
	const { blocks } = spoken;
	const { binary } = ctx.getInputData()[itemIndex]!;
	return {
		json: {
			dialogue: dialogueOf(blocks, unknown),
			speakers: talkOf(blocks, unknown),
			blocks: blocks.map((block) => ({ ...block, speaker: block.speaker ?? unknown })),
			transcript: spoken.transcript as IDataObject,
			warnings: segments.length === 0 ? [{ code: 'NO_SPEECH', message: 'No speakers were found in the recording, so nobody says the words' }] : [],
		} as IDataObject,
		pairedItem: { item: itemIndex },
		...(binary ? { binary } : {}),
	};
}

/** What each speaker says in all. */
function talkOf(blocks: readonly Block[], unknown: string): IDataObject[] {
	const names = [...new Set(blocks.map(({ speaker }) => speaker ?? unknown))];
	return names.map((name) => {
		const own = blocks.filter(({ speaker }) => (speaker ?? unknown) === name);
		return { speaker: name, turns: own.length, text: own.map((block) => block.text).join(' ') };
	});
}

/** A value, or the text of a JSON document. */
function readJson(ctx: IExecuteFunctions, itemIndex: number, parameter: INodeProperties): unknown {
	const value = read(ctx, itemIndex, parameter);
	if (typeof value !== 'string') return value;
	try {
		return JSON.parse(value) as unknown;
	} catch {
		throw invalid(parameter, 'must be JSON', value);
	}
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const listIn = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** Of the item for the file, or of its list of channels or segments. */
function readSegments(ctx: IExecuteFunctions, itemIndex: number): { segments: SpokenBy[]; duration: number } {
	const value = readJson(ctx, itemIndex, SPEAKERS);
	const { channels, segments, duration }: Diarized = isObject(value) ? value : { segments: value };
	const all = [...listIn(channels).flatMap((channel) => listIn((channel as Diarized | null)?.segments)), ...listIn(segments)];
	const inChannels = all.flatMap((entry) => (isObject(entry) && Array.isArray(entry.segments) ? listIn(entry.segments) : [entry]));
	if (!isObject(value) && !Array.isArray(value)) throw invalid(SPEAKERS, 'must be the item of a Speaker Diarization, or its list of segments', value);
	const spoken = inChannels.map((entry) => {
		const { start_time: start, end_time: end, speaker, name } = entry as Record<string, unknown>;
		const who = name ?? speaker;
		if (typeof start === 'number' && typeof end === 'number' && typeof who === 'string') return { start_time: start, end_time: end, speaker: who };
		throw invalid(SPEAKERS, 'must have segments with start_time, end_time and speaker', entry);
	});
	const last = Math.max(0, ...spoken.map(({ end_time: end }) => end));
	return { segments: spoken, duration: typeof duration === 'number' ? duration : last };
}

function text(parameter: INodeProperties, value: unknown): string | undefined {
	if (value === undefined || value === '') return undefined;
	if (typeof value === 'string') return value;
	throw invalid(parameter, 'must be text', value);
}

const PER_SECOND: Record<string, number | undefined> = { automatic: undefined, milliseconds: 1000, seconds: 1 };

function readFields({ startField, endField, textField, timeUnit }: Record<string, unknown>): Partial<TimeFields> {
	const perSecond = PER_SECOND[choice<string>(TIME_UNIT, timeUnit ?? TIME_UNIT.default)];
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
		'NO_TIMES',
		'The transcript has no words or sentences with times',
		'Ask the transcription service for them: with OpenAI the response format verbose_json, with others word timestamps. Where the fields have ' +
			`unusual names, give them in the options '${START_FIELD.displayName}', '${END_FIELD.displayName}' and '${TEXT_FIELD.displayName}'.`,
	);
}
