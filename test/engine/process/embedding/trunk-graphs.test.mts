/** The trunk as it is laid out for each runtime: the same numbers out of the same file of weights. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { ACCURATE_MODEL, modelPath } from '../../../../dist/models/bundled.js';
import { chooseRuntime } from '../../../../dist/engine/process/runtime/chooseRuntime.js';
import type { Session } from '../../../../dist/engine/process/runtime/interface.js';
import { numbers } from './support/graphs.mts';

const MELS = 80;
const FRAMES = [1, 41, 137];
const TRUNK = `${ACCURATE_MODEL}.trunk.onnx`;
const fileOf = (name: string) => readFileSync(modelPath(name));

interface Model {
	metadataProps: Array<{ key: string; value: string }>;
}
const { onnx } = createRequire(import.meta.url)('onnx-proto') as { onnx: { ModelProto: { decode(bytes: Uint8Array): Model } } };

async function featuresOf(session: Session, frames: number): Promise<Float32Array> {
	const feats = { data: numbers(frames * MELS, frames), dims: [1, frames, MELS] };
	const { features } = await session.run({ feats });
	assert.deepEqual(features.dims, [Math.ceil(frames / 8), 2560]);
	return features.data;
}

const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

for (const name of ['native', 'wasm'] as const) {
	describe(`the trunk's graph for ${name}`, () => {
		const graph = fileOf(`${ACCURATE_MODEL}.trunk.${name}.onnx`);

		test('belongs to the trunk that ships, and has no weights of its own', () => {
			const { metadataProps } = onnx.ModelProto.decode(graph);
			const { value } = metadataProps.find(({ key }) => key === 'weights_sha256')!;
			assert.equal(value, createHash('sha256').update(fileOf(TRUNK)).digest('hex'));
			assert.ok(graph.length < 0.02 * fileOf(TRUNK).length, `${graph.length} bytes`);
		});

		test('gives what the trunk gives, and reads the weights only while it loads', async () => {
			const runtime = chooseRuntime(name);
			const bytes = fileOf(TRUNK);
			const session = await runtime.load(graph, { name: TRUNK, bytes });
			bytes.fill(0);
			const plain = await chooseRuntime('native').load(fileOf(TRUNK));
			for (const frames of FRAMES) {
				const expected = await featuresOf(plain, frames);
				const found = await featuresOf(session, frames);
				const difference = largest(found.map((value, i) => value - expected[i]));
				assert.ok(difference < 1e-4 * largest(expected), `${frames} frames: ${difference} of ${largest(expected)}`);
			}
			await Promise.all([session.release(), plain.release()]);
		});
	});
}
