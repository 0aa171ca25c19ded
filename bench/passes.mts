/**
 * `node passes.mts FILE ROUNDS [THREADS]`: the cost of each part of the way from a file to its segments, in one process, the
 * parts in turn so that a slow moment of the machine hits all of them. With two threads only FFmpeg and the whole way: what
 * is measured alone is done by one. Prints the rounds of each as JSON.
 */
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vadSettings } from '../dist/engine/client/presets.js';
import { findEchoes } from '../dist/engine/process/echo/echo.js';
import { runPipeline } from '../dist/engine/process/host/pipelines.js';
import { decodeMedia } from '../dist/engine/process/media/decode.js';
import { createFfmpegCore } from '../dist/engine/process/media/ffmpeg/core.js';
import { mountInput, mountOutput } from '../dist/engine/process/media/ffmpeg/streams.js';
import { Spool } from '../dist/engine/process/media/spool.js';
import { chooseRuntime } from '../dist/engine/process/runtime/chooseRuntime.js';
import { allowThreads } from '../dist/engine/process/threads.js';
import { loadSileroModels } from '../dist/engine/process/vad/detect.js';
import { LevelMeter } from '../dist/engine/process/vad/level.js';
import { listen } from '../dist/engine/process/vad/listen.js';
import { speechProbabilities } from '../dist/engine/process/vad/probabilities.js';
import type { RuntimeName } from '../dist/engine/client/protocol.js';
import { vadJob } from '../test/support/engine.mts';
import { audioOf, decodeChannels } from '../test/support/recordings.mts';
import { costOf, type Cost } from './cost.mts';

/** How the parts together make the whole: decoding (of which FFmpeg's is `codec`), level, spool, listening (of which inference), echoes. */
export type PassName =
	/** FFmpeg alone, as anybody would run it: to 16 kHz floats that nobody takes. */
	| 'ffmpeg'
	/** The same at the file's own sample rate. */
	| 'codec'
	/** Our decoder, which keeps the timeline and resamples. */
	| 'decoding'
	| 'level'
	/** Writing the samples to the disk. */
	| 'spool'
	/** Both models over the samples in memory. */
	| `inference ${RuntimeName}`
	/** The same with segments and second looks. */
	| `listening ${RuntimeName}`
	| 'echoes'
	| `whole ${RuntimeName}`;

/** The cost in each round. */
export type Passes = Record<PassName, Cost[]>;

/** Samples that the decoder hands on at once, at most. */
const BLOCK = 16384;

const [file, rounds, threads = '1'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const nothing = () => {};

async function ffmpegAlone(...args: string[]): Promise<void> {
	const core = await createFfmpegCore();
	core.setLogger(nothing);
	const input = openSync(file, 'r');
	mountInput(core, '/in', fstatSync(input).size, (target, position) => readSync(input, target, 0, target.length, position));
	mountOutput(core, '/out', nothing);
	core.exec('-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-i', '/in', '-vn', ...args, '-c:a', 'pcm_f32le', '-f', 'wav', '/out');
	closeSync(input);
}

const channels = await decodeChannels(file);
const newMeter = await LevelMeter.prepare();

function* blocks(): Generator<Float32Array[]> {
	for (let at = 0; at < channels[0].length; at += BLOCK) yield channels.map((samples) => samples.subarray(at, at + BLOCK));
}

function levels(): LevelMeter[] {
	const meters = channels.map(() => newMeter());
	for (const block of blocks()) block.forEach((samples, channel) => meters[channel].add(samples));
	meters.forEach((meter) => meter.finish());
	return meters;
}

function spoolAll(): void {
	const spool = new Spool(folder);
	for (const block of blocks()) spool.append(block);
	spool.finish();
	spool.dispose();
}

const loaded = { native: loadSileroModels(chooseRuntime('native')), wasm: loadSileroModels(chooseRuntime('wasm')) };

const inference = (runtime: RuntimeName) => async () => {
	const models = await loaded[runtime];
	for (const samples of channels) {
		for await (const block of speechProbabilities(audioOf(samples), models, { gain: 1.1, resetAfterSilence: true })) void block;
	}
};

const settings = vadSettings({ preset: 'balanced' });
const meters = levels();

async function heard(runtime: RuntimeName) {
	const models = await loaded[runtime];
	const found = [];
	for (const [i, samples] of channels.entries()) {
		const audio = audioOf(samples);
		found.push({ ...(await listen(audio, models, { settings, level: meters[i], keepProbabilities: false })), audio, level: meters[i] });
	}
	return found;
}

const once = await heard('native');
const whole = (runtime: RuntimeName) => async () => await runPipeline(vadJob(file, folder, { runtime }));

const WHOLE: Partial<Record<PassName, () => Promise<unknown>>> = {
	ffmpeg: async () => await ffmpegAlone('-ar', '16000'),
	'whole native': whole('native'),
	'whole wasm': whole('wasm'),
};
const PARTS: typeof WHOLE = {
	codec: async () => await ffmpegAlone(),
	decoding: async () => await decodeMedia({ path: file, channelMode: 'split' }, { onBlock: nothing, onSilence: nothing }),
	level: async () => void levels(),
	spool: async () => spoolAll(),
	'inference native': inference('native'),
	'inference wasm': inference('wasm'),
	'listening native': async () => await heard('native'),
	'listening wasm': async () => await heard('wasm'),
	echoes: async () => void findEchoes(once),
};

allowThreads(Number(threads));
const passes: Partial<Passes> = {};
for (let round = 0; round <= Number(rounds); round++) {
	for (const [name, pass] of Object.entries(threads === '1' ? { ...WHOLE, ...PARTS } : WHOLE) as Array<[PassName, () => Promise<unknown>]>) {
		const cost = await costOf(pass);
		// The first round warms up.
		if (round > 0) (passes[name] ??= []).push(cost);
	}
}
console.log(JSON.stringify(passes));
process.exit(0);
