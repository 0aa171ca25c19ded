/** A voice activity detection result as items: one per file, per channel or per segment. */
import type { VadChannel, Warning } from '../engine/client/protocol';
import { factsOfChannel, factsOfFile, isSpeech } from './facts';
import { asItems, roundChannel, roundSegment, seconds, warningsOf, type Fields } from './fields';
import { asFlatItems, fileColumns, inWords, warningText } from './flat';
import type { LabelledSegment } from './labelFiles';
import type { Origin, OutputForm, ResultItem, ShapeOptions, SpeechResult } from './result';

type Shape = (result: SpeechResult, origin: Origin, options: ShapeOptions) => ResultItem[];

/** The result as items, in the order of its channels and segments, each paired with its input item. */
export function toSpeechItems(
	result: SpeechResult,
	form: OutputForm,
	origin: Origin,
	options: ShapeOptions,
): ResultItem[] {
	return FORMS[form](result, origin, options);
}

/** Such as `7.1 s of speech (79 %), the first at 0.2 s`. */
export function speechSummary(result: SpeechResult): string {
	return inWords(factsOfFile(result));
}

/** The segments as label files have them: with their channel where there are several. */
export function labelledSpeech({ channels }: SpeechResult): LabelledSegment[] {
	return channels.flatMap(({ channel_number: channel, segments }) =>
		segments.filter(isSpeech).map(({ start_time, end_time, echo_of_channel: other }) => {
			const own = channels.length === 1 ? 'speech' : `channel ${channel}`;
			return { start_time, end_time, label: other === undefined ? own : `${own} (echo of channel ${other})`, channel };
		}),
	);
}

/** A new form is one function and one line here. */
const FORMS: Record<OutputForm, Shape> = { file: wholeFile, channel: eachChannel, segment: eachSegment };

/** Facts for a condition in the next node, then the whole result as the engine gives it: channels and segments nested. */
function wholeFile(result: SpeechResult, origin: Origin, { simplify }: ShapeOptions): ResultItem[] {
	const { channels, warnings = [] } = result;
	const { fileName } = origin;
	const fields: Fields = {
		...factsOfFile(result),
		...(fileName === undefined ? {} : { file_name: fileName }),
		warnings,
		channels: channels.map(roundChannel),
	};
	return asItems([fields], result, origin, simplify);
}

/** Lists of segments are columns of no table; where they are asked for, they come as they are. */
function eachChannel(result: SpeechResult, origin: Origin, { simplify, includeSegments }: ShapeOptions): ResultItem[] {
	const all = result.channels.map((channel): Fields => {
		const { channel_number, speech_length: _inFacts, segments, ...more } = roundChannel(channel);
		return {
			channel_number,
			...factsOfChannel(result, channel),
			segments_count: segments.length,
			...fileColumns(origin),
			warnings: warningText(warningsOf(result, channel_number)),
			...(includeSegments ? { segments } : {}),
			...more,
		};
	});
	return asFlatItems(all, result, origin, simplify);
}

/**
 * Stands where a segment's fields would be. Null and not 0: there is no time at which nobody began to speak. The type
 * says so to whoever cuts or transcribes next.
 */
const NO_SEGMENT = {
	segment_type: 'none',
	start_time: null,
	end_time: null,
	duration: null,
	channel_number: null,
	segment_index: null,
	echo_of_channel: null,
};

/**
 * Flat items, ready for a table, a loop or a subtitle: the segment, then the facts of its file.
 *
 * A file without speech has no segments. It gives one item of the type `none`, as a loop or branch that gets no item ends
 * there without a word; with `keepFilesWithoutSpeech` off it gives no item. Speech probabilities belong to a channel and
 * are left out.
 */
function eachSegment(result: SpeechResult, origin: Origin, { keepFilesWithoutSpeech, simplify }: ShapeOptions): ResultItem[] {
	// Here `duration` is the segment's.
	const { duration: file_duration, ...facts } = factsOfFile(result);
	const row = (segment: Fields, warnings: Warning[]): Fields => ({
		...segment,
		...facts,
		file_duration,
		...fileColumns(origin),
		warnings: warningText(warnings),
	});
	const found = result.channels.flatMap((channel) => {
		const warnings = warningsOf(result, channel.channel_number);
		return segmentFields(channel).map((segment) => row(segment, warnings));
	});
	const none = keepFilesWithoutSpeech ? [row(NO_SEGMENT, result.warnings ?? [])] : [];
	return asFlatItems(found.length > 0 ? found : none, result, origin, simplify);
}

/** `segment_index` counts from 0 within the channel; `duration` is the segment's, in seconds. */
function segmentFields({ channel_number, segments }: VadChannel): Fields[] {
	return segments.map((segment, segment_index) => {
		const { segment_type, start_time, end_time, echo_of_channel = null, ...more } = roundSegment(segment);
		const duration = seconds(end_time - start_time);
		return { segment_type, start_time, end_time, duration, channel_number, segment_index, echo_of_channel, ...more };
	});
}
