/** Voiceprints as items: one per file with its channels nested, or one per channel. */
import { asItems, seconds, warningsOf, type Fields } from './fields';
import { asFlatItems, columns, mediaDuration, warningText } from './flat';
import type { Origin, OutputForm, ResultItem, ShapeOptions, VoiceprintChannel, VoiceprintResult } from './result';

/** A voiceprint has no segments. */
export type VoiceprintForm = Exclude<OutputForm, 'segment'>;

type VoiceprintOptions = Pick<ShapeOptions, 'simplify'>;

const FORMS: Record<VoiceprintForm, (result: VoiceprintResult, origin: Origin, simplify: boolean) => ResultItem[]> = {
	file: (result, origin, simplify) => {
		const { channels, warnings = [] } = result;
		const fields = {
			has_speech: channels.some(hasSpeech),
			...(origin.fileName === undefined ? {} : { file_name: origin.fileName }),
			...(result.duration === undefined ? {} : mediaDuration(result)),
			warnings,
			channels: result.perSpeaker ? bySpeaker(channels) : channels.map(rounded),
			...(result.model === undefined ? {} : { model: result.model }),
			...last(result, simplify),
		};
		return asItems([fields], result, origin, simplify);
	},
	channel: (result, origin, simplify) =>
		asFlatItems(result.channels.map((channel) => flatChannel(result, channel, origin, simplify)), result, origin, simplify),
};

/** Each channel with a list of its speakers; of one in which nobody speaks it is empty. */
function bySpeaker(all: VoiceprintChannel[]): Fields[] {
	return [...new Set(all.map(({ channel_number: number }) => number))].map((channel_number) => {
		const own = all.filter((one) => one.channel_number === channel_number && one.speaker !== null);
		return { channel_number, speakers_count: own.length, speakers: own.map((one) => speakerFields(rounded(one))) };
	});
}

function speakerFields({ channel_number: _number, ...speaker }: VoiceprintChannel): Fields {
	return speaker;
}

/** In the order of the channels, each paired with its input item. */
export function toVoiceprintItems(
	result: VoiceprintResult,
	form: VoiceprintForm,
	origin: Origin,
	{ simplify }: VoiceprintOptions,
): ResultItem[] {
	return FORMS[form](result, origin, simplify);
}

/** In a sentence; the items have them all. */
const NAMED_AT_MOST = 4;

/** Such as `2 voiceprints: channel 0 from 8.1 s of speech, channel 1 from 7.2 s; no speech in channel 2`. */
export function voiceprintsSummary({ channels }: VoiceprintResult): string {
	const made = channels.filter(hasSpeech);
	if (made.length === 0) return 'no speech, so no voiceprint';
	const [only] = channels;
	if (channels.length === 1) return `1 voiceprint, from ${only!.speech_length.toFixed(1)} s of speech`;
	const named = made.slice(0, NAMED_AT_MOST).map((one, i) => `${whose(one)} from ${one.speech_length.toFixed(1)} s${i === 0 ? ' of speech' : ''}`);
	const others = made.length > named.length ? ` and ${made.length - named.length} more` : '';
	const silent = channels.filter((one) => !hasSpeech(one)).map(({ channel_number: number }) => number);
	const none = silent.length > 0 ? `; no speech in channel ${silent.join(', ')}` : '';
	return `${made.length === 1 ? '1 voiceprint' : `${made.length} voiceprints`}: ${named.join(', ')}${others}${none}`;
}

function whose({ channel_number: number, speaker }: VoiceprintChannel): string {
	return `${speaker ? `${speaker} of ` : ''}channel ${number}`;
}

/**
 * First whether somebody speaks, how much, and whether it is one person; then where. What only machines read comes behind
 * that: the voiceprint, its numbers, and who made it.
 */
function flatChannel(result: VoiceprintResult, channel: VoiceprintChannel, origin: Origin, simplify: boolean): Fields {
	const { channel_number, model, voiceprint, speech_length, quality, speaker, talk_time, ...more } = rounded(channel);
	const { quality_speakers, ...measured } = quality ? columns('quality', quality) : {};
	return {
		has_speech: hasSpeech(channel),
		speech_length,
		...(quality ? { quality_speakers } : {}),
		file_name: origin.fileName ?? null,
		channel_number,
		...(speaker === undefined ? {} : { speaker, talk_time }),
		...mediaDuration(result),
		...measured,
		warnings: warningText(warningsOf(result, channel_number)),
		file_index: origin.item,
		voiceprint,
		// A list of numbers, where it was asked for.
		...more,
		// Which voiceprints can be compared hangs on it, also behind Simplify.
		model,
		...last(result, simplify),
	};
}

/** The task of a server stays: what waits for it asks for its state. */
function last({ engine, runtime, task_id, correlation_id, state }: VoiceprintResult, simplify: boolean): Fields {
	const task = task_id === undefined ? {} : { task_id, correlation_id, state };
	if (simplify) return task;
	return { ...task, engine, ...(runtime === undefined ? {} : { runtime }) };
}

function hasSpeech({ speech_length }: VoiceprintChannel): boolean {
	return speech_length > 0;
}

function rounded(channel: VoiceprintChannel): VoiceprintChannel {
	return { ...channel, speech_length: seconds(channel.speech_length) };
}
