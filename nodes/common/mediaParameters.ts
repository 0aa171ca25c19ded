/** Which file, which channels of it and which part: the parameters of all nodes that take media, and their values. */
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import type { ChannelMode, MediaRequest, MixMethod, RawAudio, RawEncoding } from '../../engine/client/protocol';
import { choice, invalid, number, read } from './read';

export const BINARY_PROPERTY_NAME: INodeProperties = {
	displayName: 'Input Data Field Name',
	name: 'binaryPropertyName',
	type: 'string',
	default: 'data',
	required: true,
	placeholder: 'e.g. data',
	hint: 'The name of the input field containing the audio or video file to process',
	description:
		'Most formats work, such as WAV, MP3, M4A, FLAC, Ogg, WebM and MP4. An expression may give the file itself.',
	typeOptions: { binaryDataProperty: true },
};

export const CHANNEL_MODE: INodeProperties = {
	displayName: 'Channel Mode',
	name: 'channelMode',
	type: 'options',
	default: 'split',
	description: 'What to do with a file of several channels, such as a call with one speaker on each',
	options: [
		{ name: 'Mix', value: 'mix', description: 'Mix the channels into one and process that, as channel 0' },
		{ name: 'Split', value: 'split', description: 'Process each channel on its own' },
	],
};

export const MIX_METHOD: INodeProperties = {
	displayName: 'Mix Method',
	name: 'mixMethod',
	type: 'options',
	default: 'automatic',
	description: 'How the channels are mixed into one',
	displayOptions: { show: { '/engine': ['local'], '/channelMode': ['mix'] } },
	options: [
		{ name: 'Automatic', value: 'automatic', description: 'Average them, and take the loudest where they cancel each other' },
		{ name: 'Loudest', value: 'loudest', description: 'Take the loudest channel at each moment' },
		{ name: 'Mean', value: 'mean', description: 'Average them in any case' },
		{ name: 'Power-Weighted', value: 'powerWeighted', description: 'Average them, each counting by its power at the moment' },
	],
};

export const CHANNELS: INodeProperties = {
	displayName: 'Channels',
	name: 'channels',
	type: 'string',
	default: '',
	placeholder: 'e.g. 0,1',
	description: 'Numbers of the channels to process, separated by commas and counted from 0. Leave empty for all.',
};

export const RANGE_FROM: INodeProperties = {
	displayName: 'Range From',
	name: 'rangeFrom',
	type: 'number',
	default: 0,
	typeOptions: { minValue: 0, numberPrecision: 3 },
	placeholder: 'e.g. 12.5',
	hint: 'In seconds',
	description: 'Where in the file processing starts, in seconds from its beginning',
};

export const RANGE_TO: INodeProperties = {
	displayName: 'Range To',
	name: 'rangeTo',
	type: 'number',
	default: 0,
	typeOptions: { minValue: 0, numberPrecision: 3 },
	placeholder: 'e.g. 60',
	hint: 'In seconds, 0 for the end of the file',
	description:
		'Where in the file processing ends, in seconds from its beginning. Leave at 0 to process the file to its end.',
};

export const AUDIO_TRACK: INodeProperties = {
	displayName: 'Audio Track',
	name: 'audioTrack',
	type: 'string',
	default: '',
	placeholder: 'e.g. 1',
	hint: 'A number from 0, a language such as eng, or all. Leave empty for the default track.',
	description:
		'Which sound track of a file with several to process. With all, their channels are counted on from track to track.',
	displayOptions: { show: { '/engine': ['local'] } },
};

/** Value of the encoding that leaves it to the file. */
const BY_HEADER = 'header';

export const RAW_ENCODING: INodeProperties = {
	displayName: 'Raw Audio Encoding',
	name: 'rawEncoding',
	type: 'options',
	default: BY_HEADER,
	description: 'What the samples of a file without a header are, such as those of telephone systems',
	displayOptions: { show: { '/engine': ['local'] } },
	options: [
		{ name: '32-Bit Float', value: 'f32le', description: 'Little endian, 1 is full scale' },
		{ name: 'A-Law', value: 'alaw', description: 'G.711, as in .alaw files and PCMA streams' },
		{ name: 'Dialogic ADPCM', value: 'vox', description: 'As in .vox files' },
		{ name: 'G.722', value: 'g722', description: 'Always 16000 Hz' },
		{ name: 'GSM Full Rate', value: 'gsm', description: 'Always 8000 Hz and one channel' },
		{ name: 'Mu-Law', value: 'mulaw', description: 'G.711, as in .ulaw files and Twilio media streams' },
		{ name: 'None: the File Has a Header', value: BY_HEADER, description: 'As nearly all files have' },
		{ name: 'Signed 16-Bit, Big Endian', value: 's16be', description: 'As in L16 streams (RTP)' },
		{ name: 'Signed 16-Bit, Little Endian', value: 's16le', description: 'As in .sln files of Asterisk (slin)' },
		{ name: 'Signed 24-Bit, Little Endian', value: 's24le', description: 'Three bytes a sample' },
		{ name: 'Signed 32-Bit, Little Endian', value: 's32le', description: 'Four bytes a sample' },
		{ name: 'Unsigned 8-Bit', value: 'u8', description: 'Linear, 128 is silence' },
	],
};

export const RAW_CHANNELS: INodeProperties = {
	displayName: 'Raw Audio Channels',
	name: 'rawChannels',
	type: 'number',
	default: 1,
	typeOptions: { minValue: 1, maxValue: 64, numberPrecision: 0 },
	description: 'Channels of a file without a header. Only with Raw Audio Encoding.',
	displayOptions: { show: { '/engine': ['local'] } },
};

export const RAW_SAMPLE_RATE: INodeProperties = {
	displayName: 'Raw Audio Sample Rate',
	name: 'rawSampleRate',
	type: 'number',
	default: 8000,
	typeOptions: { minValue: 1000, maxValue: 768_000, numberPrecision: 0 },
	hint: 'In Hz',
	description: 'Samples per second of a file without a header, in Hz. Only with Raw Audio Encoding.',
	displayOptions: { show: { '/engine': ['local'] } },
};

/** The track asked for: a number from 0, a language, or `all`; undefined for the default one. */
export function parseTrack(value: unknown): number | string | undefined {
	const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
	if (text === '' && (value === undefined || typeof value === 'string')) return undefined;
	if (/^\d{1,4}$/.test(text)) return Number(text);
	if (/^all$/i.test(text)) return 'all';
	if (typeof value === 'string' && /^\p{L}[\p{L} -]{1,40}$/u.test(text)) return text;
	throw invalid(AUDIO_TRACK, "must be a track's number from 0, a language such as eng, or all", value);
}

/** What the samples of a file without a header are; undefined for a file with one. Throws INVALID_PARAMETER. */
export function parseRaw({ rawEncoding, rawSampleRate, rawChannels }: Record<string, unknown>): RawAudio | undefined {
	const encoding = choice<RawEncoding | typeof BY_HEADER>(RAW_ENCODING, rawEncoding ?? BY_HEADER);
	if (encoding !== BY_HEADER) {
		const channels = wholeNumber(RAW_CHANNELS, rawChannels);
		return { encoding, sampleRate: wholeNumber(RAW_SAMPLE_RATE, rawSampleRate), channels };
	}
	const alone = rawSampleRate === undefined ? rawChannels === undefined ? undefined : RAW_CHANNELS : RAW_SAMPLE_RATE;
	if (alone) throw invalid(RAW_ENCODING, `must be set where '${alone.displayName}' is`, rawEncoding ?? BY_HEADER);
	return undefined;
}

function wholeNumber(parameter: INodeProperties, value: unknown): number {
	const parsed = number(parameter, value);
	if (!Number.isInteger(parsed)) throw invalid(parameter, 'must be a whole number', value);
	return parsed;
}

/** Options of the local engine that say how a file is read. Throws INVALID_PARAMETER. */
export function readFileOptions(options: Record<string, unknown>): Pick<MediaRequest, 'track' | 'raw'> {
	const [track, raw] = [parseTrack(options.audioTrack), parseRaw(options)];
	return { ...(track === undefined ? {} : { track }), ...(raw === undefined ? {} : { raw }) };
}

/** The channels asked for, ascending and each once; empty for all. Throws an INVALID_PARAMETER for anything else. */
export function parseChannels(value: unknown): number[] {
	// An expression may give one number or a list as well as the text that the editor gives.
	const list: unknown[] = typeof value === 'string' ? value.trim().split(',') : [value ?? ''].flat();
	if (list.length === 1 && list[0] === '') return [];
	const channels = list.map((entry) => {
		const text = typeof entry === 'number' ? `${entry}` : typeof entry === 'string' ? entry.trim() : '';
		if (!/^\d{1,5}$/.test(text)) {
			throw invalid(
				CHANNELS,
				'must be channel numbers counted from 0 and separated by commas, such as 0,1',
				value,
			);
		}
		return Number(text);
	});
	return [...new Set(channels)].sort((one, other) => one - other);
}

/** The part to process, in seconds; an absent end is the end of the file. Throws INVALID_RANGE for an empty part. */
export function checkRange(from: number, to: number): Pick<MediaRequest, 'rangeFrom' | 'rangeTo'> {
	if (to === 0) return { rangeFrom: from };
	if (from < to) return { rangeFrom: from, rangeTo: to };
	throw new VoiceprintError(
		'INVALID_RANGE',
		`'Range To' (${to} s) must be greater than 'Range From' (${from} s)`,
		"Both count in seconds from the beginning of the file. Set 'Range To' to 0 to process the file to its end.",
	);
}

export function readChannels(
	ctx: IExecuteFunctions,
	itemIndex: number,
): { channelMode: ChannelMode; channels: number[] } {
	return {
		channelMode: choice<ChannelMode>(CHANNEL_MODE, read(ctx, itemIndex, CHANNEL_MODE)),
		channels: parseChannels(read(ctx, itemIndex, CHANNELS)),
	};
}

export function readRange(ctx: IExecuteFunctions, itemIndex: number): Pick<MediaRequest, 'rangeFrom' | 'rangeTo'> {
	return checkRange(
		number(RANGE_FROM, read(ctx, itemIndex, RANGE_FROM)),
		number(RANGE_TO, read(ctx, itemIndex, RANGE_TO)),
	);
}

/** Nothing where channels are not mixed. @param value of the option */
export function readMixMethod(channelMode: ChannelMode, value: unknown): { mixMethod?: MixMethod } {
	const mixMethod = choice<MixMethod>(MIX_METHOD, value ?? MIX_METHOD.default);
	return channelMode === 'mix' ? { mixMethod } : {};
}
