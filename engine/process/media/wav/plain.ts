/**
 * Recognises the WAV files that need no FFmpeg: plain samples at 16 kHz, as speech recorders and recognisers write
 * them. Anything odd is left to FFmpeg, which knows how to take it.
 */
import { SAMPLE_RATE } from '../../audio';
import type { InputFile } from '../inputFile';
import type { SampleFormat } from './samples';

/** Bytes in which the header up to the data is looked for. */
const LONGEST_HEADER = 4096;

/** Sizes from here on are placeholders for an unknown length. */
const PLACEHOLDER = 0x7fff0000;

const EXTENSIBLE = 0xfffe;

/** The rest of the GUID whose first two bytes are a format tag. */
const GUID_REST = Buffer.from('000000001000800000aa00389b71', 'hex');

export interface PlainWav {
	codec: SampleFormat;
	channels: number;
	/** Bytes of one sample of all channels. */
	frameBytes: number;
	/** Position of the first sample in the file. */
	dataStart: number;
	/** Samples per channel. */
	frames: number;
}

interface Format {
	codec: SampleFormat;
	channels: number;
	frameBytes: number;
}

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
	if (chunk.length < 16) return undefined;
	const bits = chunk.readUInt16LE(14);
	const codec = CODECS[`${formatTag(chunk, bits)}/${bits}`];
	const channels = chunk.readUInt16LE(2);
	const frameBytes = (channels * bits) / 8;
	const plain = channels > 0 && chunk.readUInt32LE(4) === SAMPLE_RATE && chunk.readUInt16LE(12) === frameBytes;
	return codec && plain ? { codec, channels, frameBytes } : undefined;
}

/** The file's layout, or undefined where FFmpeg has to read it. */
export function plainWav(file: InputFile): PlainWav | undefined {
	const head = file.read(0, LONGEST_HEADER);
	if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') return undefined;
	let format: Format | undefined;
	for (let offset = 12; offset + 8 <= head.length; ) {
		const name = head.toString('latin1', offset, offset + 4);
		const size = head.readUInt32LE(offset + 4);
		const start = offset + 8;
		if (name === 'data') return format && layout(file, format, start, size);
		if (name === 'fmt ') {
			if (format) return undefined;
			format = parseFormat(head.subarray(start, Math.min(start + size, head.length)));
			if (!format) return undefined;
		}
		offset = start + size + (size % 2);
	}
	return undefined;
}

function layout(file: InputFile, format: Format, dataStart: number, size: number): PlainWav | undefined {
	const whole = size > 0 && size < PLACEHOLDER && size % format.frameBytes === 0 && dataStart + size <= file.size;
	return whole ? { ...format, dataStart, frames: size / format.frameBytes } : undefined;
}
