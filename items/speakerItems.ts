/** A speaker diarization as items: one per file, per speaker or per segment. */
import type { Speaker, SpeakersChannel, SpeakerTurn, Warning } from '../engine/client/protocol';
import { asItems, seconds, warningsOf, type Fields } from './fields';
import { asFlatItems, fileColumns, inWords, mediaDuration, warningText } from './flat';
import { LABEL_FORMATS, type LabelFormat, type LabelledSegment } from './labelFiles';
import type { Origin, Provenance, ResultItem } from './result';
import { firstStart, longestPause, overlapOf, shareOf, speechIn } from './times';

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
		...factsOf(result),
		...(origin.fileName === undefined ? {} : { file_name: origin.fileName }),
		warnings,
		channels,
		...Object.fromEntries(labels.map((format) => [format, LABEL_FORMATS[format](segments, origin.fileName ?? '')])),
	};
	return asItems([fields], result, origin, simplify);
}

/** What a condition asks of a recording; times in seconds, null where there is none. */
function factsOf(result: SpeakersResult): Fields {
	const [only, ...others] = result.channels;
	const segments = result.channels.flatMap((channel) => channel.segments);
	const speakers = [...new Set(segments.map(({ speaker }) => speaker))];
	const speechLength = speechIn(segments);
	return {
		speakers_count: countOf(result),
		has_speech: segments.length > 0,
		speech_length: seconds(speechLength),
		speech_share: shareOf(speechLength, result.duration),
		...mediaDuration(result),
		overlap: seconds(only && others.length === 0 ? only.overlap_length : overlapOf(speakers.map((one) => segments.filter(({ speaker }) => speaker === one)))),
		longest_pause: longestPause(segments),
		first_speech: firstStart(segments),
	};
}

/** Such as `2 speakers, 7.1 s of speech (79 %), the first at 0.2 s`. */
export function speakersSummary(result: SpeakersResult): string {
	const { speakers_count: count, ...facts } = factsOf(result);
	return count === 0 ? inWords(facts) : `${String(count)} ${count === 1 ? 'speaker' : 'speakers'}, ${inWords(facts)}`;
}

type Nulls<T> = { [K in keyof T]: null };

const NOBODY: Nulls<Speaker> & { channel_number: null } = {
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
	channel_number: null,
	speech_length: null,
	reliable: null,
	voiceprint: null,
};

/** Flat, with the voiceprint, and the speech behind it, under the names that Compare Voiceprints expects. */
function eachSpeaker(result: SpeakersResult, origin: Origin, { simplify, keepFilesWithoutSpeech }: SpeakerShape): ResultItem[] {
	// Of the file; `speech_length` is here the voiceprint's.
	const { speakers_count, has_speech, duration } = factsOf(result);
	const row = ({ voiceprint, ...speaker }: Fields, warnings: Warning[]): Fields => ({
		...speaker,
		speakers_count,
		has_speech,
		duration,
		...fileColumns(origin),
		warnings: warningText(warnings),
		voiceprint,
	});
	const found = result.channels.flatMap(({ channel_number, speakers }) => {
		const warnings = warningsOf(result, channel_number);
		// Columns are the same wherever it was computed.
		return speakers.map(({ speaker_id: _id, speech_length, reliable, voiceprint, ...speaker }) => row({ ...speaker, channel_number, speech_length, reliable, voiceprint }, warnings));
	});
	const none = keepFilesWithoutSpeech ? [row(NOBODY, result.warnings ?? [])] : [];
	return asFlatItems(found.length > 0 ? found : none, result, origin, simplify);
}

const NO_SEGMENT = {
	speaker: null,
	name: null,
	start_time: null,
	end_time: null,
	duration: null,
	overlap: null,
	confidence: null,
	segment_type: 'none',
	channel_number: null,
	segment_index: null,
};

/** Flat; `segment_index` counts from 0 within the channel, in time order. */
function eachSegment(result: SpeakersResult, origin: Origin, { simplify, keepFilesWithoutSpeech }: SpeakerShape): ResultItem[] {
	// Here `duration` is the segment's, and `overlap` says whether somebody else talks in it.
	const { duration: file_duration, speakers_count, has_speech, speech_length, speech_share } = factsOf(result);
	const row = (segment: Fields, warnings: Warning[]): Fields => ({
		...segment,
		speakers_count,
		has_speech,
		speech_length,
		speech_share,
		file_duration,
		...fileColumns(origin),
		warnings: warningText(warnings),
	});
	const found = result.channels.flatMap(({ channel_number, segments }) => {
		const warnings = warningsOf(result, channel_number);
		return segments.map(({ segment_type, speaker, name, start_time, end_time, overlap, confidence }, segment_index) => {
			const duration = seconds(end_time - start_time);
			return row({ speaker, name, start_time, end_time, duration, overlap, confidence, segment_type, channel_number, segment_index }, warnings);
		});
	});
	const none = keepFilesWithoutSpeech ? [row(NO_SEGMENT, result.warnings ?? [])] : [];
	return asFlatItems(found.length > 0 ? found : none, result, origin, simplify);
}
