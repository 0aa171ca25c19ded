/** What no recording needs and what would only cost memory: refused before anything is made for it. */
import { VoiceprintError } from '../../../errors';

/** Channels of a file. */
const MOST_CHANNELS = 64;

/** Hz. */
const LOWEST_RATE = 1000;
const HIGHEST_RATE = 768_000;

/** Seconds of media that are processed at most, whatever the request says; also the longest gap in a timeline. */
export const LONGEST = 24 * 3600;

/** Samples beyond this are no sound: 16-bit numbers stored as floats stay far below. */
export const LARGEST_SAMPLE = 1e6;

function unsupported(fileName: string, what: string): VoiceprintError {
	return new VoiceprintError(
		'UNSUPPORTED_FORMAT',
		`"${fileName}" cannot be processed: ${what}`,
		'Most likely the file is damaged. Export or upload it again, or convert it to an ordinary WAV, MP3 or M4A file.',
	);
}

/**
 * FFmpeg decodes FLAC at the rate of its frames, and counts its time by the rate in its header, so that a wrong header
 * makes hours of seconds.
 * @param head the file's first bytes
 * @throws VoiceprintError UNSUPPORTED_FORMAT
 */
export function checkFlac(fileName: string, head: Buffer): void {
	const start = head.toString('latin1', 0, 3) === 'ID3' ? head.indexOf('fLaC', 0, 'latin1') : 0;
	if (start < 0 || head.toString('latin1', start, start + 4) !== 'fLaC' || head.length < start + 21) return;
	// STREAMINFO: 20 bits behind the marker, the block's header and its sizes.
	const sampleRate = head.readUIntBE(start + 18, 3) >>> 4;
	// 0 is for whoever knows it from elsewhere.
	if (sampleRate !== 0) checkFormat(fileName, 1, sampleRate);
}

/** @param sampleRate Hz */
const isRateUsual = (sampleRate: number) => sampleRate >= LOWEST_RATE && sampleRate <= HIGHEST_RATE;

/** @param sampleRate Hz */
export function isFormatUsual(channels: number, sampleRate: number): boolean {
	return channels <= MOST_CHANNELS && isRateUsual(sampleRate);
}

/**
 * @param sampleRate Hz
 * @throws VoiceprintError UNSUPPORTED_FORMAT
 */
export function checkFormat(fileName: string, channels: number, sampleRate: number): void {
	if (channels > MOST_CHANNELS) {
		throw unsupported(fileName, `it says that it has ${channels} channels, and ${MOST_CHANNELS} is the most`);
	}
	if (!isRateUsual(sampleRate)) {
		throw unsupported(fileName, `its sample rate of ${sampleRate} Hz is not between ${LOWEST_RATE} and ${HIGHEST_RATE} Hz`);
	}
}
