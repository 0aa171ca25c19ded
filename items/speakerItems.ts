/** A speaker diarization as items: one per file, per speaker or per segment. */
import type { Speaker, SpeakersChannel, SpeakerTurn } from '../engine/client/protocol';
import { asItems, headWithDuration, seconds, warningsOf, type Fields } from './fields';
import { asFlatItems, flatHead, mediaDuration, warningText } from './flat';
import { LABEL_FORMATS, type LabelFormat, type LabelledSegment } from './labelFiles';
import type { Origin, Provenance, ResultItem } from './result';

/** What a server does not tell. */
type Unknown<T, K extends keyof T> = Omit<T, K> & { [F in K]: T[F] | null };

/** The number that a server gives speakers and their segments, its own in each channel. */
interface OfServer {
	speaker_id?: number;
}

/** Of the local engine, or of a server, which makes no voiceprints. */
export type SpeakerOfChannel = Unknown<Speaker, 'voiceprint' | 'speech_length' | 'reliable'> & OfServer;

export type ChannelOfSpeakers = Omit<SpeakersChannel, 'speakers' | 'segments'> & {
	speakers: SpeakerOfChannel[];
	segments: Array<SpeakerTurn & OfServer>;
};

/** Wherever it was computed. */
export interface SpeakersResult extends Provenance {
	channels: ChannelOfSpeakers[];
}

export type SpeakerForm = 'file' | 'speaker' | 'segment';

export interface SpeakerShape {
	/** Leave out how the result came about (media, settings). */
	simplify: boolean;
	/** Let a file in which nobody speaks give one item instead of none. */
	keepFilesWithoutSpeech: boolean;
	/** Text forms of the segments to add to the file's item. */
	labels: LabelFormat[];
}

type Shape = (result: SpeakersResult, origin: Origin, shape: SpeakerShape) => ResultItem[];

const FORMS: Record<SpeakerForm, Shape> = { file: wholeFile, speaker: eachSpeaker, segment: eachSegment };

/** The result as items, each paired with its input item. */
export function toSpeakerItems(result: SpeakersResult, form: SpeakerForm, origin: Origin, shape: SpeakerShape): ResultItem[] {
	return FORMS[form](result, origin, shape);
}

const countOf = ({ channels }: SpeakersResult) => channels.reduce((sum, { speakers_count: count }) => sum + count, 0);

/** The segments under the names of their speakers, as label files have them. */
export function labelledSpeakers({ channels }: SpeakersResult): LabelledSegment[] {
	return channels.flatMap(({ channel_number: channel, segments }) =>
		segments.map(({ start_time, end_time, speaker, name }) => ({ start_time, end_time, label: name ?? speaker, channel })),
	);
}

/** Who speaks first, what a list of speakers needs to be read, and all of it as lists. */
function wholeFile(result: SpeakersResult, origin: Origin, { simplify, labels }: SpeakerShape): ResultItem[] {
	const { channels, warnings = [] } = result;
	const segments = labelledSpeakers(result);
	const fields: Fields = {
		...headWithDuration(result, origin),
		speakers_count: countOf(result),
		speech_length: seconds(channels.reduce((sum, { speech_length: length }) => sum + length, 0)),
		channels,
		...Object.fromEntries(labels.map((format) => [format, LABEL_FORMATS[format](segments, origin.fileName ?? '')])),
		warnings,
	};
	return asItems([fields], result, origin, simplify);
}

type Nulls<T> = { [K in keyof T]: null };

const NOBODY: Nulls<Speaker> & { channel_number: null } = {
	channel_number: null,
	speaker: null,
	name: null,
	identified: null,
	name_score: null,
	talk_time: null,
	share: null,
	turns: null,
	longest_turn: null,
	first_time: null,
	last_time: null,
	voiceprint: null,
	speech_length: null,
	reliable: null,
};

/** Flat, with the voiceprint under the name that Compare Voiceprints expects. */
function eachSpeaker(result: SpeakersResult, origin: Origin, { simplify, keepFilesWithoutSpeech }: SpeakerShape): ResultItem[] {
	const head = { ...flatHead(result, origin), ...mediaDuration(result), speakers_count: countOf(result) };
	const found = result.channels.flatMap((channel) => {
		const warnings = warningText(warningsOf(result, channel.channel_number));
		// Columns are the same wherever it was computed.
		return channel.speakers.map(({ speaker_id: _id, ...speaker }): Fields => ({ ...head, channel_number: channel.channel_number, ...speaker, warnings }));
	});
	const none = keepFilesWithoutSpeech ? [{ ...head, ...NOBODY, warnings: warningText(result.warnings ?? []) }] : [];
	return asFlatItems(found.length > 0 ? found : none, result, origin, simplify);
}

const NO_SEGMENT = {
	channel_number: null,
	segment_index: null,
	segment_type: 'none',
	speaker: null,
	name: null,
	start_time: null,
	end_time: null,
	duration: null,
	overlap: null,
	confidence: null,
};

/** Flat; `segment_index` counts from 0 within the channel, in time order. */
function eachSegment(result: SpeakersResult, origin: Origin, { simplify, keepFilesWithoutSpeech }: SpeakerShape): ResultItem[] {
	const head = flatHead(result, origin);
	const found = result.channels.flatMap(({ channel_number, segments }) => {
		const warnings = warningText(warningsOf(result, channel_number));
		return segments.map(({ segment_type, speaker, name, start_time, end_time, overlap, confidence }, segment_index): Fields => ({
			...head,
			channel_number,
			segment_index,
			segment_type,
			speaker,
			name,
			start_time,
			end_time,
			duration: seconds(end_time - start_time),
			overlap,
			confidence,
			warnings,
		}));
	});
	const none = keepFilesWithoutSpeech ? [{ ...head, ...NO_SEGMENT, warnings: warningText(result.warnings ?? []) }] : [];
	return asFlatItems(found.length > 0 ? found : none, result, origin, simplify);
}
