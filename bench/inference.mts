/**
 * Inference alone, one thread: our sequence graph beside the published model fed chunk by chunk and beside
 * sherpa-onnx. Each candidate runs in a process of its own (two versions of ONNX Runtime cannot share one), in turn,
 * several rounds, so that a slow moment of the machine hits all of them.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CALL, decodeChannels, SAMPLE_RATE } from '../test/support/recordings.mts';
import { median, printTable } from './table.mts';

const SECONDS = 600;
const ROUNDS = 3;

const CANDIDATES: Record<string, string> = {
	'sequence graph, native (ours)': 'sequence-native',
	'sequence graph, WASM (ours)': 'sequence-wasm',
	'both models joined as in Balanced, native (ours)': 'joined-native',
	'both models joined as in Balanced, WASM (ours)': 'joined-wasm',
	'onnxruntime-node, chunk by chunk': 'chunks-native',
	'onnxruntime-web, chunk by chunk': 'chunks-wasm',
	'sherpa-onnx-node': 'sherpa',
};

const REFERENCE = 'onnxruntime-node, chunk by chunk';

/** The sample call's louder channel, again and again, as raw float32. */
async function writeAudio(path: string): Promise<void> {
	const [samples] = await decodeChannels(CALL);
	const long = Float32Array.from({ length: SECONDS * SAMPLE_RATE }, (_, i) => samples[i % samples.length]);
	writeFileSync(path, new Uint8Array(long.buffer));
}

function measure(candidate: string, audio: string): number {
	const script = join(import.meta.dirname, 'candidates.mts');
	return SECONDS / Number(execFileSync(process.execPath, [script, candidate, audio], { encoding: 'utf8' }));
}

export async function inferenceBench(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
	try {
		const audio = join(folder, 'audio.f32');
		await writeAudio(audio);
		const speeds = new Map<string, number[]>();
		for (let round = 0; round < ROUNDS; round++) {
			for (const [label, candidate] of Object.entries(CANDIDATES)) {
				speeds.set(label, [...(speeds.get(label) ?? []), measure(candidate, audio)]);
			}
		}
		const reference = speeds.get(REFERENCE)!;
		const rows = [...speeds].map(([label, values]) => [
			label,
			Math.round(median(values)),
			Math.round(Math.max(...values)),
			median(values.map((value, i) => value / reference[i])).toFixed(1),
		]);
		printTable(
			`Voice activity detection, inference alone, one thread, ${SECONDS} s of audio, ${ROUNDS} rounds`,
			['candidate', 'x real time, median', 'best', `ratio to ${REFERENCE}`],
			rows,
		);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
