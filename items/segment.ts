/**
 * One item per segment: flat items, ready for a table, a loop or a subtitle.
 *
 * A file without speech has no segments and so gives no items, as n8n's own nodes do for an empty list; a made-up item
 * would be taken for speech by whatever cuts or transcribes next. Where the flow must go on, `keepFilesWithoutSpeech`
 * asks for one item whose segment fields are null. Speech probabilities belong to a channel and are left out.
 */
import type { VadChannel } from '../engine/client/protocol';
import { details, head, roundSegment, warningsOf } from './common';
import { seconds } from './seconds';
import type { Origin, ResultItem, ShapeOptions, SpeechResult } from './types';

/** Stands where a segment's fields would be: the same fields, so that tables keep their columns. */
const NO_SEGMENT = {
	channel_number: null,
	segment_index: null,
	segment_type: null,
	start_time: null,
	end_time: null,
	duration: 0,
};

export function segmentItems(result: SpeechResult, origin: Origin, options: ShapeOptions): ResultItem[] {
	const first = head(result, origin);
	const last = options.simplify ? {} : details(result, origin);
	const pairedItem = () => ({ item: origin.item });
	const items = result.channels.flatMap((channel) => {
		const warnings = warningsOf(result, channel.channel_number);
		return segmentFields(channel).map((fields) => ({
			json: { ...first, ...fields, ...(warnings.length > 0 ? { warnings } : {}), ...last },
			pairedItem: pairedItem(),
		}));
	});
	if (items.length > 0 || !options.keepFilesWithoutSpeech) return items;
	return [{ json: { ...first, ...NO_SEGMENT, warnings: result.warnings ?? [], ...last }, pairedItem: pairedItem() }];
}

/** `segment_index` counts from 0 within the channel; `duration` is the segment's, in seconds. */
function segmentFields({ channel_number, segments }: VadChannel): Array<{ [field: string]: unknown }> {
	return segments.map((segment, segment_index) => {
		const rounded = roundSegment(segment);
		return { channel_number, segment_index, ...rounded, duration: seconds(rounded.end_time - rounded.start_time) };
	});
}
