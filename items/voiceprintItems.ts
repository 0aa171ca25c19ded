/** Voiceprints as items: one per file with its channels nested, or one per channel. */
import { asItems, headWithDuration, seconds, warningsOf, type Fields } from './fields';
import type { Origin, OutputForm, ResultItem, ShapeOptions, VoiceprintChannel, VoiceprintResult } from './result';

/** A voiceprint has no segments. */
export type VoiceprintForm = Exclude<OutputForm, 'segment'>;

type Shape = (result: VoiceprintResult, origin: Origin) => Fields[];

const FORMS: Record<VoiceprintForm, Shape> = {
	file: (result, origin) => {
		const { channels, warnings = [] } = result;
		return [{ ...headWithDuration(result, origin), channels: channels.map(rounded), warnings }];
	},
	channel: (result, origin) =>
		result.channels.map((channel) => ({
			...headWithDuration(result, origin),
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
	return asItems(FORMS[form](result, origin), result, origin, simplify);
}

function rounded(channel: VoiceprintChannel): VoiceprintChannel {
	return { ...channel, speech_length: seconds(channel.speech_length) };
}
