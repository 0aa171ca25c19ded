/** What the formats of cut audio can hold, and how a sound is written in them. */
import type { AudioFormat } from '../../../client/protocol';
import { VoiceprintError } from '../../../../errors';

export interface FormatFacts {
	/** In messages. */
	name: string;
	extension: string;
	mimeType: string;
	mostChannels: number;
	/** Hz, ascending; absent: any up to `highestRate`. */
	rates?: readonly number[];
	highestRate: number;
	/** FFmpeg's encoder and container; absent: written without FFmpeg. */
	encoder?: readonly string[];
	/** Of a format that loses something: kbit/s of a channel, by its rate. */
	bitRate?: (rate: number) => number;
}

const MP3_RATES = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000];
const OPUS_RATES = [8000, 12000, 16000, 24000, 48000];

/** Speech at these is not told from the original by recognisers, and hardly by ears. */
const mp3BitRate = (rate: number): number => (rate >= 32_000 ? 64 : rate >= 16_000 ? 48 : 32);

const opusBitRate = (rate: number): number => (rate >= 24_000 ? 32 : 24);

/** The endings are those that transcription services take: none of them knows `.opus`. */
export const FORMATS: Record<AudioFormat, FormatFacts> = {
	wav: { name: 'WAV', extension: 'wav', mimeType: 'audio/wav', mostChannels: 64, highestRate: 768_000 },
	flac: {
		...{ name: 'FLAC', extension: 'flac', mimeType: 'audio/flac', mostChannels: 8, highestRate: 384_000 },
		// A fifth less work than FFmpeg's default, for files that are 3 % larger.
		encoder: ['-c:a', 'flac', '-compression_level', '3', '-f', 'flac'],
	},
	mp3: {
		...{ name: 'MP3', extension: 'mp3', mimeType: 'audio/mpeg', mostChannels: 2, rates: MP3_RATES, highestRate: 48_000 },
		encoder: ['-c:a', 'libmp3lame', '-f', 'mp3'],
		bitRate: mp3BitRate,
	},
	opus: {
		...{ name: 'Opus', extension: 'ogg', mimeType: 'audio/ogg', mostChannels: 8, rates: OPUS_RATES, highestRate: 48_000 },
		// A third of the work of the highest level for one channel, at no more distance from the original (mel spectrum).
		encoder: ['-c:a', 'libopus', '-compression_level', '5', '-application', 'audio', '-vbr', 'constrained', '-f', 'ogg'],
		bitRate: opusBitRate,
	},
};

/** The recording's own rate where the format has it, else the next one above, else its highest. */
export function rateIn(format: AudioFormat, rate: number): number {
	const { rates, highestRate } = FORMATS[format];
	return rates?.find((one) => one >= rate) ?? Math.min(rate, highestRate);
}

/** kbit/s of all channels; undefined where nothing is lost. @param wanted kbit/s of a channel; 0 for what suits speech */
export function bitRateIn(format: AudioFormat, rate: number, channels: number, wanted: number): number | undefined {
	const { bitRate } = FORMATS[format];
	return bitRate && (wanted || bitRate(rateIn(format, rate))) * channels;
}

/** Bytes that a second may take at most, without what stands around the sound. */
export function bytesPerSecond(format: AudioFormat, rate: number, channels: number, wanted: number): number {
	const kilobits = bitRateIn(format, rate, channels, wanted);
	// Lossless: noise is not made smaller, and a little is added to each block.
	return kilobits === undefined ? 2 * channels * rateIn(format, rate) * 1.005 : kilobits * 125 * CONSTRAINED;
}

/** What a constrained bit rate may be exceeded by, and what the container adds to it. */
const CONSTRAINED = 1.1;

/** Bytes that a file needs beside its sound: headers, and the first page of an index. */
export const OVERHEAD = 16_384;

/** @throws VoiceprintError INVALID_PARAMETER */
export function checkChannels(format: AudioFormat, channels: number): void {
	const { mostChannels, name } = FORMATS[format];
	if (channels <= mostChannels) return;
	throw new VoiceprintError(
		'INVALID_PARAMETER',
		`'Audio Format' ${name} holds at most ${mostChannels} channels, and there are ${channels}`,
		"Choose another 'Audio Format' (FLAC and Opus hold 8, WAV 64), fewer 'Channels', or the 'Channel Mode' Mix.",
	);
}
