/**
 * Memory and the event loop: the engine's peak for ten minutes and for two hours of audio, and what the work costs the
 * process that asked for it (n8n's, in real life). Linux only: the peak comes from /proc.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { runJob, stopEngine } from '../dist/engine/client/client.js';
import { enginePids, vadJob } from '../test/support/engine.mts';
import { longCall, peakMemory } from './longCall.mts';
import { printTable } from './table.mts';

const MINUTES = [10, 120];
const MEBIBYTE = 2 ** 20;

async function measure(folder: string, minutes: number): Promise<{ row: Array<string | number>; engine: number }> {
	const path = join(folder, 'call.wav');
	await longCall(path, minutes);
	stopEngine();
	globalThis.gc?.();
	const before = process.memoryUsage.rss();
	const delay = monitorEventLoopDelay({ resolution: 1 });
	delay.enable();
	let grown = 0;
	const watch = setInterval(() => (grown = Math.max(grown, process.memoryUsage.rss() - before)), 20);
	const started = performance.now();
	const { duration } = await runJob(vadJob(path, folder));
	const seconds = (performance.now() - started) / 1000;
	clearInterval(watch);
	delay.disable();
	const engine = peakMemory(enginePids()[0]);
	rmSync(path);
	const row = [`${minutes} min, stereo WAV`, Math.round(engine / MEBIBYTE), (grown / MEBIBYTE).toFixed(1), (delay.max / 1e6).toFixed(0), Math.round(duration / seconds)];
	return { row, engine };
}

export async function memoryBench(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
	try {
		const results = [];
		for (const minutes of MINUTES) results.push(await measure(folder, minutes));
		printTable(
			'Memory and event loop',
			['file', 'engine peak MiB', "caller's growth MiB", "caller's longest block ms", 'x real time'],
			results.map(({ row }) => row),
		);
		console.log(`Engine peak, 2 h beside 10 min: ${(results[1].engine / results[0].engine).toFixed(2)}`);
	} finally {
		stopEngine();
		rmSync(folder, { recursive: true, force: true });
	}
}
