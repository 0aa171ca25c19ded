/** The part of the timeline that is asked for, in samples at the rate that is decoded to, and where in the file reading may start. */
import { SAMPLE_RATE } from '../audio';
import { VoiceprintError } from '../../../errors';

/**
 * Seconds decoded before the range when seeking: codecs need some packets until they decode as if from the start
 * (MP3's bit reservoir, Opus 80 ms), and the resampler's filter needs its past.
 */
const PRE_ROLL = 4;

/** Seconds; for less it is not worth seeking. */
const SHORTEST_SEEK = 20;

export interface Range {
	/** First sample that is wanted. */
	from: number;
	/** Sample before which to stop; Infinity for the end of the file. */
	to: number;
	/** Samples per second. */
	rate: number;
}

/** `1:02:03.5`, for messages. */
export function formatSeconds(seconds: number): string {
	const rounded = Math.round(seconds * 1000) / 1000;
	const rest = Math.round((rounded % 60) * 1000) / 1000;
	const minutes = Math.floor(rounded / 60);
	if (minutes === 0) return `${rest} s`;
	const padded = `${rest < 10 ? '0' : ''}${rest}`;
	if (minutes < 60) return `${minutes}:${padded} min`;
	return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${padded} h`;
}

/**
 * @param rangeFrom seconds
 * @param rangeTo seconds
 * @param rate Hz
 * @throws VoiceprintError INVALID_RANGE
 */
export function sampleRange(rangeFrom = 0, rangeTo = Infinity, rate = SAMPLE_RATE): Range {
	if (!(rangeFrom >= 0 && rangeFrom < Infinity) || Number.isNaN(rangeTo)) {
		throw new VoiceprintError(
			'INVALID_RANGE',
			`The range is not valid: it starts at ${rangeFrom} s and ends at ${rangeTo} s`,
			'Range From and Range To are seconds from the start of the file, 0 or more.',
		);
	}
	const range = { from: Math.round(rangeFrom * rate), to: Math.round(rangeTo * rate), rate };
	if (range.from < range.to) return range;
	throw new VoiceprintError(
		'INVALID_RANGE',
		`The range is empty: it starts at ${rangeFrom} s and ends at ${rangeTo} s`,
		'Range From must be smaller than Range To.',
	);
}

/** @param samples length of the file */
export function outsideFile(fileName: string, range: Range, samples: number): VoiceprintError {
	const from = formatSeconds(range.from / range.rate);
	return new VoiceprintError(
		'RANGE_OUTSIDE_FILE',
		`The range starts at ${from}, but "${fileName}" is only ${formatSeconds(samples / range.rate)} long`,
		'Choose a smaller Range From.',
	);
}

/**
 * Whole seconds of the timeline that FFmpeg may skip by seeking, 0 for none. Whole seconds, because there the sample
 * grids of the file and of the decoded sound meet, so that the samples are those of decoding from the start.
 */
export function seekSeconds(range: Range, seekable: boolean): number {
	const seconds = Math.floor(range.from / range.rate) - PRE_ROLL;
	return seekable && seconds >= SHORTEST_SEEK ? seconds : 0;
}
