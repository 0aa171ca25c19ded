/** Through an engine process: its start, and how cost and memory grow with length and channels. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { vadJob } from '../../test/support/engine.mts';
import { engineCost } from '../engineRuns.mts';
import { callFile } from '../formats.mts';
import { longCall, longMp3 } from '../longCall.mts';
import type { Table } from '../table.mts';
import type { Reached } from './goals.mts';
import { LABEL, lengthOf, M4A, percent, RUNTIMES, two, WAV, type Extent, type Findings } from './part.mts';

/** Later files of an engine: the system counts hundredths of a second. */
const warmRuns = (seconds: number) => (seconds > 60 ? 1 : seconds > 10 ? 3 : 10);

export async function starts({ lengths, engines }: Extent, folder: string): Promise<Findings> {
	const rows: Table['rows'] = [];
	const reached: Reached = {};
	for (const format of [WAV, M4A]) {
		for (const seconds of lengths.filter((length) => length <= 60)) {
			const path = await callFile(seconds, format);
			for (const runtime of RUNTIMES) {
				const { first, warm, caller, peak } = await engineCost(vadJob(path, folder, { runtime }), { engines, warm: warmRuns(seconds) });
				const costs = [first.wall, first.cpu, warm.wall, warm.cpu].map(two);
				rows.push([`${format[0]}, ${seconds} s, ${LABEL[runtime]}`, ...costs, (1000 * caller).toFixed(0), percent(caller, warm.cpu + caller), peak]);
				if (format === M4A && seconds === 10) reached[runtime === 'native' ? 'firstNative' : 'firstWasm'] = first.wall;
			}
		}
	}
	const header = ['', 'first file with the start, s', 'CPU s', 'later ones, s', 'CPU s', "caller's CPU, ms", "caller's share (IPC)", 'peak of the engine, MiB'];
	return { reached, tables: [{ title: `Through an engine of its own, two channels, median of ${engines} engines`, header, rows }] };
}

/** Each after one short file of the same kind. */
export async function lengths({ lengths: all }: Extent, folder: string): Promise<Findings> {
	const rows: Table['rows'] = [];
	const reached: Reached = {};
	const short = await callFile(10, WAV);
	const path = join(folder, 'long.media');
	async function measure(label: string, seconds: number) {
		const costs: Array<string | number> = [];
		for (const runtime of RUNTIMES) {
			const { warm, peak } = await engineCost(vadJob(path, folder, { runtime }), { first: vadJob(short, folder, { runtime }), warm: warmRuns(seconds) });
			costs.push(two((3600 * warm.cpu) / seconds), peak);
			if (seconds >= 7200) {
				const goal = runtime === 'native' ? 'peakNative' : 'peakWasm';
				reached[goal] = Math.max(reached[goal] ?? 0, peak);
			}
		}
		rows.push([`${label}, ${lengthOf(seconds)}`, ...costs]);
		rmSync(path);
	}
	for (const seconds of all) {
		await longCall(path, seconds / 60);
		await measure(WAV[0], seconds);
	}
	for (const seconds of all.filter((length) => length === 7200)) {
		await longMp3(path, seconds / 60);
		await measure('MP3', seconds);
	}
	const header = ['', 'native, CPU s per hour', 'peak, MiB', 'WASM, CPU s per hour', 'peak, MiB'];
	return { reached, tables: [{ title: 'Cost against length, two channels', header, rows }] };
}

export async function channels({ channels: counts }: Extent, folder: string): Promise<Findings> {
	const rows: Table['rows'] = [];
	for (const count of counts) {
		const path = await callFile(60, WAV, count);
		const costs: Array<string | number> = [];
		for (const runtime of RUNTIMES) {
			const { warm, peak } = await engineCost(vadJob(path, folder, { runtime }), { warm: warmRuns(60) });
			costs.push(two(warm.cpu / count), peak);
		}
		rows.push([count, ...costs]);
	}
	const header = ['channels', 'native, CPU s per channel', 'peak, MiB', 'WASM, CPU s per channel', 'peak, MiB'];
	return { tables: [{ title: 'Cost against channels, WAV 16 kHz, 60 s', header, rows }] };
}
