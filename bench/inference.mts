/**
 * Inference alone, one thread: our kernel and our sequence graph beside the published model fed chunk by chunk and beside
 * sherpa-onnx. Each candidate runs in a process of its own (two versions of ONNX Runtime cannot share one), in turn,
 * several rounds, so that a slow moment of the machine hits all of them.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callOf } from './formats.mts';
import { median, printTable, type Table } from './table.mts';

const SECONDS = 600;
const ROUNDS = 3;

const CANDIDATES: Record<string, string> = {
	'16 kHz model, native: our graph in ONNX Runtime': 'sequence-native',
	'16 kHz model, WASM: our kernel': 'kernel',
	'the same without multiply-and-add in one step (Node.js 20)': 'kernel-plain',
	'16 kHz model, WASM: our graph in ONNX Runtime': 'sequence-wasm',
	'both models joined as in Balanced, native': 'joined-native',
	'both models joined as in Balanced, WASM': 'joined-wasm',
	'16 kHz model, onnxruntime-node, chunk by chunk': 'chunks-native',
	'16 kHz model, onnxruntime-web, chunk by chunk': 'chunks-wasm',
	'16 kHz model, sherpa-onnx-node': 'sherpa',
};

const [NATIVE, WASM] = ['chunks-native', 'chunks-wasm'];

const MOST_MS = 120_000;

export interface InferenceCosts {
	table: Table;
	/** Speed to that of ONNX Runtime chunk by chunk. */
	native: number;
	wasm: number;
}

export async function inferenceCosts(seconds = SECONDS, rounds = ROUNDS): Promise<InferenceCosts> {
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
	try {
		const audio = join(folder, 'audio.f32');
		const [samples] = await callOf(seconds, 1);
		writeFileSync(audio, new Uint8Array(samples.buffer));
		const speeds: Record<string, number[]> = {};
		for (let round = 0; round < rounds; round++) {
			for (const candidate of Object.values(CANDIDATES)) {
				const script = join(import.meta.dirname, 'candidates.mts');
				const taken = Number(execFileSync(process.execPath, [script, candidate, audio], { encoding: 'utf8', timeout: MOST_MS }));
				(speeds[candidate] ??= []).push(seconds / taken);
			}
		}
		const ratio = (candidate: string, peer: string) => median(speeds[candidate].map((speed, i) => speed / speeds[peer][i]));
		const rowOf = ([label, candidate]: [string, string]) => {
			const ratios = [NATIVE, WASM].map((peer) => ratio(candidate, peer).toFixed(1));
			return [label, Math.round(median(speeds[candidate])), ...ratios];
		};
		return {
			native: ratio('sequence-native', NATIVE),
			wasm: ratio('kernel', WASM),
			table: {
				title: `Voice activity detection, inference alone, one thread, ${seconds} s of one channel, CPU time, median of ${rounds}`,
				header: ['', '× real time', 'to onnxruntime-node chunk by chunk', 'to onnxruntime-web chunk by chunk'],
				rows: Object.entries(CANDIDATES).map(rowOf),
			},
		};
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

export async function inferenceBench(): Promise<void> {
	const { title, header, rows } = (await inferenceCosts()).table;
	printTable(title, header, rows);
}
