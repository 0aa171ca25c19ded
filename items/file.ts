/** One item per file: the whole result as the engine gives it, channels and segments nested. */
import { details, head, present, roundChannel, roundDuration } from './common';
import type { Origin, ResultItem, ShapeOptions, SpeechResult } from './types';

export function fileItems(result: SpeechResult, origin: Origin, { simplify }: ShapeOptions): ResultItem[] {
	return [
		{
			json: {
				...head(result, origin),
				...present({ duration: roundDuration(result) }),
				channels: result.channels.map(roundChannel),
				warnings: result.warnings ?? [],
				...(simplify ? {} : details(result, origin)),
			},
			pairedItem: { item: origin.item },
		},
	];
}
