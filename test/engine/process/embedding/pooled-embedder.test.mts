/** Models in two graphs: nothing is heard twice, and a vector is that of the statistics over what belongs to it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { KALDI_FBANK } from '../../../../dist/engine/process/embedding/featureDescription.js';
import { Fbank } from '../../../../dist/engine/process/embedding/fbank.js';
import { loadPooledEmbedder, type PooledModel } from '../../../../dist/engine/process/embedding/pooledEmbedder.js';
import { RowStatistics } from '../../../../dist/engine/process/embedding/pooling.js';
import { chooseRuntime } from '../../../../dist/engine/process/runtime/chooseRuntime.js';
import { cosine } from '../../../support/voices.mts';
import { model, numbers } from './support/graphs.mts';
import { watched } from './support/ownModels.mts';
import { speechLike } from './support/signals.mts';

const RATE = 16_000;
const WIDTH = 4;
const DIMENSION = 3;
const MODEL: PooledModel = { id: 'pooled', dimension: DIMENSION, width: WIDTH, features: KALDI_FBANK, windowSeconds: 4, longestSeconds: 30 };

const IN = numbers(80 * WIDTH, 3);
const OUT = numbers(2 * WIDTH * DIMENSION, 5);

/** One row per frame, each a product of the frame. */
const TRUNK = model({ inputs: { feats: [1, 'T', 80] }, outputs: { features: ['T', WIDTH] } }, (graph) => {
	const frames = graph.node('Reshape', ['feats', graph.ints(-1, 80)], 'frames');
	graph.node('MatMul', [frames, graph.floats('in', [80, WIDTH], IN)], 'features');
});
const HEAD = model({ inputs: { statistics: ['B', 2 * WIDTH] }, outputs: { embedding: ['B', DIMENSION] } }, (graph) =>
	graph.node('MatMul', ['statistics', graph.floats('out', [2 * WIDTH, DIMENSION], OUT)], 'embedding'),
);

const windowOf = (speech: Float32Array) => ({ samples: speech.length, read: () => speech });

/** Mean and deviation of each column, on foot. */
function statisticsOf(rows: number[][]): number[] {
	const columns = rows[0].map((_, i) => rows.map((row) => row[i]));
	const means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length);
	const deviations = columns.map((column, i) =>
		Math.sqrt(column.reduce((sum, value) => sum + (value - means[i]) ** 2, 0) / (column.length - 1) + 1e-7),
	);
	return [...means, ...deviations];
}

const product = (row: ArrayLike<number>, weights: Float32Array, columns: number) =>
	Array.from({ length: columns }, (_, c) => Array.from(row).reduce((sum, value, r) => sum + value * weights[r * columns + c], 0));

/** What trunk and head make of some frames of the speech, on foot. */
function expected(speech: Float32Array, from = 0, to = Infinity): number[] {
	const { frames, mels, data } = new Fbank(KALDI_FBANK).compute(speech);
	const mean = Array.from({ length: mels }, (_, m) => Array.from({ length: frames }, (_, f) => data[f * mels + m]).reduce((a, b) => a + b, 0) / frames);
	const rows = Array.from({ length: frames }, (_, f) => product(mean.map((value, m) => data[f * mels + m] - value), IN, WIDTH));
	return product(statisticsOf(rows.slice(from, to)), OUT, DIMENSION);
}

describe('statistics over rows', () => {
	const rows = Array.from({ length: 7 }, (_, r) => [...numbers(WIDTH, r + 1)]);
	const data = Float32Array.from(rows.flat());
	const written = (statistics: RowStatistics) => {
		const target = new Float32Array(2 * WIDTH);
		statistics.write(target);
		return [...target];
	};
	const assertClose = (found: number[], wanted: number[]) => found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 1e-6));

	test('are the means, then the unbiased deviations', () => {
		const statistics = new RowStatistics(WIDTH);
		statistics.add(data, 2, 6);
		assertClose(written(statistics), statisticsOf(rows.slice(2, 6)));
	});

	test('of parts are those of the whole', () => {
		const [whole, part] = [new RowStatistics(WIDTH), new RowStatistics(WIDTH)];
		whole.add(data, 0, 3);
		part.add(data, 3, 7);
		whole.include(part);
		assertClose(written(whole), statisticsOf(rows));
	});

	test('of a single row, or of equal ones, have no deviation', () => {
		const statistics = new RowStatistics(WIDTH);
		statistics.add(data, 1, 2);
		for (const deviation of written(statistics).slice(WIDTH)) assert.ok(Math.abs(deviation - Math.sqrt(1e-7)) < 1e-6);
		statistics.add(data, 1, 2);
		for (const deviation of written(statistics).slice(WIDTH)) assert.ok(deviation < 1e-3);
	});
});

describe('a model in two graphs', () => {
	test('makes of all windows what it makes of their speech in one piece, and of each window what stands in it', async () => {
		const embedder = await loadPooledEmbedder(chooseRuntime('native'), MODEL, TRUNK, HEAD);
		// Whole frame shifts, so that the windows meet between two frames.
		const speech = speechLike(4 * RATE + 240);
		const cut = 1.6 * RATE;
		const { vector, windows } = await embedder.embedWindows([windowOf(speech.subarray(0, cut)), windowOf(speech.subarray(cut))]);
		const frames = 1 + Math.floor((speech.length - 400) / 160);
		const middle = Math.round((cut / speech.length) * frames);
		for (const [found, wanted] of [
			[vector, expected(speech)],
			[windows[0], expected(speech, 0, middle)],
			[windows[1], expected(speech, middle)],
		] as const) {
			assert.ok(Math.abs(Math.hypot(...found) - 1) < 1e-5);
			assert.ok(cosine(found, wanted) > 0.99999);
		}
		await embedder.release();
	});

	test('hears each window once, in chunks of equal length', async () => {
		const heard: number[] = [];
		const runtime = chooseRuntime('native');
		const listening: typeof runtime = {
			...runtime,
			load: async (file) => {
				const session = await runtime.load(file);
				const run: typeof session.run = async (inputs, outputs) => {
					if (inputs.feats) heard.push(inputs.feats.dims[1]);
					return await session.run(inputs, outputs);
				};
				return { ...session, run };
			},
		};
		const embedder = await loadPooledEmbedder(listening, { ...MODEL, longestSeconds: 4 }, TRUNK, HEAD);
		let reads = 0;
		const speech = speechLike(1.5 * RATE);
		const { windows } = await embedder.embedWindows(Array.from({ length: 6 }, () => ({ samples: speech.length, read: () => (reads++, speech) })));
		assert.equal(reads, 6);
		assert.equal(windows.length, 6);
		assert.deepEqual(heard, [298, 298, 298]);
	});

	test('takes a syllable, which it hears again and again up to half a second', async () => {
		const embedder = await loadPooledEmbedder(chooseRuntime('native'), MODEL, TRUNK, HEAD);
		const syllable = speechLike(2000);
		const repeated = Float32Array.from({ length: RATE / 2 }, (_, i) => syllable[i % syllable.length]);
		const [{ vector: one }, { vector: other }] = [await embedder.embedWindows([windowOf(syllable)]), await embedder.embedWindows([windowOf(repeated)])];
		assert.ok(cosine(one, other) > 0.999999);
	});

	test('gives both graphs back', async () => {
		const { runtime, events } = watched(chooseRuntime('native'));
		const embedder = await loadPooledEmbedder(runtime, MODEL, TRUNK, HEAD);
		await embedder.release();
		assert.equal(events.filter((event) => event.startsWith('release')).length, 2);
	});
});
