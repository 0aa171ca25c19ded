/**
 * Any audio or video file to blocks of float samples at 16 kHz, with FFmpeg compiled to WebAssembly; plain 16 kHz WAV
 * is read directly. Runs in the engine's child process only and blocks it while it decodes. Memory does not grow with
 * the file's length: input is read where FFmpeg seeks to, output is handed on block by block.
 */
import { basename } from 'node:path';
import { SAMPLE_RATE } from '../audio';
import type { MediaInfo, MediaRequest, Warning } from '../../client/protocol';
import type { BlockSinks } from './channels';
import { emptyFile, notMedia } from './ffmpeg/failures';
import { FfmpegRun } from './ffmpeg/run';
import { checkFlac } from './limits';
import { openInput, type InputFile } from './inputFile';
import { outsideFile, sampleRange, seekSeconds } from './range';
import { RangeCut } from './rangeCut';
import { seeksExactly } from './ffmpeg/seeking';
import { SNIFF_BYTES, sniffForeign } from './sniff';
import { plainWav } from './wav/plain';
import { WavRun } from './wav/run';

export interface DecodedMedia {
	info: MediaInfo;
	/** The file's numbers of the channels in each block; `[0]` for a mix. */
	channelNumbers: number[];
	/** Samples per channel that were handed on, at 16 kHz. */
	samples: number;
	/** Seconds of the file's timeline at which the first sample lies. */
	start: number;
	warnings: Warning[];
}

/** A run over the file that came to its end, and what it handed on. */
interface Decoding {
	run: FfmpegRun | WavRun;
	cut: RangeCut;
}

/** One Float32Array per kept channel (one for a mix), 16 kHz, -1 to 1. Only valid during the call. */
export type OnBlock = (block: Float32Array[]) => void;

async function decodeWithFfmpeg(file: InputFile, head: Buffer, newCut: () => RangeCut): Promise<Decoding> {
	let cut = newCut();
	const seek = seekSeconds(cut.range, seeksExactly(head, file));
	let run = new FfmpegRun(file, cut, seek);
	await run.execute();
	if (run.misplaced || (cut.samples === 0 && seek > 0)) {
		// Nothing at the place that was sought: only decoding from the start tells how long the file is.
		cut = newCut();
		run = new FfmpegRun(file, cut, 0);
		await run.execute();
	}
	if (run.decoded === 0) throw run.explainNothing(head);
	return { run, cut };
}

async function decodeOpened(file: InputFile, newCut: () => RangeCut): Promise<Decoding> {
	if (file.size === 0) throw emptyFile(file.name);
	const head = file.read(0, SNIFF_BYTES);
	const foreign = sniffForeign(head);
	if (foreign !== undefined) throw notMedia(file.name, foreign);
	checkFlac(file.name, head);
	const wav = plainWav(file);
	if (!wav) return await decodeWithFfmpeg(file, head, newCut);
	const cut = newCut();
	const run = new WavRun(file, wav, cut);
	run.execute();
	return { run, cut };
}

/**
 * Decodes the requested channels and range of a file.
 * @param onSilence takes long silence as a number of samples; absent: it comes as blocks
 * @param onBlock called with at most BLOCK_SAMPLES samples per channel; what it throws stops decoding and is thrown on
 * @throws VoiceprintError for the file: EMPTY_FILE, NOT_MEDIA, NO_AUDIO, UNSUPPORTED_CODEC, UNSUPPORTED_FORMAT, NO_SAMPLES, DECODE_FAILED;
 * for the request: CHANNEL_NOT_FOUND, INVALID_RANGE, RANGE_OUTSIDE_FILE, FILE_TOO_LONG; TEMPORARY_FILE where the file
 * cannot be read
 */
export async function decodeMedia(
	request: MediaRequest,
	onBlock: OnBlock,
	onSilence?: (samples: number) => void,
): Promise<DecodedMedia> {
	const sinks: BlockSinks = { onBlock, onSilence };
	const range = sampleRange(request.rangeFrom, request.rangeTo);
	const file = openInput(request.path, request.fileName ?? basename(request.path));
	try {
		const { run, cut } = await decodeOpened(file, () => new RangeCut(request, file.name, range, sinks));
		if (cut.samples === 0) throw outsideFile(file.name, range, run.decoded);
		return {
			info: run.info,
			channelNumbers: request.channelMode === 'mix' ? [0] : cut.kept,
			samples: cut.samples,
			start: range.from / SAMPLE_RATE,
			warnings: run.warnings(),
		};
	} finally {
		file.close();
	}
}
