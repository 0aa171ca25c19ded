/** The accurate model as it is computed on each runtime: the same numbers out of the same files of weights. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { ACCURATE_MODEL, modelPath } from '../../../../dist/models/bundled.js';
import { chooseRuntime } from '../../../../dist/engine/process/runtime/chooseRuntime.js';
import type { Session } from '../../../../dist/engine/process/runtime/interface.js';
import { AccurateKernel } from '../../../../dist/engine/process/embedding/kernels/accurateKernel.js';
import { numbers } from './support/graphs.mts';

const MELS = 80;
/** Around whole tiles in each stage, and more than goes through a layer at once. */
const FRAMES = [300, 1, 2, 9, 41, 64, 65, 137, 700];
const TRUNK = `${ACCURATE_MODEL}.trunk.onnx`;
const HEAD = `${ACCURATE_MODEL}.head.onnx`;
const fileOf = (name: string) => readFileSync(modelPath(name));

interface Model {
	metadataProps: Array<{ key: string; value: string }>;
}
const { onnx } = createRequire(import.meta.url)('onnx-proto') as { onnx: { ModelProto: { decode(bytes: Uint8Array): Model } } };

async function featuresOf(session: Pick<Session, 'run'>, frames: number): Promise<Float32Array> {
	const feats = { data: numbers(frames * MELS, frames), dims: [1, frames, MELS] };
	const { features } = await session.run({ feats });
	assert.deepEqual(features.dims, [Math.ceil(frames / 8), 2560]);
	return features.data;
}

const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

async function assertSame(trunk: Pick<Session, 'run'>): Promise<void> {
	const plain = await chooseRuntime('native').load(fileOf(TRUNK));
	for (const frames of FRAMES) {
		const expected = await featuresOf(plain, frames);
		const found = await featuresOf(trunk, frames);
		const difference = largest(found.map((value, i) => value - expected[i]));
		assert.ok(difference < 1e-4 * largest(expected), `${frames} frames: ${difference} of ${largest(expected)}`);
	}
	await plain.release();
}

describe("the trunk's graph for native ONNX Runtime", () => {
	const graph = fileOf(`${ACCURATE_MODEL}.trunk.native.onnx`);

	test('belongs to the trunk that ships, and has no weights of its own', () => {
		const { metadataProps } = onnx.ModelProto.decode(graph);
		const { value } = metadataProps.find(({ key }) => key === 'weights_sha256')!;
		assert.equal(value, createHash('sha256').update(fileOf(TRUNK)).digest('hex'));
		assert.ok(graph.length < 0.02 * fileOf(TRUNK).length, `${graph.length} bytes`);
	});

	test('gives what the trunk gives, and reads the weights only while it loads', async () => {
		const bytes = fileOf(TRUNK);
		const session = await chooseRuntime('native').load(graph, { name: TRUNK, bytes });
		bytes.fill(0);
		await assertSame(session);
		await session.release();
	});
});

/** Statistics are many more than what a batch of the kernel holds. */
async function assertSameHead(head: Pick<Session, 'run'>): Promise<void> {
	const graph = await chooseRuntime('native').load(fileOf(HEAD));
	for (const count of [1, 6, 7, 20]) {
		const statistics = { data: numbers(count * 5120, count), dims: [count, 5120] };
		const [{ embedding: expected }, { embedding: found }] = [await graph.run({ statistics }), await head.run({ statistics })];
		assert.deepEqual(found.dims, [count, 256]);
		const difference = largest(found.data.map((value, i) => value - expected.data[i]));
		assert.ok(difference < 1e-5 * largest(expected.data), `${count} at once: ${difference} of ${largest(expected.data)}`);
	}
	await graph.release();
}

for (const [name, mayRelax] of [['as fast as Node.js can', true], ['as every Node.js can', false]] as const) {
	test(`the model in WebAssembly, ${name}, gives what its graphs give, whatever it was given before`, async () => {
		const [trunk, head] = [fileOf(TRUNK), fileOf(HEAD)];
		const kernel = await AccurateKernel.load(trunk, head, mayRelax);
		for (const bytes of [trunk, head]) bytes.fill(0);
		await assertSameHead(kernel.head);
		await assertSame(kernel);
		await assertSameHead(kernel.head);
		const [first, ...others] = await Promise.all([300, 41, 300].map(async (frames) => await featuresOf(kernel, frames)));
		assert.deepEqual(others[1], first);
	});
}

test('what is no number is no feature for the kernel', async () => {
	const kernel = await AccurateKernel.load(fileOf(TRUNK), fileOf(HEAD));
	const data = numbers(300 * MELS).fill(NaN, 9000, 9001);
	await assert.rejects(kernel.run({ feats: { data, dims: [1, 300, MELS] } }), /no numbers/);
});
