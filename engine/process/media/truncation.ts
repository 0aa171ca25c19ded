/** Finds out whether a file was cut off, where FFmpeg decodes what is there and says nothing. */
import type { InputFile } from './inputFile';
import { isPlaceholder, isRiffWave, riffChunks, type ReadAt } from './wav/riff';
import type { FfmpegLog } from './ffmpeg/log';
import { oggEndsEarly } from './joined/ogg';

/** Seconds by which a container's duration may differ from what is decoded (priming, rounding). */
const TOLERANCE = 0.5;

/** Containers whose duration is written by the encoder; others guess it or count something else. */
const EXACT_DURATION = /^(mov,mp4|flac$|matroska|mp3$|caf$|aiff$|au$|w64$|tta$|wv$|asf$|avi$)/;

/** A RIFF/WAVE header that claims more data than the file has: not a few bytes, which some recorders count in. */
function wavClaimsMore(file: InputFile): boolean {
	const read: ReadAt = (position, length) => file.read(position, length);
	if (!isRiffWave(read)) return false;
	let bytesPerSecond = 0;
	for (const { name, size, start } of riffChunks(read)) {
		if (name === 'fmt ' && start + 12 <= file.size) bytesPerSecond = file.read(start + 8, 4).readUInt32LE();
		if (name === 'data') return !isPlaceholder(size) && start + size - file.size > TOLERANCE * bytesPerSecond;
	}
	return false;
}

/**
 * Seconds that the container claims and that were not there; 0 where it claims nothing reliable. A video's duration
 * says nothing about its sound, so only files with nothing but one audio stream count.
 */
function missingSeconds(log: FfmpegLog, decoded: number): number {
	if (log.duration === undefined || log.durationEstimated || !EXACT_DURATION.test(log.container ?? '')) return 0;
	if (log.streams.filter((stream) => !stream.picture).length !== 1) return 0;
	// Containers other than MP4 count from the first packet, and their duration from zero.
	const missing = log.duration - decoded - Math.max(0, log.start - log.lead);
	return missing > TOLERANCE ? missing : 0;
}

/**
 * Whether a file that was decoded to its end was cut off.
 * @param decoded seconds
 */
export function endsEarly(log: FfmpegLog, file: InputFile, decoded: number): boolean {
	return log.endsEarly || missingSeconds(log, decoded) > 0 || wavClaimsMore(file) || oggEndsEarly(file);
}
