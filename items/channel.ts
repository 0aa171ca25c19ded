/** One item per channel: its speech length, for a condition in the next node, and its segments, nested. */
import { details, head, present, roundChannel, roundDuration, warningsOf } from './common';
import type { Origin, ResultItem, ShapeOptions, SpeechResult } from './types';

export function channelItems(result: SpeechResult, origin: Origin, { simplify }: ShapeOptions): ResultItem[] {
	return result.channels.map((channel) => ({
		json: {
			...head(result, origin),
			...present({ duration: roundDuration(result) }),
			...roundChannel(channel),
			warnings: warningsOf(result, channel.channel_number),
			...(simplify ? {} : details(result, origin)),
		},
		pairedItem: { item: origin.item },
	}));
}
