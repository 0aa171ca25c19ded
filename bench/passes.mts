/**
 * `node passes.mts FILE ROUNDS`: CPU seconds of each part of the way from a file to its segments, in one process, the
 * parts in turn so that a slow moment of the machine hits all of them. Prints the medians as JSON.
 */
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPipeline } from '../dist/engine/process/host/pipelines.js';
import { decodeMedia } from '../dist/engine/process/media/decode.js';
import { createFfmpegCore } from '../dist/engine/process/media/ffmpeg/core.js';
import { mountInput, mountOutput } from '../dist/engine/process/media/ffmpeg/streams.js';
import { Spool } from '../dist/engine/process/media/spool.js';
import { chooseRuntime } from '../dist/engine/process/runtime/chooseRuntime.js';
import { loadSileroModels } from '../dist/engine/process/vad/detect.js';
import { LevelMeter } from '../dist/engine/process/vad/level.js';
import { speechProbabilities } from '../dist/engine/process/vad/probabilities.js';
import type { RuntimeName } from '../dist/engine/client/protocol.js';
import { vadJob } from '../test/support/engine.mts';
import { audioOf } from '../test/support/recordings.mts';
import { median } from './table.mts';

export interface Passes {
	/** FFmpeg alone, as anybody would run it: to 16 kHz floats that nobody takes. */
	ffmpeg: number;
	/** The same through our decoder, which keeps the timeline. */
	decoding: number;
	level: number;
	/** Writing the samples to the disk. */
	spool: number;
	native: Runtime;
	wasm: Runtime;
}

interface Runtime {
	whole: number;
	/** Both models over the samples in memory. */
	inference: number;
}

const [file, rounds] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const request = { path: file, channelMode: 'split' as const };
const nothing = () => {};

async function ffmpegAlone(): Promise<void> {
	const core = await createFfmpegCore();
	core.setLogger(nothing);
	const input = openSync(file, 'r');
	mountInput(core, '/in', fstatSync(input).size, (target, position) => readSync(input, target, 0, target.length, position));
	mountOutput(core, '/out', nothing);
	core.exec('-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-i', '/in', '-vn', '-ar', '16000', '-c:a', 'pcm_f32le', '-f', 'wav', '/out');
	closeSync(input);
}

async function levelToo(): Promise<void> {
	const newMeter = await LevelMeter.prepare();
	const levels: LevelMeter[] = [];
	await decodeMedia(request, (block) => block.forEach((samples, channel) => (levels[channel] ??= newMeter()).add(samples)), nothing);
}

async function spoolToo(): Promise<void> {
	const spool = new Spool(folder);
	await decodeMedia(request, (block) => spool.append(block), (samples) => spool.appendSilence(samples));
	spool.finish();
	spool.dispose();
}

async function samplesOf(): Promise<Float32Array[]> {
	const parts: Float32Array[][] = [];
	await decodeMedia(request, (block) => block.forEach((samples, channel) => (parts[channel] ??= []).push(samples.slice())));
	return parts.map((all) => {
		const whole = new Float32Array(all.reduce((sum, { length }) => sum + length, 0));
		all.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
		return whole;
	});
}

const channels = await samplesOf();
const inference = (name: RuntimeName) => async () => {
	const models = await loaded[name];
	for (const samples of channels) {
		for await (const block of speechProbabilities(audioOf(samples), models, { gain: 1.1, resetAfterSilence: true })) void block;
	}
};
const loaded = { native: loadSileroModels(chooseRuntime('native')), wasm: loadSileroModels(chooseRuntime('wasm')) };
const whole = (runtime: RuntimeName) => async () => await runPipeline(vadJob(file, folder, { runtime }));

const PASSES: Record<string, () => Promise<unknown>> = {
	ffmpeg: ffmpegAlone,
	decoding: async () => await decodeMedia(request, nothing, nothing),
	level: levelToo,
	spool: spoolToo,
	inferenceNative: inference('native'),
	inferenceWasm: inference('wasm'),
	wholeNative: whole('native'),
	wholeWasm: whole('wasm'),
};

const seconds: Record<string, number[]> = {};
for (let round = 0; round <= Number(rounds); round++) {
	for (const [name, pass] of Object.entries(PASSES)) {
		const before = process.cpuUsage();
		await pass();
		const { user, system } = process.cpuUsage(before);
		// The first round warms up.
		if (round > 0) (seconds[name] ??= []).push((user + system) / 1e6);
	}
}
const of = (name: string) => median(seconds[name]);
/** Of two parts that run together, what the second adds in each round. */
const added = (name: string, to: string) => Math.max(0, median(seconds[name].map((value, i) => value - seconds[to][i])));
const passes: Passes = {
	ffmpeg: of('ffmpeg'),
	decoding: of('decoding'),
	level: added('level', 'decoding'),
	spool: added('spool', 'decoding'),
	native: { whole: of('wholeNative'), inference: of('inferenceNative') },
	wasm: { whole: of('wholeWasm'), inference: of('inferenceWasm') },
};
console.log(JSON.stringify(passes));
process.exit(0);
