/**
 * Recognises the WAV files that need no FFmpeg: plain samples, as speech recorders, telephone systems and recognisers
 * write them. Anything odd is left to FFmpeg, which knows how to take it.
 */
import { SAMPLE_RATE } from '../../audio';
import type { InputFile } from '../inputFile';
import { checkFormat } from '../limits';
import { inMemory, isPlaceholder, isRiffWave, riffChunks } from './riff';
import type { SampleFormat } from './samples';

/** Bytes in which the header up to the data is looked for. */
const LONGEST_HEADER = 4096;

const EXTENSIBLE = 0xfffe;

/** The rest of the GUID whose first two bytes are a format tag. */
const GUID_REST = Buffer.from('000000001000800000aa00389b71', 'hex');

export interface PlainWav {
	codec: SampleFormat;
	channels: number;
	/** Hz. */
	sampleRate: number;
	/** Bytes of one sample of all channels. */
	frameBytes: number;
	/** Position of the first sample in the file. */
	dataStart: number;
	/** Samples per channel. */
	frames: number;
}

type Format = Pick<PlainWav, 'codec' | 'channels' | 'sampleRate' | 'frameBytes'>;

/**
 * What begins a packet of DTS (as 14 or 16 bits, in either order) or of any codec on its way through a digital audio line
 * (IEC 61937): files of samples for a CD player or an amplifier can hold these instead.
 */
const PACKETS = ['7ffe8001', 'fe7f0180', '1fffe800', 'ff1f00e8', '72f81f4e'].map((hex) => Buffer.from(hex, 'hex'));

/** Bytes of the samples in which they are looked for; by chance there are fewer than so many. */
const LOOKED_AT = 2 ** 18;
const FEWEST_PACKETS = 4;

/** Format tag and bits per sample to FFmpeg's codec name. */
const CODECS: Record<string, SampleFormat | undefined> = {
	'1/8': 'pcm_u8',
	'1/16': 'pcm_s16le',
	'1/24': 'pcm_s24le',
	'1/32': 'pcm_s32le',
	'3/32': 'pcm_f32le',
	'6/8': 'pcm_alaw',
	'7/8': 'pcm_mulaw',
};

/** The format tag, for WAVE_FORMAT_EXTENSIBLE from its GUID; 0 where it is something else. */
function formatTag(chunk: Buffer, bits: number): number {
	const tag = chunk.readUInt16LE(0);
	if (tag !== EXTENSIBLE) return tag;
	const plain = chunk.length >= 40 && chunk.readUInt16LE(18) === bits && chunk.subarray(26, 40).equals(GUID_REST);
	return plain ? chunk.readUInt16LE(24) : 0;
}

function parseFormat(chunk: Buffer): Format | undefined {
	const bits = chunk.readUInt16LE(14);
	const codec = CODECS[`${formatTag(chunk, bits)}/${bits}`];
	const channels = chunk.readUInt16LE(2);
	const frameBytes = (channels * bits) / 8;
	const sampleRate = chunk.readUInt32LE(4);
	const plain = channels > 0 && sampleRate > 0 && chunk.readUInt16LE(12) === frameBytes;
	return codec && plain ? { codec, channels, sampleRate, frameBytes } : undefined;
}

/**
 * The file's layout, or undefined where FFmpeg has to read it.
 * @throws VoiceprintError UNSUPPORTED_FORMAT, before FFmpeg makes room for thousands of channels
 */
export function plainWav(file: InputFile): PlainWav | undefined {
	const head = inMemory(file.read(0, LONGEST_HEADER));
	if (!isRiffWave(head)) return undefined;
	let format: Format | undefined;
	for (const { name, size, start } of riffChunks(head)) {
		if (name === 'data') return format && layout(file, format, start, size);
		if (name !== 'fmt ') continue;
		const chunk = head(start, size);
		if (format || chunk.length < 16) return undefined;
		// A rate of 0 is a header that is not written yet, or broken: FFmpeg says so.
		checkFormat(file.name, chunk.readUInt16LE(2), chunk.readUInt32LE(4) || SAMPLE_RATE);
		format = parseFormat(chunk);
		if (!format) return undefined;
	}
	return undefined;
}

function layout(file: InputFile, format: Format, dataStart: number, size: number): PlainWav | undefined {
	const whole = !isPlaceholder(size) && size % format.frameBytes === 0 && dataStart + size <= file.size;
	return whole && !mayHoldPackets(file, format, dataStart) ? { ...format, dataStart, frames: size / format.frameBytes } : undefined;
}

function mayHoldPackets(file: InputFile, { codec }: Format, dataStart: number): boolean {
	if (!/^pcm_[us]\d/.test(codec)) return false;
	const start = file.read(dataStart, LOOKED_AT);
	return PACKETS.some((packet) => {
		let at = -1;
		for (let count = 0; count < FEWEST_PACKETS; count++) {
			at = start.indexOf(packet, at + 1);
			if (at < 0) return false;
		}
		return true;
	});
}
