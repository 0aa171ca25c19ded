/**
 * The networks of the voiceprint models alone, one thread, in processor time: as they ship for each runtime, as they lie in
 * their files in ONNX Runtime, and (where VOICEPRINT_RESNET34 names it) the published graph that the accurate one's trunk was
 * made of. In turn, several rounds, so that a slow moment of the machine hits all of them.
 */
import { readFileSync } from 'node:fs';
import { AccurateKernel } from '../dist/engine/process/embedding/kernels/accurateKernel.js';
import { FastKernel } from '../dist/engine/process/embedding/kernels/fastKernel.js';
import { SAMPLE_RATE } from '../dist/engine/process/audio.js';
import { chooseRuntime } from '../dist/engine/process/runtime/chooseRuntime.js';
import type { InputTensor, Session } from '../dist/engine/process/runtime/interface.js';
import { ACCURATE_MODEL, FAST_MODEL, modelPath } from '../dist/models/bundled.js';
import { median, printTable } from './table.mts';

const SECONDS = [4, 10];
const ROUNDS = 7;
/** Rounds before, in which code is compiled that is run often. */
const WARMING = 4;
const FRAMES_PER_SECOND = 100;
const MELS = 80;
const TRUNK = `${ACCURATE_MODEL}.trunk.onnx`;
const PUBLISHED = process.env.VOICEPRINT_RESNET34;

const sound = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7));
/** What each network is fed for so many seconds. */
const INPUTS = {
	trunk: (seconds: number) => ({ feats: { data: sound(seconds * FRAMES_PER_SECOND * MELS), dims: [1, seconds * FRAMES_PER_SECOND, MELS] } }),
	fast: (seconds: number) => ({ waveform: { data: sound(seconds * SAMPLE_RATE), dims: [1, seconds * SAMPLE_RATE] } }),
};

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

type Load = () => Promise<Candidate['session']>;

function loadsOf(name: 'native' | 'wasm', network: keyof typeof INPUTS): Array<[label: string, load: Load]> {
	const runtime = chooseRuntime(name);
	const read = (file: string) => readFileSync(modelPath(file));
	if (network === 'fast') {
		const graph = async () => await runtime.load(read(`${FAST_MODEL}.onnx`));
		const kernel = async () => await FastKernel.load(read(`${FAST_MODEL}.onnx`));
		return [['Fast in ONNX Runtime', graph], ...(name === 'wasm' ? [['Fast as it ships', kernel] as [string, Load]] : [])];
	}
	const bytes = read(TRUNK);
	const native = async () => await runtime.load(read(`${ACCURATE_MODEL}.trunk.native.onnx`), { name: TRUNK, bytes });
	const kernel = async () => await AccurateKernel.load(bytes, read(`${ACCURATE_MODEL}.head.onnx`));
	return [
		...(PUBLISHED ? [['published graph', async () => await runtime.load(readFileSync(PUBLISHED))] as [string, Load]] : []),
		["Accurate's trunk as it is stored, in ONNX Runtime", async () => await runtime.load(bytes)],
		["Accurate's trunk as it ships", name === 'native' ? native : kernel],
	];
}

async function candidatesOf(name: 'native' | 'wasm', network: keyof typeof INPUTS): Promise<Candidate[]> {
	const candidates: Candidate[] = [];
	for (const [label, load] of loadsOf(name, network)) {
		const [milliseconds, session] = await cost(load);
		candidates.push({ label: `${name}, ${label}`, session, load: milliseconds });
	}
	return candidates;
}

/** Milliseconds of each candidate in each round. */
async function timesOf(candidates: Candidate[], input: Record<string, InputTensor>): Promise<number[][]> {
	const times: number[][] = candidates.map(() => []);
	for (let round = 0; round < WARMING + ROUNDS; round++) {
		for (const [i, { session }] of candidates.entries()) {
			const [milliseconds] = await cost(async () => await session.run(input));
			if (round >= WARMING) times[i].push(milliseconds);
		}
	}
	return times;
}

export async function embeddersBench(): Promise<void> {
	const rows: Array<Array<string | number>> = [];
	for (const network of ['trunk', 'fast'] as const) {
		for (const name of ['native', 'wasm'] as const) {
			const candidates = await candidatesOf(name, network);
			for (const seconds of SECONDS) {
				const times = await timesOf(candidates, INPUTS[network](seconds));
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
	}
	printTable(
		`Networks of the voiceprint models alone, one thread, ${ROUNDS} rounds; ratio to the first of the runtime and model`,
		['network', 'seconds at once', 'x real time, best', 'ratio of best', 'ratio, median', 'ms to load'],
		rows,
	);
}
