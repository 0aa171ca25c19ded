/** A voice activity detection result as items: one per file, per channel or per segment. */
import type { VadChannel } from '../engine/client/protocol';
import { asItems, head, headWithDuration, roundChannel, roundSegment, seconds, warningsOf, type Fields } from './fields';
import type { Origin, OutputForm, ResultItem, ShapeOptions, SpeechResult } from './result';

type Shape = (result: SpeechResult, origin: Origin, options: ShapeOptions) => Fields[];

/** The result as items, in the order of its channels and segments, each paired with its input item. */
export function toSpeechItems(
	result: SpeechResult,
	form: OutputForm,
	origin: Origin,
	options: ShapeOptions,
): ResultItem[] {
	return asItems(FORMS[form](result, origin, options), result, origin, options.simplify);
}

/** A new form is one function and one line here. */
const FORMS: Record<OutputForm, Shape> = { file: wholeFile, channel: eachChannel, segment: eachSegment };

/** The whole result as the engine gives it, channels and segments nested. */
function wholeFile(result: SpeechResult, origin: Origin): Fields[] {
	const { channels, warnings = [] } = result;
	return [{ ...headWithDuration(result, origin), channels: channels.map(roundChannel), warnings }];
}

/** The channel's speech length, for a condition in the next node, and its segments, nested. */
function eachChannel(result: SpeechResult, origin: Origin): Fields[] {
	return result.channels.map((channel) => ({
		...headWithDuration(result, origin),
		...roundChannel(channel),
		warnings: warningsOf(result, channel.channel_number),
	}));
}

/** Stands where a segment's fields would be: the same fields, so that tables keep their columns. */
const NO_SEGMENT = {
	channel_number: null,
	segment_index: null,
	segment_type: null,
	start_time: null,
	end_time: null,
	duration: 0,
};

/**
 * Flat items, ready for a table, a loop or a subtitle.
 *
 * A file without speech has no segments and so gives no items, as n8n's own nodes do for an empty list; a made-up item
 * would be taken for speech by whatever cuts or transcribes next. Where the flow must go on, `keepFilesWithoutSpeech`
 * asks for one item whose segment fields are null. Speech probabilities belong to a channel and are left out.
 */
function eachSegment(result: SpeechResult, origin: Origin, { keepFilesWithoutSpeech }: ShapeOptions): Fields[] {
	const file = head(result, origin);
	const items = result.channels.flatMap((channel) => {
		const warnings = warningsOf(result, channel.channel_number);
		return segmentFields(channel).map((fields) => ({ ...file, ...fields, ...(warnings.length > 0 ? { warnings } : {}) }));
	});
	if (items.length > 0 || !keepFilesWithoutSpeech) return items;
	return [{ ...file, ...NO_SEGMENT, warnings: result.warnings ?? [] }];
}

/** `segment_index` counts from 0 within the channel; `duration` is the segment's, in seconds. */
function segmentFields({ channel_number, segments }: VadChannel): Fields[] {
	return segments.map((segment, segment_index) => {
		const rounded = roundSegment(segment);
		return { channel_number, segment_index, ...rounded, duration: seconds(rounded.end_time - rounded.start_time) };
	});
}
