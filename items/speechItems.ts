/** A voice activity detection result as items: one per file, per channel or per segment. */
import type { Segment, VadChannel } from '../engine/client/protocol';
import { asItems, headWithDuration, roundChannel, roundSegment, seconds, warningsOf, type Fields } from './fields';
import { asFlatItems, flatHead, mediaDuration, warningText } from './flat';
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

/** The segments as label files have them: with their channel where there are several. */
export function labelledSpeech({ channels }: SpeechResult): LabelledSegment[] {
	return channels.flatMap(({ channel_number: channel, segments }) =>
		segments.map(({ start_time, end_time, echo_of_channel: other }) => {
			const own = channels.length === 1 ? 'speech' : `channel ${channel}`;
			return { start_time, end_time, label: other === undefined ? own : `${own} (echo of channel ${other})`, channel };
		}),
	);
}

/** A new form is one function and one line here. */
const FORMS: Record<OutputForm, Shape> = { file: wholeFile, channel: eachChannel, segment: eachSegment };

/** The whole result as the engine gives it, channels and segments nested, with a sum for a condition in the next node. */
function wholeFile(result: SpeechResult, origin: Origin, { simplify }: ShapeOptions): ResultItem[] {
	const { channels, warnings = [] } = result;
	const fields = {
		...headWithDuration(result, origin),
		has_speech: channels.some(hasSpeech),
		speech_length: seconds(speechOf(channels)),
		channels: channels.map(roundChannel),
		warnings,
	};
	return asItems([fields], result, origin, simplify);
}

/** Lists of segments are columns of no table; where they are asked for, they come as they are. */
function eachChannel(result: SpeechResult, origin: Origin, { simplify, includeSegments }: ShapeOptions): ResultItem[] {
	const all = result.channels.map((channel): Fields => {
		const { channel_number, speech_length, segments, ...more } = roundChannel(channel);
		return {
			...flatHead(result, origin),
			...mediaDuration(result),
			channel_number,
			has_speech: hasSpeech(channel),
			speech_length,
			segments_count: segments.length,
			...(includeSegments ? { segments } : {}),
			...more,
			warnings: warningText(warningsOf(result, channel_number)),
		};
	});
	return asFlatItems(all, result, origin, simplify);
}

/**
 * Stands where a segment's fields would be. Null and not 0: there is no time at which nobody began to speak. The type
 * says so to whoever cuts or transcribes next.
 */
const NO_SEGMENT = {
	channel_number: null,
	segment_index: null,
	segment_type: 'none',
	start_time: null,
	end_time: null,
	duration: null,
	echo_of_channel: null,
};

/**
 * Flat items, ready for a table, a loop or a subtitle.
 *
 * A file without speech has no segments. It gives one item of the type `none`, as a loop or branch that gets no item ends
 * there without a word; with `keepFilesWithoutSpeech` off it gives no item. Speech probabilities belong to a channel and
 * are left out.
 */
function eachSegment(result: SpeechResult, origin: Origin, { keepFilesWithoutSpeech, simplify }: ShapeOptions): ResultItem[] {
	const file = flatHead(result, origin);
	const found = result.channels.flatMap((channel) => {
		const warnings = warningText(warningsOf(result, channel.channel_number));
		return segmentFields(channel).map((fields) => ({ ...file, ...fields, warnings }));
	});
	const none = keepFilesWithoutSpeech ? [{ ...file, ...NO_SEGMENT, warnings: warningText(result.warnings ?? []) }] : [];
	return asFlatItems(found.length > 0 ? found : none, result, origin, simplify);
}

/** `segment_index` counts from 0 within the channel; `duration` is the segment's, in seconds. */
function segmentFields({ channel_number, segments }: VadChannel): Fields[] {
	return segments.map((segment, segment_index) => {
		const { echo_of_channel = null, ...rounded } = roundSegment(segment);
		const duration = seconds(rounded.end_time - rounded.start_time);
		return { channel_number, segment_index, ...rounded, duration, echo_of_channel };
	});
}

function hasSpeech({ segments }: VadChannel): boolean {
	return segments.length > 0;
}

/** Seconds in which somebody speaks, on whichever channel: where several speak at once, they count once. */
function speechOf(channels: VadChannel[]): number {
	const [only, ...others] = channels;
	if (only && others.length === 0) return only.speech_length;
	const segments: Segment[] = channels.flatMap((channel) => channel.segments).sort((a, b) => a.start_time - b.start_time);
	let [sum, end] = [0, 0];
	for (const { start_time, end_time } of segments) {
		sum += Math.max(0, end_time - Math.max(start_time, end));
		end = Math.max(end, end_time);
	}
	return sum;
}
