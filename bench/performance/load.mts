/** Many at once: executions that share the engines, and engines that share the cores. Wall-clock time: it says something only on an idle machine. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { poolSize, runInWorkFolder, stopEngine, threadsPerEngine } from '../../dist/engine/client/client.js';
import { EnginePool } from '../../dist/engine/client/pool.js';
import type { RuntimeName } from '../../dist/engine/client/protocol.js';
import { enginePids, until, vadJob } from '../../test/support/engine.mts';
import { callFile } from '../formats.mts';
import { peakMemory } from '../longCall.mts';
import { median, type Table } from '../table.mts';
import { LABEL, lengthOf, M4A, RUNTIMES, two, type Extent, type Findings } from './part.mts';

/** Of each execution, one after the other. */
const FILES = 4;
const FILE_SECONDS = 60;

/** Files for the engines together. */
const JOBS = 8;

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
	const started = performance.now();
	await work();
	return (performance.now() - started) / 1000;
};

const inTurn = async (count: number, work: () => Promise<unknown>) => {
	for (let i = 0; i < count; i++) await work();
};
const atOnce = async (count: number, work: (i: number) => Promise<unknown>) => await Promise.all(Array.from({ length: count }, (_, i) => work(i)));

const engineMemory = () => enginePids().reduce((sum, pid) => sum + peakMemory(pid), 0) / 2 ** 20;

/** All executions begin at the same moment; each has its files one after the other, as the items of a node are. */
export async function executions({ executions: counts }: Extent): Promise<Findings> {
	const path = await callFile(FILE_SECONDS, M4A);
	const job = async (folder: string) => vadJob(path, folder);
	const rows: Table['rows'] = [];
	await runInWorkFolder(job);
	for (const count of counts) {
		const waits: number[][] = [];
		const whole = await secondsOf(async () => {
			await atOnce(count, async (i) => {
				const own = (waits[i] = [] as number[]);
				await inTurn(FILES, async () => own.push(await secondsOf(async () => await runInWorkFolder(job, { execution: i }))));
			});
		});
		// The first one of each waits for as many as came before it.
		const later = waits.map(([, ...own]) => own.reduce((sum, wait) => sum + wait, 0) / own.length);
		const spread = Math.max(...later) / Math.min(...later);
		rows.push([count, two((count * FILES) / whole), two(median(later)), two(Math.max(...waits.flat())), two(spread), Math.round(engineMemory())]);
	}
	stopEngine();
	const title = `Executions at once, each with ${FILES} files of one minute (M4A), ${poolSize()} engine(s) as by default on ${availableParallelism()} cores`;
	return { tables: [{ title, header: ['executions', 'files a second', 's per file', 'longest', 'slowest execution to fastest', 'memory of the engines, MiB'], rows }] };
}

function poolOf(size: number, threads: number): EnginePool {
	const host = join(import.meta.dirname, '..', '..', 'dist', 'engine', 'process', 'host', 'main.js');
	return new EnginePool({ host, size, threads, idleMs: 60_000, startMs: 60_000, heapMiB: 512, retireAbove: Infinity });
}

type Run = () => Promise<unknown>;

/** Files that an engine has had before it is as fast as it becomes: its code is compiled meanwhile. */
const WARMING = 3;

/** Its engines are started and warm. */
async function warmPool(size: number, threads: number, path: string, runtime: RuntimeName): Promise<{ run: Run; stop: () => void }> {
	const pool = poolOf(size, threads);
	const run = async () => await pool.runInWorkFolder(async (folder) => vadJob(path, folder, { runtime }));
	for (let i = 0; i < WARMING; i++) await atOnce(size, run);
	return { run, stop: () => pool.stop() };
}

/** Speed of two engines with a file each to that of one with both, each with one thread, in turn. */
async function together(path: string, runtime: RuntimeName, rounds: number): Promise<number> {
	const [one, both] = [await warmPool(1, 1, path, runtime), await warmPool(2, 1, path, runtime)];
	try {
		const ratios: number[] = [];
		for (let i = 0; i < rounds; i++) ratios.push((await secondsOf(async () => await inTurn(2, one.run))) / (await secondsOf(async () => await atOnce(2, both.run))));
		return median(ratios);
	} finally {
		one.stop();
		both.stop();
	}
}

export async function engines({ rounds, seconds: longSeconds }: Extent): Promise<Findings> {
	const [path, longer] = [await callFile(FILE_SECONDS, M4A), await callFile(longSeconds, M4A)];
	const reached = { twoNative: await together(longer, 'native', rounds), twoWasm: await together(longer, 'wasm', rounds) };
	const rows: Table['rows'] = [];
	for (const runtime of RUNTIMES) {
		let alone: number | undefined;
		for (const size of [1, 2, 4]) {
			const threads = threadsPerEngine(size);
			const { run, stop } = await warmPool(size, threads, path, runtime);
			const seconds: number[] = [];
			for (let i = 0; i < Math.min(3, rounds); i++) seconds.push(await secondsOf(async () => await atOnce(JOBS, run)));
			const memory = Math.round(engineMemory());
			stop();
			await until(() => enginePids().length === 0, 'the engines end');
			const speed = JOBS / median(seconds);
			alone ??= speed;
			rows.push([`${size}, ${LABEL[runtime]}`, threads, two(speed), two(speed / alone), memory]);
		}
	}
	const title = `Engines on ${availableParallelism()} cores, ${JOBS} files of one minute at once (M4A); goals with two files of ${lengthOf(longSeconds)}`;
	return { reached, tables: [{ title, header: ['engines', 'threads of each', 'files a second', 'to one engine', 'memory of all, MiB'], rows }] };
}
