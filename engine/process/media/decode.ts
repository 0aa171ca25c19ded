/**
 * Any audio or video file to blocks of float samples, at 16 kHz or another rate, with FFmpeg compiled to WebAssembly; WAV of
 * plain samples is read directly. Runs in the engine's child process only and blocks it while it decodes. Memory does not grow with
 * the file's length: input is read where FFmpeg seeks to, output is handed on block by block.
 */
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { SAMPLE_RATE } from '../audio';
import type { MediaInfo, MediaRequest, RawAudio, Warning } from '../../client/protocol';
import type { BlockSinks } from './channels';
import { prepareFfmpeg } from './ffmpeg/core';
import { emptyFile, notMedia } from './ffmpeg/failures';
import type { LoggedStream } from './ffmpeg/log';
import type { OriginalSink } from './ffmpeg/original';
import { recordingsOf } from './joined/recordings';
import { checkFlac } from './limits';
import { openInput, type InputFile } from './inputFile';
import { outsideFile, sampleRange, type Range } from './range';
import { RangeCut } from './rangeCut';
import { rawFile } from './raw/rawFile';
import { decodeRecordings, tracksOf, type Decoding } from './decodeRecordings';
import { SNIFF_BYTES, sniffForeign } from './sniff';
import { findTrack, NO_TRACK, trackMap, TrackSpools } from './tracks';
import { Planes, type MakePlanes } from './planes';
import { plainWav } from './wav/plain';
import { isRiffWave } from './wav/riff';
import { mediaWarnings, severalTracks } from './warnings';

export interface DecodedMedia {
	info: MediaInfo;
	/** The file's numbers of the channels in each block; `[0]` for a mix. */
	channelNumbers: number[];
	/** Samples per channel that were handed on, at the rate asked for. */
	samples: number;
	/** Seconds of the file's timeline at which the first sample lies. */
	start: number;
	warnings: Warning[];
}

/** A file that is to be decoded, and how. */
interface Task {
	request: MediaRequest;
	name: string;
	range: Range;
	/** The recordings in it. */
	files: InputFile[];
	makePlanes: MakePlanes;
	/** Takes the sound of a single track at its own rate too. */
	original?: OriginalSink | undefined;
}

/** The recordings of a file, after a look at whether it is one at all. */
function openRecordings(file: InputFile, raw: RawAudio | undefined): InputFile[] {
	if (file.size === 0) throw emptyFile(file.name);
	if (raw) return [rawFile(file, raw)];
	const head = file.read(0, SNIFF_BYTES);
	const foreign = sniffForeign(head);
	if (foreign !== undefined) throw notMedia(file.name, foreign);
	checkFlac(file.name, head);
	return recordingsOf(file);
}

const newCut = ({ request, name, range, makePlanes }: Task, sinks: BlockSinks) => new RangeCut(request, name, range, sinks, makePlanes);

/** The tracks of a file; those of the first, where it is several. */
async function listTracks(task: Task): Promise<LoggedStream[]> {
	const [file] = task.files as [InputFile];
	const wav = plainWav(file);
	if (wav) return [{ index: 0, kind: 'Audio', codec: wav.codec, language: 'und', description: '', picture: false }];
	return await tracksOf(file, newCut(task, { onBlock() {} }), NO_TRACK);
}

function resultOf({ name, request, range }: Task, decoding: Decoding): DecodedMedia {
	const { runs, cut } = decoding;
	if (cut.samples === 0) throw outsideFile(name, range, cut.position);
	return {
		info: runs[0]!.info,
		channelNumbers: request.channelMode === 'mix' ? [0] : cut.kept,
		samples: cut.samples,
		start: range.from / range.rate,
		warnings: mediaWarnings(name, decoding),
	};
}

async function decodeTrack(task: Task, sinks: BlockSinks, map?: string): Promise<DecodedMedia> {
	return resultOf(task, await decodeRecordings(task.files, { newCut: () => newCut(task, sinks), map, original: task.original }));
}

/** Each track onto the disk, then all of them as channels. */
async function decodeAllTracks(task: Task, tracks: number, sinks: BlockSinks, workFolder: string): Promise<DecodedMedia> {
	const spools = new TrackSpools(workFolder);
	const split: Task = { ...task, original: undefined, request: { ...task.request, channels: [], channelMode: 'split' } };
	const parts: DecodedMedia[] = [];
	try {
		for (let track = 0; track < tracks; track++) {
			const spool = spools.add();
			const onSilence = (samples: number) => spool.appendSilence(samples);
			parts.push(await decodeTrack(split, { onBlock: (block) => spool.append(block), onSilence }, trackMap(track)));
			spool.finish();
		}
		const cut = new RangeCut(task.request, task.name, { from: 0, to: Infinity, rate: task.range.rate }, sinks, task.makePlanes);
		spools.merge(parts.map(({ channelNumbers }) => channelNumbers.length), cut);
		cut.finish();
		const { audio_track: _track, audio_language: _language, ...info } = parts[0]!.info;
		const warnings = parts.flatMap((part) => part.warnings);
		return {
			info: { ...info, channels: cut.channels },
			channelNumbers: task.request.channelMode === 'mix' ? [0] : cut.kept,
			samples: cut.samples,
			start: parts[0]!.start,
			warnings: warnings.filter((one, index) => warnings.findIndex(({ message }) => message === one.message) === index),
		};
	} finally {
		spools.dispose();
	}
}

async function decodeOpened(task: Task, sinks: BlockSinks, workFolder: string): Promise<DecodedMedia> {
	const { track } = task.request;
	if (track === undefined) {
		const decoded = await decodeTrack(task, sinks);
		return { ...decoded, warnings: [...severalTracks(task.name, decoded.info), ...decoded.warnings] };
	}
	const tracks = await listTracks(task);
	if (track === 'all' && tracks.length > 1) return await decodeAllTracks(task, tracks.length, sinks, workFolder);
	if (track === 'all') return await decodeTrack(task, sinks);
	return await decodeTrack(task, sinks, trackMap(findTrack(tracks, track, task.name)));
}

/**
 * Begins to load what decoding a file takes, so that it is there sooner; meanwhile other things can be loaded. A WAV is left
 * out: most need no FFmpeg. Says nothing of the file, nor of what cannot be loaded: decoding does.
 */
export function prepareDecoding({ path }: MediaRequest): void {
	try {
		const file = openInput(path, basename(path));
		try {
			if (!isRiffWave((position, length) => file.read(position, length))) void prepareFfmpeg().catch(() => {});
		} finally {
			file.close();
		}
	} catch {
		// Decoding says why.
	}
}

/** How a file is decoded. */
export interface DecodeOptions {
	/** For several tracks at once: a private folder that exists. */
	workFolder?: string;
	/** Hz of the samples that are handed on. */
	rate?: number;
	/** Takes the sound at the file's own rate too, where that is another one and one decoding gives both. */
	original?: OriginalSink | undefined;
}

/**
 * Decodes the requested channels and range of a file.
 * @param sinks what they throw stops decoding and is thrown on; blocks have at most BLOCK_SAMPLES samples per channel, -1 to 1
 * @throws VoiceprintError for the file: EMPTY_FILE, NOT_MEDIA, NO_AUDIO, UNSUPPORTED_CODEC, UNSUPPORTED_FORMAT, NO_SAMPLES, DECODE_FAILED;
 * for the request: CHANNEL_NOT_FOUND, TRACK_NOT_FOUND, INVALID_RANGE, RANGE_OUTSIDE_FILE, FILE_TOO_LONG; TEMPORARY_FILE where the file
 * cannot be read; RUNTIME_UNAVAILABLE where a file of the package is missing or damaged
 */
export async function decodeMedia(request: MediaRequest, sinks: BlockSinks, { workFolder = tmpdir(), rate = SAMPLE_RATE, original }: DecodeOptions = {}): Promise<DecodedMedia> {
	const range = sampleRange(request.rangeFrom, request.rangeTo, rate);
	const file = openInput(request.path, request.fileName ?? basename(request.path));
	try {
		const files = openRecordings(file, request.raw);
		const task: Task = { request, name: file.name, range, files, makePlanes: await Planes.prepare(), original };
		return await decodeOpened(task, sinks, workFolder);
	} finally {
		file.close();
	}
}
