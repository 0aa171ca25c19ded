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

export async function inferenceTable(seconds = SECONDS, rounds = ROUNDS): Promise<Table> {
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
	try {
		const audio = join(folder, 'audio.f32');
		const [samples] = await callOf(seconds, 1);
		writeFileSync(audio, new Uint8Array(samples.buffer));
		const speeds: Record<string, number[]> = {};
		for (let round = 0; round < rounds; round++) {
			for (const candidate of Object.values(CANDIDATES)) {
				const script = join(import.meta.dirname, 'candidates.mts');
				const taken = Number(execFileSync(process.execPath, [script, candidate, audio], { encoding: 'utf8' }));
				(speeds[candidate] ??= []).push(seconds / taken);
			}
		}
		const ratio = (candidate: string, peer: string) => median(speeds[candidate].map((speed, i) => speed / speeds[peer][i])).toFixed(1);
		return {
			title: `Voice activity detection, inference alone, one thread, ${seconds} s of one channel, CPU time, median of ${rounds}`,
			header: ['', '× real time', 'to onnxruntime-node chunk by chunk', 'to onnxruntime-web chunk by chunk'],
			rows: Object.entries(CANDIDATES).map(([label, candidate]) => [label, Math.round(median(speeds[candidate])), ratio(candidate, NATIVE), ratio(candidate, WASM)]),
		};
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

export async function inferenceBench(): Promise<void> {
	const { title, header, rows } = await inferenceTable();
	printTable(title, header, rows);
}
