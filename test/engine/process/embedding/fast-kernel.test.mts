/** The fast model as it is computed with WASM: the same numbers as its graph in ONNX Runtime. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FAST_MODEL, modelPath } from '../../../../dist/models/bundled.js';
import { FastKernel } from '../../../../dist/engine/process/embedding/kernels/fastKernel.js';
import { chooseRuntime } from '../../../../dist/engine/process/runtime/chooseRuntime.js';
import type { Session } from '../../../../dist/engine/process/runtime/interface.js';
import { numbers } from './support/graphs.mts';
import { speechLike } from './support/signals.mts';

const HOP = 160;
const fileBytes = () => readFileSync(modelPath(`${FAST_MODEL}.onnx`));

/** Samples: the shortest, around whole frames, tiles and what tiles of every dilation need, and long ones. */
const LENGTHS = [8000, 8000 + HOP - 1, ...Array.from({ length: 34 }, (_, i) => 9600 + i * HOP), 40_001, 160_000, 480_000];

async function embedding(session: Session, waveform: Float32Array): Promise<Float32Array> {
	const { embedding: output } = await session.run({ waveform: { data: waveform, dims: [1, waveform.length] } });
	assert.deepEqual(output.dims, [1, 192]);
	return output.data;
}

const furthest = (a: Float32Array, b: Float32Array) => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

for (const [name, mayRelax] of [['as fast as Node.js can', true], ['as every Node.js can', false]] as const) {
	test(`the fast model in WebAssembly, ${name}, gives what its graph gives, whatever it was given before`, async () => {
		const bytes = fileBytes();
		const graph = await chooseRuntime('native').load(fileBytes());
		const kernel = await FastKernel.load(bytes, mayRelax);
		bytes.fill(0);
		for (const length of LENGTHS) {
			for (const [kind, waveform] of Object.entries({ speech: speechLike(length, length), noise: numbers(length, length).map((value) => value / 1000) })) {
				const difference = furthest(await embedding(kernel, waveform), await embedding(graph, waveform));
				assert.ok(difference < 5e-6, `${length} samples of ${kind}: ${difference}`);
			}
		}
		await graph.release();
	});
}

test('speech that is no sound is no voice', async () => {
	const kernel = await FastKernel.load(fileBytes());
	for (const value of [NaN, Infinity]) await assert.rejects(embedding(kernel, speechLike(16_000).fill(value, 9000, 9001)), /no numbers/);
	assert.ok((await embedding(kernel, new Float32Array(16_000))).every(Number.isFinite), 'silence has features of its own');
});
