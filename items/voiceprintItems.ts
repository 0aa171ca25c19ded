/** Voiceprints as items: one per file with its channels nested, or one per channel. */
import { asItems, headWithDuration, seconds, warningsOf, type Fields } from './fields';
import { asFlatItems, columns, flatHead, mediaDuration, warningText } from './flat';
import type { Origin, OutputForm, ResultItem, ShapeOptions, VoiceprintChannel, VoiceprintResult } from './result';

/** A voiceprint has no segments. */
export type VoiceprintForm = Exclude<OutputForm, 'segment'>;

type VoiceprintOptions = Pick<ShapeOptions, 'simplify'>;

const FORMS: Record<VoiceprintForm, (result: VoiceprintResult, origin: Origin, simplify: boolean) => ResultItem[]> = {
	file: (result, origin, simplify) => {
		const { channels, warnings = [] } = result;
		const fields = { ...headWithDuration(result, origin), channels: channels.map(rounded), warnings };
		return asItems([fields], result, origin, simplify);
	},
	channel: (result, origin, simplify) =>
		asFlatItems(result.channels.map((channel) => flatChannel(result, channel, origin)), result, origin, simplify),
};

/** In the order of the channels, each paired with its input item. */
export function toVoiceprintItems(
	result: VoiceprintResult,
	form: VoiceprintForm,
	origin: Origin,
	{ simplify }: VoiceprintOptions,
): ResultItem[] {
	return FORMS[form](result, origin, simplify);
}

function flatChannel(result: VoiceprintResult, channel: VoiceprintChannel, origin: Origin): Fields {
	const { channel_number, model, voiceprint, speech_length, quality, ...more } = rounded(channel);
	return {
		...flatHead(result, origin),
		...mediaDuration(result),
		channel_number,
		has_speech: speech_length > 0,
		speech_length,
		model,
		voiceprint,
		// A list of numbers, where it was asked for.
		...more,
		...(quality ? columns('quality', quality) : {}),
		warnings: warningText(warningsOf(result, channel_number)),
	};
}

function rounded(channel: VoiceprintChannel): VoiceprintChannel {
	return { ...channel, speech_length: seconds(channel.speech_length) };
}
