/** Voiceprints as items: one per file with its channels nested, or one per channel. */
import { details, head, present, roundDuration, warningsOf } from './common';
import { seconds } from './seconds';
import type { Origin, OutputForm, ResultItem, ShapeOptions, VoiceprintChannel, VoiceprintResult } from './types';

/** A voiceprint has no segments. */
export type VoiceprintForm = Exclude<OutputForm, 'segment'>;

type Shape = (result: VoiceprintResult, origin: Origin) => Array<ResultItem['json']>;

const FORMS: Record<VoiceprintForm, Shape> = {
	file: (result, origin) => [
		{ ...first(result, origin), channels: result.channels.map(rounded), warnings: result.warnings ?? [] },
	],
	channel: (result, origin) =>
		result.channels.map((channel) => ({
			...first(result, origin),
			...rounded(channel),
			warnings: warningsOf(result, channel.channel_number),
		})),
};

/** In the order of the channels, each paired with its input item. */
export function toVoiceprintItems(
	result: VoiceprintResult,
	form: VoiceprintForm,
	origin: Origin,
	{ simplify }: Pick<ShapeOptions, 'simplify'>,
): ResultItem[] {
	const last = simplify ? {} : details(result, origin);
	return FORMS[form](result, origin).map((json) => ({
		json: { ...json, ...last },
		pairedItem: { item: origin.item },
	}));
}

function first(result: VoiceprintResult, origin: Origin): ResultItem['json'] {
	return { ...head(result, origin), ...present({ duration: roundDuration(result) }) };
}

function rounded(channel: VoiceprintChannel): VoiceprintChannel {
	return { ...channel, speech_length: seconds(channel.speech_length) };
}
