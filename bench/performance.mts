/**
 * The page `docs/performance.md`: what a file costs, where the time goes and how it grows. Processor time where it can be, and
 * ratios within one run: the machine may be shared. Each table is printed as soon as it is there; what fails is named on the
 * page and stops nothing. The page is written at the end, whole.
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopEngine } from '../dist/engine/client/client.js';
import { artefactCosts } from './artefacts.mts';
import { inferenceCosts } from './inference.mts';
import { nodeTimes } from './nodeTime.mts';
import { channels, lengths, starts } from './performance/engine.mts';
import { goalTable, type Reached } from './performance/goals.mts';
import { engines, executions } from './performance/load.mts';
import { page } from './performance/page.mts';
import { M4A, QUICK, WHOLE, type Extent, type Findings, type Part } from './performance/part.mts';
import { sizing } from './performance/sizing.mts';
import { voiceprints } from './performance/voiceprints.mts';
import { otherFormats, wholePath } from './performance/wholePath.mts';
import { printTable, type Table } from './table.mts';
import { workersTable } from './workers.mts';

export interface PerformanceOptions {
	/** A look at the figures in few rounds with short files, and no page. */
	quick: boolean;
	/** Also eight hours. */
	long: boolean;
	/** Names of parts, with commas between them: these alone, and no page. */
	parts?: string;
	/** After so many no further part is begun. */
	minutes?: string;
}

async function inference({ otherSeconds, rounds }: Extent): Promise<Findings> {
	const { table, native, wasm } = await inferenceCosts(otherSeconds, rounds);
	return { tables: [table], reached: { chunksNative: native, chunksWasm: wasm } };
}

const [PICTURE, CLIPS] = ['picture', 'clips, FLAC'];

async function artefacts({ seconds }: Extent, folder: string): Promise<Findings> {
	const { table, ratios } = await artefactCosts(M4A, seconds, folder, [PICTURE, 'speech only, FLAC', CLIPS]);
	return { tables: [table], reached: { picture: ratios[PICTURE], clips: ratios[CLIPS] } };
}

const nodeTime: Part = async () => {
	const { table, ratios } = await nodeTimes();
	return { tables: [table], reached: { nodeNative: ratios[`${M4A[0]}, native`], nodeWasm: ratios[`${M4A[0]}, wasm`] } };
};

const workers: Part = async () => ({ tables: [await workersTable()] });

/** In the order of what is missed most where time runs out. */
const PARTS: Record<string, Part> = { wholePath, inference, starts, engines, lengths, artefacts, nodeTime, sizing, otherFormats, executions, channels, voiceprints, workers };

/** Longer than any part takes: what takes longer hangs. */
const MOST_MS = 600_000;

async function within<T>(work: Promise<T>): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(`not ready after ${MOST_MS / 60_000} minutes`)), MOST_MS)));
	return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

const print = ({ title, header, rows }: Table) => printTable(title, header, rows);

interface Measured {
	tables: Table[];
	reached: Reached;
	failures: string[];
}

/** @param until milliseconds, as `performance.now()` gives them */
async function measure(parts: Array<[name: string, part: Part]>, extent: Extent, until: number): Promise<Measured> {
	const measured: Measured = { tables: [], reached: {}, failures: [] };
	for (const [name, part] of parts) {
		const folder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
		const started = performance.now();
		try {
			if (started > until) throw new Error('no time was left');
			const { tables, reached } = await within(part(extent, folder));
			tables.forEach(print);
			measured.tables.push(...tables);
			Object.assign(measured.reached, reached);
			console.log(`(${name}: ${((performance.now() - started) / 1000).toFixed(0)} s)`);
		} catch (error) {
			measured.failures.push(`${name}: ${(error as Error).message.split('\n')[0]}`);
			console.error(`\n${name} failed:`, error);
		} finally {
			stopEngine();
			rmSync(folder, { recursive: true, force: true });
		}
	}
	return measured;
}

function write(text: string): void {
	const path = join(import.meta.dirname, '..', 'docs', 'performance.md');
	writeFileSync(`${path}.new`, text);
	renameSync(`${path}.new`, path);
}

/** Sets the exit code to 1 where a part failed. */
export async function performanceBench({ quick, long, parts, minutes = 'Infinity' }: PerformanceOptions): Promise<void> {
	const extent = quick ? QUICK : { ...WHOLE, lengths: [...WHOLE.lengths, ...(long ? [8 * 3600] : [])] };
	const chosen = Object.entries(PARTS).filter(([name]) => parts === undefined || parts.split(',').includes(name));
	const [before] = loadavg();
	const started = performance.now();
	const { tables, reached, failures } = await measure(chosen, extent, started + Number(minutes) * 60_000);
	const goals = goalTable(reached);
	print(goals);
	if (failures.length > 0) process.exitCode = 1;
	if (quick || parts !== undefined || tables.length === 0) return;
	write(page({ goals, tables, failures, loads: [before, loadavg()[0]], minutes: (performance.now() - started) / 60_000 }));
}
