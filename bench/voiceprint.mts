/**
 * Voiceprints: files to voiceprints as the node asks for it (engine process already warm), calls of one minute with one
 * speaker on each of two channels, and the memory for files of any length. Beside it, as the least that can be had: the
 * same model by onnxruntime-node on samples that are decoded already and hold nothing but speech.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { runJob, stopEngine } from '../dist/engine/client/client.js';
import type { RuntimeChoice } from '../dist/engine/client/protocol.js';
import { FAST } from '../dist/engine/process/embedding/bundled.js';
import { encode } from '../test/engine/process/media/support/encode.mts';
import { enginePids } from '../test/support/engine.mts';
import { CALL, decodeChannels, SAMPLE_RATE } from '../test/support/recordings.mts';
import { voiceprintJob } from '../test/support/voices.mts';
import { longCall, peakMemory } from './longCall.mts';
import { median, printTable } from './table.mts';

const MINUTE = 60;
const FILES = 12;
const FORMATS: Array<[label: string, name: string, ...args: string[]]> = [
	['WAV 16 kHz', 'call-16k.wav', '-c:a', 'pcm_s16le'],
	['WAV 8 kHz mu-law', 'call-8k.wav', '-ar', '8000', '-c:a', 'pcm_mulaw'],
	['MP3 128 kbit/s', 'call.mp3', '-ar', '44100', '-b:a', '128k'],
	['M4A (AAC) 128 kbit/s', 'call.m4a', '-ar', '44100', '-b:a', '128k'],
	['Opus 48 kbit/s', 'call.opus', '-c:a', 'libopus', '-b:a', '48k'],
];
/** Minutes of stereo WAV whose memory is measured. */
const LENGTHS = [1, 120];
const MEBIBYTE = 2 ** 20;

/** Milliseconds per file, the median of some. */
async function timeOf(work: () => Promise<unknown>): Promise<number> {
	await work();
	const times: number[] = [];
	for (let i = 0; i < FILES; i++) {
		const started = performance.now();
		await work();
		times.push(performance.now() - started);
	}
	return median(times);
}

/** The model alone, on as much speech as the node found in both channels, in the windows that it takes. */
async function modelAlone(speech: Float32Array, seconds: number[], window: number): Promise<number> {
	const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
	const session = await ort.InferenceSession.create(FAST.file, options);
	const time = await timeOf(async () => {
		for (const channel of seconds) {
			const count = Math.max(1, Math.round(channel / window));
			const samples = Math.round((channel / count) * SAMPLE_RATE);
			const input = new ort.Tensor('float32', speech.subarray(0, samples), [1, samples]);
			for (let i = 0; i < count; i++) await session.run({ waveform: input });
		}
	});
	await session.release();
	return time;
}

async function speed(folder: string): Promise<void> {
	const once = await decodeChannels(CALL);
	const channels = once.map((samples) => Float32Array.from({ length: MINUTE * SAMPLE_RATE }, (_, i) => samples[i % samples.length]));
	const rows: Array<Array<string | number>> = [];
	let lengths: number[] = [];
	for (const [label, name, ...args] of FORMATS) {
		const path = await encode({ channels, rate: SAMPLE_RATE }, name, ...args);
		const extract = async (runtime: RuntimeChoice) => await runJob(voiceprintJob(path, folder, { runtime }));
		lengths = (await extract('auto')).channels.map(({ speech_length }) => speech_length);
		const times = [await timeOf(async () => await extract('native')), await timeOf(async () => await extract('wasm'))];
		rows.push([label, ...times.flatMap((time) => [Math.round(60_000 / time), Math.round((MINUTE * 1000) / time)])]);
	}
	const alone = await modelAlone(channels[0].subarray(SAMPLE_RATE), lengths, 4);
	rows.push(['model alone, samples in memory', Math.round(60_000 / alone), Math.round((MINUTE * 1000) / alone), '', '']);
	printTable(
		`Voiceprints of calls of one minute, 2 channels with ${lengths.map((length) => length.toFixed(0)).join(' and ')} s of speech, median of ${FILES}`,
		['file', 'native, files/min', 'x real time', 'WASM, files/min', 'x real time'],
		rows,
	);
}

async function memory(folder: string): Promise<void> {
	const path = join(folder, 'long.wav');
	const rows: Array<Array<string | number>> = [];
	for (const runtime of ['native', 'wasm'] as const) {
		const peaks: number[] = [];
		for (const minutes of LENGTHS) {
			await longCall(path, minutes);
			stopEngine();
			await runJob(voiceprintJob(path, folder, { runtime }));
			peaks.push(peakMemory(enginePids()[0]));
			rmSync(path);
		}
		rows.push([runtime, ...peaks.map((peak) => Math.round(peak / MEBIBYTE)), (peaks[1] / peaks[0]).toFixed(2)]);
	}
	printTable('Peak memory of the engine process, MiB', ['runtime', ...LENGTHS.map((minutes) => `${minutes} min`), 'ratio'], rows);
}

export async function voiceprintBench(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
	try {
		await speed(folder);
		await memory(folder);
	} finally {
		stopEngine();
		rmSync(folder, { recursive: true, force: true });
	}
}
