/** What Also Produce asks of cut audio: the settings of Speech Only Audio and of Clips, and their values. */
import type { INodeProperties } from 'n8n-workflow';
import type { AudioFormat, ClipsRequest, SpeechOnlyRequest } from '../../engine/client/protocol';
import { choice, invalid, number } from './read';

export const SPEECH_ONLY = 'speechOnly';
export const CLIPS = 'clips';

const AUDIO_FORMAT: INodeProperties = {
	displayName: 'Audio Format',
	name: 'format',
	type: 'options',
	default: 'flac',
	description: 'How the audio is written, at the sample rate of the recording where the format has it, else at the next higher one',
	options: [
		{ name: 'FLAC', value: 'flac', description: 'Nothing is lost. About half the size of WAV, at most 8 channels.' },
		{ name: 'MP3', value: 'mp3', description: 'Small, and read everywhere. At most 48000 Hz and 2 channels.' },
		{ name: 'Opus', value: 'opus', description: 'Smallest, as .ogg. At most 48000 Hz and 8 channels.' },
		{ name: 'WAV', value: 'wav', description: '16 bits, nothing is lost. At most 4 GB.' },
	],
};

const BIT_RATE: INodeProperties = {
	displayName: 'Bit Rate',
	name: 'bitRate',
	type: 'number',
	default: 0,
	typeOptions: { minValue: 0, maxValue: 256, numberPrecision: 0 },
	hint: 'In kbit/s of a channel, 0 for what suits speech',
	description: 'Of MP3 and Opus, per channel. With 0 it is 32 to 64 kbit/s for MP3 and 24 to 32 for Opus, by the sample rate.',
};

const KEPT_PAUSE: INodeProperties = {
	displayName: 'Kept Pause',
	name: 'keptPause',
	type: 'number',
	default: 0,
	typeOptions: { minValue: 0, maxValue: 60_000 },
	hint: 'In milliseconds',
	description: 'How much stays of each pause between two stretches of speech. A shorter pause stays whole.',
};

const shownWith = (product: string) => ({ show: { alsoProduce: [product] } });

export const SPEECH_ONLY_OPTIONS: INodeProperties = {
	displayName: 'Speech Only Options',
	name: 'speechOnlyOptions',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	displayOptions: shownWith(SPEECH_ONLY),
	options: [AUDIO_FORMAT, BIT_RATE, KEPT_PAUSE],
};

const CLIP_CHANNELS: INodeProperties = {
	displayName: 'Channels of a Clip',
	name: 'clipChannels',
	type: 'options',
	default: 'each',
	description: 'What is cut where the recording has several channels',
	options: [
		{ name: 'All Together', value: 'all', description: 'Speech on any channel, with all channels in the clip' },
		{ name: 'Each Alone', value: 'each', description: 'The speech of each channel, with that channel alone' },
	],
};

const MAXIMUM_LENGTH: INodeProperties = {
	displayName: 'Maximum Length',
	name: 'maximumLength',
	type: 'number',
	default: 0,
	typeOptions: { minValue: 0 },
	hint: 'In seconds, 0 for no limit',
	description: 'Longer segments are divided where they are quietest, and no more is merged into one clip. Padding counts.',
};

const MAXIMUM_SIZE: INodeProperties = {
	displayName: 'Maximum Size',
	name: 'maximumSize',
	type: 'number',
	default: 25,
	typeOptions: { minValue: 0 },
	hint: 'In MB, 0 for no limit',
	description: 'No file is larger. 25 MB is what many transcription services take.',
};

const MERGE_PAUSES: INodeProperties = {
	displayName: 'Merge Pauses',
	name: 'mergePauses',
	type: 'number',
	default: 0,
	typeOptions: { minValue: 0 },
	hint: 'In seconds',
	description: 'Segments with a pause up to this between them become one clip, as far as length and size let them. Two speakers are never in one.',
};

const PADDING: INodeProperties = {
	displayName: 'Padding',
	name: 'padding',
	type: 'number',
	default: 0,
	typeOptions: { minValue: 0, maxValue: 60_000 },
	hint: 'In milliseconds',
	description: 'Added before and after each clip, but no more than half of the pause to the next one',
};

export const CLIP_OPTIONS: INodeProperties = {
	displayName: 'Clip Options',
	name: 'clipOptions',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	displayOptions: shownWith(CLIPS),
	options: [AUDIO_FORMAT, BIT_RATE, CLIP_CHANNELS, MAXIMUM_LENGTH, MAXIMUM_SIZE, MERGE_PAUSES, PADDING],
};

type Given = Record<string, unknown>;

const written = ({ format, bitRate }: Given): { format: AudioFormat; bitRate: number } => ({
	format: choice<AudioFormat>(AUDIO_FORMAT, format ?? AUDIO_FORMAT.default),
	bitRate: Math.round(number(BIT_RATE, bitRate)),
});

/** @param given values of the collection. @throws VoiceprintError INVALID_PARAMETER */
export function parseSpeechOnly(given: Given): SpeechOnlyRequest {
	return { ...written(given), keptPause: number(KEPT_PAUSE, given.keptPause) / 1000 };
}

/** Bytes of the MB that services count in. */
const MEGABYTE = 1_000_000;

/** Seconds of speech that have room in a clip at least. */
const LEAST_SPEECH = 0.5;

/** @param given values of the collection. @throws VoiceprintError INVALID_PARAMETER */
export function parseClips(given: Given): ClipsRequest {
	const longest = number(MAXIMUM_LENGTH, given.maximumLength);
	const padding = number(PADDING, given.padding) / 1000;
	if (longest > 0 && longest < 2 * padding + LEAST_SPEECH) {
		throw invalid(MAXIMUM_LENGTH, `must be ${LEAST_SPEECH} s more than twice the '${PADDING.displayName}', or 0`, longest);
	}
	return {
		...written(given),
		channels: choice<ClipsRequest['channels']>(CLIP_CHANNELS, given.clipChannels ?? CLIP_CHANNELS.default),
		mergePauses: number(MERGE_PAUSES, given.mergePauses),
		padding,
		longest,
		largest: Math.floor(number(MAXIMUM_SIZE, given.maximumSize) * MEGABYTE),
	};
}
