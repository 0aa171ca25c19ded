/**
 * Any audio or video file to blocks of float samples at 16 kHz, with FFmpeg compiled to WebAssembly; plain 16 kHz WAV
 * is read directly. Runs in the engine's child process only and blocks it while it decodes. Memory does not grow with
 * the file's length: input is read where FFmpeg seeks to, output is handed on block by block.
 */
import { basename } from 'node:path';
import { SAMPLE_RATE } from '../audio';
import { VoiceprintError } from '../../../errors';
import type { MediaInfo, MediaRequest, Warning } from '../../client/protocol';
import type { BlockSinks } from './channels';
import { emptyFile, notMedia } from './ffmpeg/failures';
import { FfmpegRun } from './ffmpeg/run';
import { recordingsOf } from './joined/recordings';
import { checkFlac } from './limits';
import { openInput, type InputFile } from './inputFile';
import { outsideFile, sampleRange, seekSeconds } from './range';
import { RangeCut } from './rangeCut';
import { seeksExactly } from './ffmpeg/seeking';
import { SNIFF_BYTES, sniffForeign } from './sniff';
import { plainWav } from './wav/plain';
import { mediaWarnings } from './warnings';
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

/** Runs over a file's recordings that came to their ends, and what they handed on. */
interface Decoding {
	runs: Array<FfmpegRun | WavRun>;
	cut: RangeCut;
	/** Why recordings behind the first could not be decoded. */
	lost: VoiceprintError[];
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
	return { runs: [run], cut, lost: [] };
}

/** The only recording of a file. */
async function decodeOne(file: InputFile, newCut: () => RangeCut): Promise<Decoding> {
	const head = file.read(0, SNIFF_BYTES);
	const wav = plainWav(file);
	if (!wav) return await decodeWithFfmpeg(file, head, newCut);
	const cut = newCut();
	const run = new WavRun(file, wav, cut);
	run.execute();
	return { runs: [run], cut, lost: [] };
}

/** One of several recordings, from where the one before it ended. */
async function decodeNext(file: InputFile, cut: RangeCut): Promise<FfmpegRun | WavRun> {
	const wav = plainWav(file);
	const isSimple = wav && (cut.channels === 0 || wav.channels === cut.channels);
	const run = isSimple ? new WavRun(file, wav, cut, cut.position) : new FfmpegRun(file, cut, 0);
	await run.execute();
	if (run.decoded === 0 && run instanceof FfmpegRun) throw run.explainNothing(file.read(0, SNIFF_BYTES));
	return run;
}

/** Recordings one after the other. The first has to be one; what comes behind it may be lost, and then is told. */
async function decodeAll(files: InputFile[], cut: RangeCut): Promise<Decoding> {
	const decoding: Decoding = { runs: [], cut, lost: [] };
	for (const file of files) {
		if (cut.isOver) break;
		try {
			decoding.runs.push(await decodeNext(file, cut));
		} catch (error) {
			if (!(error instanceof VoiceprintError && OF_THE_FILE.has(error.code)) || decoding.runs.length === 0) throw error;
			decoding.lost.push(error);
		}
	}
	cut.finish();
	return decoding;
}

/** What may be wrong with a recording that was appended to a good one. */
const OF_THE_FILE = new Set<string>(['NOT_MEDIA', 'NO_AUDIO', 'UNSUPPORTED_CODEC', 'UNSUPPORTED_FORMAT', 'NO_SAMPLES', 'DECODE_FAILED']);

async function decodeOpened(file: InputFile, newCut: () => RangeCut): Promise<Decoding> {
	if (file.size === 0) throw emptyFile(file.name);
	const head = file.read(0, SNIFF_BYTES);
	const foreign = sniffForeign(head);
	if (foreign !== undefined) throw notMedia(file.name, foreign);
	checkFlac(file.name, head);
	const files = recordingsOf(file);
	return files.length === 1 ? await decodeOne(files[0]!, newCut) : await decodeAll(files, newCut());
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
		const decoding = await decodeOpened(file, () => new RangeCut(request, file.name, range, sinks));
		const { runs, cut } = decoding;
		if (cut.samples === 0) throw outsideFile(file.name, range, cut.position);
		return {
			info: runs[0]!.info,
			channelNumbers: request.channelMode === 'mix' ? [0] : cut.kept,
			samples: cut.samples,
			start: range.from / SAMPLE_RATE,
			warnings: mediaWarnings(file.name, decoding),
		};
	} finally {
		file.close();
	}
}
