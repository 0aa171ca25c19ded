/** From speech to a voiceprint, one thread: our embedders beside the same weights in plain ONNX Runtime and in sherpa-onnx. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SAMPLE_RATE } from '../../test/support/recordings.mts';
import { cosine } from '../../test/support/voices.mts';
import { callOf } from '../formats.mts';
import { median, type Table } from '../table.mts';
import type { EmbeddingCandidate, EmbeddingRuns } from './embeddingCandidates.mts';
import { two, type Extent, type Findings } from './part.mts';

const SECONDS = 10;
const MOST_MS = 120_000;

const LABELS: Array<[label: string, candidate: EmbeddingCandidate, peer: EmbeddingCandidate]> = [
	['Accurate, native', 'accurate native', 'accurate plain'],
	['Accurate, WASM', 'accurate wasm', 'accurate plain'],
	['Accurate as one graph in onnxruntime-node, given our features', 'accurate plain', 'accurate plain'],
	['Accurate as one graph in sherpa-onnx-node, with its own features', 'sherpa', 'accurate plain'],
	['Fast, native', 'fast native', 'fast plain'],
	['Fast, WASM', 'fast wasm', 'fast plain'],
	['Fast in onnxruntime-node', 'fast plain', 'fast plain'],
];

export async function voiceprints({ rounds }: Extent, folder: string): Promise<Findings> {
	const file = join(folder, 'speech.f32');
	const [samples] = await callOf(SECONDS, 1);
	writeFileSync(file, new Uint8Array(samples.buffer));
	const runs: Partial<Record<EmbeddingCandidate, EmbeddingRuns>> = {};
	for (const [, candidate] of LABELS) {
		const script = join(import.meta.dirname, 'embeddingCandidates.mts');
		const { stdout } = await promisify(execFile)(process.execPath, [script, candidate, file, String(rounds)], { timeout: MOST_MS });
		runs[candidate] = JSON.parse(stdout) as EmbeddingRuns;
	}
	const rows = LABELS.map(([label, candidate, peer]): Table['rows'][number] => {
		const [own, others] = [runs[candidate]!, runs[peer]!];
		const cpu = median(own.cpu);
		return [label, two(cpu), Math.round(samples.length / SAMPLE_RATE / cpu), two(median(others.cpu) / cpu), cosine(own.vector, others.vector).toFixed(4)];
	});
	const title = `Voiceprints, embedding alone with its features, one thread, ${SECONDS} s of sound at once, CPU, median of ${rounds}`;
	return { tables: [{ title, header: ['', 'CPU s', '× real time', 'speed to onnxruntime-node', 'cosine to it'], rows }] };
}
