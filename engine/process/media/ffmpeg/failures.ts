/** Turns what FFmpeg said about a file it could not decode into one of the engine's errors. */
import { VoiceprintError } from '../../../../errors';
import type { RawEncoding } from '../../../client/protocol';
import { ENCODING_NAMES } from '../raw/guess';
import type { FfmpegLog, LoggedStream } from './log';
import { sniffUnknown } from '../sniff';

const DOWNLOAD_HINT =
	'A failed download is the usual cause: look at the output of the step that produced the file, ' +
	'for example an error page saved under the name of a recording.';

const RAW_HINT = " If it holds samples without a header, as telephone systems write them, set 'Raw Audio Encoding' in the options.";

const CONVERT_HINT = 'Convert the file to WAV, MP3, M4A or OGG and try again.';

const ARTICLE_AN = /^(HTML|XML|XZ|SVG|Office|RAR|SQLite)/;

/** Containers of single pictures and of texts, in which FFmpeg finds a stream that is not sound. */
const NO_RECORDING = /(_pipe$|^image2|^gif$|^apng$|^ico$|^fits$|^tty$)/;

/** How FFmpeg begins a line about the file as a whole. */
const OF_INPUT = /^\/in\d+: /;

/** Lines that start with the file's name say what it came to, others say why. */
function reason(log: FfmpegLog): string | undefined {
	return log.errors.find((text) => !OF_INPUT.test(text));
}

function ffmpegSaid(log: FfmpegLog): string {
	const line = reason(log) ?? log.errors[0]?.replace(OF_INPUT, '');
	return line === undefined ? '' : ` (FFmpeg: ${line})`;
}

export function emptyFile(fileName: string): VoiceprintError {
	return new VoiceprintError(
		'EMPTY_FILE',
		`The file "${fileName}" is empty (0 bytes)`,
		'Check the step that produced it.',
	);
}

/** @param kind what the file looks like, such as `HTML page`. */
export function notMedia(fileName: string, kind: string | undefined, detail = ''): VoiceprintError {
	const article = kind && ARTICLE_AN.test(kind) ? 'an' : 'a';
	const looks = kind === undefined ? '' : `: it looks like ${kind === 'plain text' ? kind : `${article} ${kind}`}`;
	const hint =
		kind === 'playlist'
			? 'A playlist only names other files. Download the recording itself and pass that on.'
			: DOWNLOAD_HINT + (kind === undefined ? RAW_HINT : '');
	return new VoiceprintError(
		'NOT_MEDIA',
		`"${fileName}" is not a readable audio or video file${looks}`,
		hint + detail,
	);
}

/** How to read samples without a header elsewhere: FFmpeg's name of the format. */
const CONVERTED = new Set<RawEncoding>(['mulaw', 'alaw', 'u8', 's16le', 's16be', 's24le', 's32le', 'f32le', 'g722', 'gsm']);

export function withoutHeader(fileName: string, encoding: RawEncoding): VoiceprintError {
	const convert = CONVERTED.has(encoding)
		? ` Or convert it before: ffmpeg -f ${encoding} ${/g722|gsm/.test(encoding) ? '' : '-ar 8000 -ac 1 '}-i INPUT output.wav`
		: ' Or convert it before, for example with SoX.';
	return new VoiceprintError(
		'RAW_AUDIO',
		`"${fileName}" has no header: it looks like raw samples in ${ENCODING_NAMES[encoding]}`,
		`Set 'Raw Audio Encoding' in the node's options, and the sample rate (telephony: mostly 8000 Hz) and channels.${convert}`,
	);
}

/** A file whose format FFmpeg knows, but that it cannot make sense of. */
function damagedHeader(fileName: string, log: FfmpegLog): VoiceprintError {
	return new VoiceprintError(
		'NOT_MEDIA',
		`"${fileName}" is not a readable audio or video file: its header is damaged`,
		`Export or upload the file again.${ffmpegSaid(log)}`,
	);
}

function incompleteMp4(fileName: string, detail: string): VoiceprintError {
	return new VoiceprintError(
		'NOT_MEDIA',
		`The MP4/M4A file "${fileName}" is incomplete: the recording or upload was cut off`,
		`Its index (the "moov" part, often at the end) is missing. Upload or export the file again.${detail}`,
	);
}

function noAudio(fileName: string, log: FfmpegLog): VoiceprintError {
	const video = log.streams.find((stream) => stream.kind === 'Video' && !stream.picture);
	if (log.streams.length === 0) return damagedHeader(fileName, log);
	if (!video || NO_RECORDING.test(log.container ?? '')) return notMedia(fileName, undefined, ffmpegSaid(log));
	return new VoiceprintError(
		'NO_AUDIO',
		`The video "${fileName}" has no audio track`,
		`It only has a video track (${video.codec}). Check that sound was recorded or exported.`,
	);
}

function codecName(stream: LoggedStream | undefined): string {
	if (!stream) return 'unknown';
	if (stream.codec !== 'none' && stream.codec !== 'unknown') return stream.codec;
	const tag = /\/ (0x[0-9A-Fa-f]+)\)/.exec(stream.description)?.[1];
	return tag === undefined ? 'unknown' : `unknown, tag ${tag}`;
}

function unsupportedCodec(fileName: string, log: FfmpegLog, stream: LoggedStream | undefined): VoiceprintError {
	return new VoiceprintError(
		'UNSUPPORTED_CODEC',
		`The audio codec of "${fileName}" is not supported (${codecName(stream)})`,
		CONVERT_HINT + ffmpegSaid(log),
	);
}

/** The stream that was, or would have been, decoded. */
export function audioStream(log: FfmpegLog): LoggedStream | undefined {
	const audio = log.streams.filter((stream) => stream.kind === 'Audio');
	return audio.find((stream) => stream.index === log.decodedStream) ?? audio[0];
}

/** @param fault what FFmpeg itself died of, where it did */
export function decodeFailed(fileName: string, log: FfmpegLog, fault?: string): VoiceprintError {
	const died = fault === undefined ? '' : ` (decoder: ${fault})`;
	const codec = audioStream(log)?.codec;
	return new VoiceprintError(
		'DECODE_FAILED',
		`The audio of "${fileName}" could not be decoded${codec === undefined ? '' : ` (${codec})`}`,
		`The file is damaged. Export or upload it again.${ffmpegSaid(log)}${died}`,
	);
}

/** The error for a file that gave not a single sample. @param raw what its bytes look like, should they be samples */
export function explainNoSamples(fileName: string, log: FfmpegLog, head: Buffer, raw?: RawEncoding): VoiceprintError {
	if (log.errors.includes('moov atom not found')) return incompleteMp4(fileName, ffmpegSaid(log));
	if (log.container === undefined) {
		const kind = sniffUnknown(head);
		if (kind === undefined && raw) return withoutHeader(fileName, raw);
		if (kind === undefined && reason(log) !== undefined) return damagedHeader(fileName, log);
		return notMedia(fileName, kind, ffmpegSaid(log));
	}
	const stream = audioStream(log);
	if (!stream) return noAudio(fileName, log);
	if (log.errors.some((text) => /^Decoder \(codec .*\) not found/.test(text))) {
		return unsupportedCodec(fileName, log, stream);
	}
	if (log.errors.length > 0) return decodeFailed(fileName, log);
	return new VoiceprintError(
		'NO_SAMPLES',
		`The file "${fileName}" contains no audio samples`,
		'It ends after its header. Check the step that recorded or produced it.',
	);
}
