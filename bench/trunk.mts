/**
 * The trunk of the accurate model alone, one thread, in processor time: as it ships for each runtime, as it lies in its own
 * file, and (where VOICEPRINT_RESNET34 names it) the published graph that it was made of. In turn, several rounds, so
 * that a slow moment of the machine hits all of them.
 */
import { readFileSync } from 'node:fs';
import { AccurateKernel } from '../dist/engine/process/embedding/accurateKernel.js';
import { chooseRuntime } from '../dist/engine/process/runtime/chooseRuntime.js';
import type { Session } from '../dist/engine/process/runtime/interface.js';
import { ACCURATE_MODEL, modelPath } from '../dist/models/bundled.js';
import { median, printTable } from './table.mts';

const SECONDS = [3, 10];
const ROUNDS = 5;
const FRAMES_PER_SECOND = 100;
const MELS = 80;
const TRUNK = `${ACCURATE_MODEL}.trunk.onnx`;
const PUBLISHED = process.env.VOICEPRINT_RESNET34;

interface Candidate {
	label: string;
	session: Pick<Session, 'run' | 'release'>;
	/** Milliseconds that loading took. */
	load: number;
}

/** Milliseconds of processor time, all threads of the process together. */
async function cost<T>(work: () => Promise<T>): Promise<[number, T]> {
	const before = process.cpuUsage();
	const result = await work();
	const { user, system } = process.cpuUsage(before);
	return [(user + system) / 1000, result];
}

async function candidatesOf(name: 'native' | 'wasm'): Promise<Candidate[]> {
	const runtime = chooseRuntime(name);
	const bytes = readFileSync(modelPath(TRUNK));
	const native = async () => await runtime.load(readFileSync(modelPath(`${ACCURATE_MODEL}.trunk.native.onnx`)), { name: TRUNK, bytes });
	const loads: Array<[label: string, load: () => Promise<Candidate['session']>]> = [
		...(PUBLISHED ? [['published graph', async () => await runtime.load(readFileSync(PUBLISHED))] as [string, () => Promise<Session>]] : []),
		['trunk as it is stored', async () => await runtime.load(bytes)],
		['trunk as it ships for this runtime', name === 'native' ? native : async () => await AccurateKernel.load(bytes, readFileSync(modelPath(`${ACCURATE_MODEL}.head.onnx`)))],
	];
	const candidates: Candidate[] = [];
	for (const [label, load] of loads) {
		const [milliseconds, session] = await cost(load);
		candidates.push({ label: `${name}, ${label}`, session, load: milliseconds });
	}
	return candidates;
}

/** Milliseconds of each candidate in each round. */
async function timesOf(candidates: Candidate[], seconds: number): Promise<number[][]> {
	const frames = seconds * FRAMES_PER_SECOND;
	const data = Float32Array.from({ length: frames * MELS }, (_, i) => Math.sin(i * 1.7));
	const times: number[][] = candidates.map(() => []);
	for (let round = 0; round <= ROUNDS; round++) {
		for (const [i, { session }] of candidates.entries()) {
			const [milliseconds] = await cost(async () => await session.run({ feats: { data, dims: [1, frames, MELS] } }));
			// The first round warms up.
			if (round > 0) times[i].push(milliseconds);
		}
	}
	return times;
}

export async function trunkBench(): Promise<void> {
	const rows: Array<Array<string | number>> = [];
	for (const name of ['native', 'wasm'] as const) {
		const candidates = await candidatesOf(name);
		for (const seconds of SECONDS) {
			const times = await timesOf(candidates, seconds);
			for (const [i, { label, load }] of candidates.entries()) {
				const best = Math.min(...times[i]);
				rows.push([
					label,
					seconds,
					((seconds * 1000) / best).toFixed(1),
					(Math.min(...times[0]) / best).toFixed(2),
					median(times[i].map((time, round) => times[0][round] / time)).toFixed(2),
					Math.round(load),
				]);
			}
		}
		for (const { session } of candidates) await session.release();
	}
	printTable(
		`Trunk of ${ACCURATE_MODEL} alone, one thread, ${ROUNDS} rounds; ratio to the first graph of the runtime`,
		['graph', 'seconds at once', 'x real time, best', 'ratio of best', 'ratio, median', 'ms to load'],
		rows,
	);
}
