/** Decodes the recordings of a file, one after the other, each from where the one before it ended. */
import { VoiceprintError } from '../../../errors';
import type { OriginalSink } from './ffmpeg/original';
import { FfmpegRun } from './ffmpeg/run';
import { seeksExactly } from './ffmpeg/seeking';
import type { InputFile } from './inputFile';
import { seekSeconds } from './range';
import type { RangeCut } from './rangeCut';
import { SNIFF_BYTES } from './sniff';
import { trackMap } from './tracks';
import { plainWav } from './wav/plain';
import { canRead, WavRun } from './wav/run';

type Run = FfmpegRun | WavRun;

/** Runs over a file's recordings that came to their ends, and what they handed on. */
export interface Decoding {
	runs: Run[];
	cut: RangeCut;
	/** Why recordings behind the first could not be decoded. */
	lost: VoiceprintError[];
	/** Why the default track could not be decoded, where another one was taken. */
	otherTrack?: VoiceprintError;
}

/** How a file is decoded. */
export interface Way {
	/** What is wanted of it; anew for each try. */
	newCut: () => RangeCut;
	/** FFmpeg's specifier of the track; absent: the default one, else the first that can be decoded. */
	map?: string | undefined;
	/** Takes the sound at the file's own rate too, where that is another one and the file is one recording. */
	original?: OriginalSink | undefined;
}

/** What may be wrong with a recording that was appended to a good one, or with one of several tracks. */
const OF_THE_FILE = new Set<string>(['NOT_MEDIA', 'NO_AUDIO', 'UNSUPPORTED_CODEC', 'UNSUPPORTED_FORMAT', 'NO_SAMPLES', 'DECODE_FAILED']);

const isOfTheFile = (error: unknown): error is VoiceprintError => error instanceof VoiceprintError && OF_THE_FILE.has(error.code);

/** A run over one track, from the range's beginning where the file can be sought. */
async function runTrack(file: InputFile, head: Buffer, { newCut, map, original }: Way): Promise<{ run: FfmpegRun; cut: RangeCut }> {
	let cut = newCut();
	const seek = seekSeconds(cut.range, seeksExactly(head, file));
	let run = new FfmpegRun(file, cut, { seek, map, original });
	await run.execute();
	if (run.misplaced || (cut.samples === 0 && seek > 0)) {
		// Nothing at the place that was sought: only decoding from the start tells how long the file is.
		cut = newCut();
		run = new FfmpegRun(file, cut, { map, original });
		await run.execute();
	}
	return { run, cut };
}

/** The tracks of a file, as FFmpeg lists them. */
export async function tracksOf(file: InputFile, cut: RangeCut, map: string): Promise<FfmpegRun['tracks']> {
	const run = new FfmpegRun(file, cut, { map });
	await run.execute();
	if (run.tracks.length === 0) throw run.explainNothing(file.read(0, SNIFF_BYTES));
	return run.tracks;
}

/** The first track of a file that can be decoded, after the default one could not. */
async function decodeOther(file: InputFile, head: Buffer, way: Way, reason: VoiceprintError, tracks: number): Promise<Decoding> {
	for (let track = 0; track < tracks; track++) {
		try {
			const { run, cut } = await runTrack(file, head, { ...way, map: trackMap(track) });
			if (run.decoded > 0) return { runs: [run], cut, lost: [], otherTrack: reason };
		} catch (error) {
			if (!isOfTheFile(error)) throw error;
		}
	}
	throw reason;
}

/** Tracks that are tried where the default one cannot be decoded. */
const MOST_TRACKS = 16;

async function decodeWithFfmpeg(file: InputFile, way: Way): Promise<Decoding> {
	const head = file.read(0, SNIFF_BYTES);
	const { run, cut } = await runTrack(file, head, way);
	run.checkDoubt();
	if (run.decoded > 0) return { runs: [run], cut, lost: [] };
	const reason = run.explainNothing(head);
	const tracks = way.map === undefined && run.tracks.length > 1 ? Math.min(MOST_TRACKS, run.tracks.length) : 0;
	return await decodeOther(file, head, way, reason, tracks);
}

/** A file that needs no FFmpeg: plain, and at the rate that is wanted or one that is resampled here. */
function asItIs(file: InputFile, { range }: RangeCut): ReturnType<typeof plainWav> {
	const wav = plainWav(file);
	return wav && canRead(wav, range.rate) ? wav : undefined;
}

/** The only recording of a file. */
async function decodeOne(file: InputFile, way: Way): Promise<Decoding> {
	const cut = way.newCut();
	const wav = asItIs(file, cut);
	if (!wav) return await decodeWithFfmpeg(file, way);
	const run = new WavRun(file, wav, cut);
	await run.execute();
	return { runs: [run], cut, lost: [] };
}

/** One of several recordings. */
async function decodeNext(file: InputFile, cut: RangeCut, map?: string): Promise<Run> {
	const wav = asItIs(file, cut);
	const isSimple = wav && (cut.channels === 0 || wav.channels === cut.channels);
	const run = isSimple ? new WavRun(file, wav, cut, cut.position) : new FfmpegRun(file, cut, { map });
	await run.execute();
	if (run instanceof FfmpegRun && run.decoded === 0 && !cut.isOver) throw run.explainNothing(file.read(0, SNIFF_BYTES));
	return run;
}

/** Recordings that may be lost before the rest is. */
const MOST_LOST = 10;

/** The first has to be one; what comes behind it may be lost, and then is told. */
async function decodeAll(files: InputFile[], { newCut, map }: Way): Promise<Decoding> {
	const decoding: Decoding = { runs: [], cut: newCut(), lost: [] };
	for (const file of files) {
		if (decoding.cut.isOver || decoding.lost.length === MOST_LOST) break;
		try {
			decoding.runs.push(await decodeNext(file, decoding.cut, map));
		} catch (error) {
			if (!isOfTheFile(error) || decoding.runs.length === 0) throw error;
			decoding.lost.push(error);
		}
	}
	decoding.cut.finish();
	return decoding;
}

/**
 * @param files the recordings, at least one
 * @throws VoiceprintError as `decodeMedia` does
 */
export async function decodeRecordings(files: InputFile[], way: Way): Promise<Decoding> {
	return files.length === 1 ? await decodeOne(files[0]!, way) : await decodeAll(files, way);
}
