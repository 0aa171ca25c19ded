/**
 * The page `docs/performance.md`: what a file costs, where the time goes and how it grows. Processor time rather than
 * wall-clock time, and ratios within one run: the machine may be shared. `--quick`: a look at the figures in few rounds,
 * and no page. `--lengths 60,600`: seconds of the file whose parts are measured, then of the longest one.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stopEngine } from '../dist/engine/client/client.js';
import { EnginePool } from '../dist/engine/client/pool.js';
import { vadJob } from '../test/support/engine.mts';
import { voiceprintJob } from '../test/support/voices.mts';
import { engineCost } from './engineRuns.mts';
import { callFile, FORMATS } from './formats.mts';
import { inferenceTable } from './inference.mts';
import { longCall } from './longCall.mts';
import type { Passes } from './passes.mts';
import { markdown, median, printTable, type Table } from './table.mts';

const RUNTIMES = ['native', 'wasm'] as const;
const LABEL = { native: 'native', wasm: 'WASM' };
const [WAV, , , MP3, M4A] = FORMATS;

/** How much is measured. */
interface Extent {
	/** Seconds of the files whose parts are measured. */
	seconds: number;
	rounds: number;
	formats: typeof FORMATS;
	/** Seconds of the files that go through an engine, and of the longest WAV. */
	lengths: number[];
	channels: number[];
	engines: number;
}

const WHOLE: Extent = { seconds: 600, rounds: 3, formats: FORMATS, lengths: [10, 60, 600, 7200], channels: [1, 2, 4, 8, 16], engines: 3 };
const QUICK: Extent = { seconds: 60, rounds: 1, formats: [WAV, M4A], lengths: [10, 60], channels: [1, 4], engines: 1 };

const percent = (part: number, whole: number) => `${Math.round((100 * part) / whole)} %`;
const ratio = (a: number, b: number) => (a / b).toFixed(2);
const two = (value: number) => value.toFixed(2);

/** CPU seconds of the machine's own FFmpeg; undefined where there is none. */
function installedFfmpeg(path: string): number | undefined {
	try {
		const script = 'ulimit -t 600; ffmpeg -v error -threads 1 -i "$0" -vn -ar 16000 -c:a pcm_f32le -f wav -y /dev/null; times';
		const children = execFileSync('sh', ['-c', script, path], { encoding: 'utf8' }).trim().split('\n').at(-1)!;
		return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
	} catch {
		return undefined;
	}
}

async function passesOf(path: string, rounds: number): Promise<Passes> {
	const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'passes.mts'), path, String(rounds)]);
	return JSON.parse(stdout) as Passes;
}

async function wholePath({ formats, seconds, rounds }: Extent): Promise<Table[]> {
	const [costs, shares]: Table['rows'][] = [[], []];
	for (const format of formats) {
		const path = await callFile(seconds, format);
		const passes = await passesOf(path, rounds);
		const installed = installedFfmpeg(path);
		const ratios = RUNTIMES.flatMap((name) => [ratio(passes[name].whole, passes.ffmpeg), ratio(passes[name].whole, passes[name].inference)]);
		const speeds = RUNTIMES.map((name) => Math.round(seconds / passes[name].whole));
		costs.push([format[0], ...speeds, ratios[0], ratios[2], ratios[1], ratios[3], ratio(passes.decoding, passes.ffmpeg), installed ? ratio(installed, passes.ffmpeg) : '–']);
		for (const name of RUNTIMES) {
			const { whole, inference } = passes[name];
			const { decoding, level, spool } = passes;
			const rest = Math.max(0, whole - decoding - level - spool - inference);
			shares.push([`${format[0]}, ${LABEL[name]}`, ...[decoding, level, spool, inference, rest].map((part) => percent(part, whole))]);
		}
	}
	const about = `${seconds} s, two channels, preset Balanced, engine warm, CPU time, median of ${rounds}`;
	return [
		{
			title: `File to segments, ${about}`,
			header: [
				...['', 'native, × real time', 'WASM, × real time', 'native to FFmpeg alone', 'WASM to FFmpeg alone', 'native to its inference alone'],
				...['WASM to its inference alone', 'our decoding to FFmpeg alone', "the machine's own FFmpeg to ours"],
			],
			rows: costs,
		},
		{ title: `Where the time goes, ${about}`, header: ['', 'decoding and resampling', 'level', 'disk', 'inference', 'echoes, second looks, rest'], rows: shares },
	];
}

async function starts({ lengths, engines }: Extent, folder: string): Promise<Table> {
	const rows: Table['rows'] = [];
	for (const format of [WAV, M4A]) {
		for (const seconds of lengths.filter((length) => length <= 600)) {
			const path = await callFile(seconds, format);
			for (const runtime of RUNTIMES) {
				const { first, warm, caller, peak } = await engineCost(vadJob(path, folder, { runtime }), seconds > 60 ? 1 : engines, 3);
				const costs = [two(first.cpu), two(warm.cpu), ratio(first.cpu, warm.cpu), (1000 * caller).toFixed(0), (100 * (caller / warm.cpu)).toFixed(0)];
				rows.push([`${format[0]}, ${seconds} s, ${LABEL[runtime]}`, ...costs, peak]);
			}
		}
	}
	return {
		title: `Through an engine of its own, two channels, CPU time, median of ${engines} engines`,
		header: ['', 'first file with the start, s', 'later ones, s', 'first to later', "caller's share, ms", "caller's share, %", 'peak of the engine, MiB'],
		rows,
	};
}

async function lengthTable({ lengths }: Extent, folder: string): Promise<Table> {
	const rows: Table['rows'] = [];
	for (const seconds of lengths) {
		const path = join(folder, 'long.wav');
		await longCall(path, seconds / 60);
		const costs = [];
		for (const runtime of RUNTIMES) {
			const { warm, peak } = await engineCost(vadJob(path, folder, { runtime }), 1, 1);
			costs.push(two((3600 * warm.cpu) / seconds), peak);
		}
		rows.push([`${seconds} s`, ...costs]);
		rmSync(path);
	}
	return { title: 'Cost against length, WAV 16 kHz, two channels', header: ['', 'native, CPU s per hour', 'peak, MiB', 'WASM, CPU s per hour', 'peak, MiB'], rows };
}

async function channelTable({ channels, engines }: Extent, folder: string): Promise<Table> {
	const rows: Table['rows'] = [];
	for (const count of channels) {
		const path = await callFile(60, WAV, count);
		const costs = [];
		for (const runtime of RUNTIMES) {
			const { warm, peak } = await engineCost(vadJob(path, folder, { runtime }), engines, 2);
			costs.push(two(warm.cpu / count), peak);
		}
		rows.push([count, ...costs]);
	}
	return { title: 'Cost against channels, WAV 16 kHz, 60 s', header: ['channels', 'native, CPU s per channel', 'peak, MiB', 'WASM, CPU s per channel', 'peak, MiB'], rows };
}

/** Wall-clock time, so it says something only where nothing else runs. */
async function engineTable({ rounds }: Extent): Promise<Table> {
	const path = await callFile(60, M4A);
	const jobs = 8;
	const times: Record<number, number[]> = {};
	for (let round = 0; round <= rounds; round++) {
		for (const size of [1, 2]) {
			const host = join(import.meta.dirname, '..', 'dist', 'engine', 'process', 'host', 'main.js');
			const pool = new EnginePool({ host, size, idleMs: 60_000, startMs: 60_000, heapMiB: 512, retireAbove: Infinity });
			const run = async () => await pool.runInWorkFolder(async (workFolder) => vadJob(path, workFolder, { runtime: 'wasm' }));
			await Promise.all(Array.from({ length: size }, run));
			const started = performance.now();
			await Promise.all(Array.from({ length: jobs }, run));
			if (round > 0) (times[size] ??= []).push((performance.now() - started) / 1000);
			pool.stop();
		}
	}
	const load = loadavg()[0].toFixed(1);
	return {
		title: `${jobs} files of one minute at once (M4A, WASM), wall-clock time; other load on the ${cpus().length} cores: ${load}`,
		header: ['engines', 's', 'to one engine'],
		rows: [1, 2].map((size) => [size, median(times[size]).toFixed(1), ratio(median(times[1]), median(times[size]))]),
	};
}

async function sizing({ seconds, engines }: Extent, folder: string): Promise<Table> {
	const path = await callFile(seconds, MP3);
	const rows: Table['rows'] = [];
	const kinds = [
		['speech segments', vadJob],
		['voiceprints, Fast', voiceprintJob],
		['voiceprints, Accurate', (...[file, work, options]: Parameters<typeof vadJob>) => voiceprintJob(file, work, { ...options, voiceprint: { model: 'accurate' } })],
	] as const;
	let least = 0;
	for (const [label, makeJob] of kinds) {
		for (const runtime of RUNTIMES) {
			const { warm, peak } = await engineCost(makeJob(path, folder, { runtime }), engines, 1);
			least ||= warm.cpu;
			rows.push([`${label}, ${LABEL[runtime]}`, two(warm.cpu), ratio(warm.cpu, least), Math.round(3600 / warm.cpu), peak]);
		}
	}
	const about = `calls of ${seconds / 60} min, two channels, MP3`;
	return { title: `Sizing: ${about}`, header: ['', 'CPU s per call', 'to segments, native', 'calls an hour per core', 'memory of an engine, MiB'], rows };
}

const page = (tables: Table[]) => `# Speed and memory

Made by \`npm run bench -- performance\` on ${cpus().length} cores (${cpus()[0].model.trim()}), Node.js ${process.versions.node}, load
${loadavg()[0].toFixed(1)} at the end. **Only ratios within a table mean something elsewhere**: seconds are those of this machine, whose
cores others used at the same time. FFmpeg alone is \`@ffmpeg/core\`, the FFmpeg that the package decodes with, from the file
to 16 kHz samples that nobody takes. WASM is what runs on Alpine Linux, n8n's official image.

${tables.map(markdown).join('\n\n')}

## What to take from it

- **A core does what the table Sizing says**; each engine processes one file at a time, and there are as many engines as
  half the cores, at least one and at most four (\`N8N_VOICEPRINT_ENGINES\`). Executions wait for their turn, one file of
  each after the other, and can be cancelled while they do.
- **Memory does not grow with the file.** While a file is processed its temporary folder holds a copy of the file and
  230 MB per hour and channel.
- **The first file** after a start, or after a minute without work, costs what the column says more than later ones:
  Node.js, FFmpeg's and the models' loading, and code that is not compiled yet.
- **n8n's own process** loads no model and no decoder.
- Speech segments with WASM need no ONNX Runtime: the VAD has a kernel of its own there. Voiceprints do.
`;

/** What is asked for. @param lengths seconds, as they stand on the command line */
function extentOf(isQuick: boolean, lengths: string | undefined): Extent {
	const extent = isQuick ? QUICK : WHOLE;
	if (lengths === undefined) return extent;
	const [seconds, longest = seconds] = lengths.split(',').map(Number);
	return { ...extent, seconds, lengths: extent.lengths.filter((length) => length <= longest) };
}

export async function performanceBench(isQuick: boolean, lengths: string | undefined): Promise<void> {
	const extent = extentOf(isQuick, lengths);
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
	const tables: Table[] = [];
	const add = (...more: Table[]) => {
		for (const table of more) printTable(table.title, table.header, table.rows);
		tables.push(...more);
	};
	try {
		add(await inferenceTable(extent.seconds, extent.rounds));
		add(...(await wholePath(extent)));
		add(await starts(extent, folder));
		add(await lengthTable(extent, folder));
		add(await channelTable(extent, folder));
		add(await engineTable(extent));
		add(await sizing(extent, folder));
	} finally {
		stopEngine();
		rmSync(folder, { recursive: true, force: true });
	}
	if (!isQuick) writeFileSync(join(import.meta.dirname, '..', 'docs', 'performance.md'), page(tables));
}
