/** Models of one's own: how they are fed, what they give, which are kept, and what is said of those that do not work. */
import assert from 'node:assert/strict';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { chooseRuntime } from '../../../../dist/engine/process/runtime/chooseRuntime.js';
import { BUNDLED_EMBEDDERS, FAST } from '../../../../dist/engine/process/embedding/bundled.js';
import { Fbank } from '../../../../dist/engine/process/embedding/fbank.js';
import { normalizeFeatures } from '../../../../dist/engine/process/embedding/features.js';
import { readModelDescription } from '../../../../dist/engine/process/embedding/modelDescription.js';
import { loadOwnModel } from '../../../../dist/engine/process/embedding/ownModel.js';
import { model, numbers } from './support/graphs.mts';
import { FBANK, framesModel, type Json, nemoLikeModel, watched, WAVEFORM, waveformModel, weights, writeModel } from './support/ownModels.mts';
import { speechLike } from './support/signals.mts';

const native = chooseRuntime('native');

const SPEECH = speechLike(30_000);

const unit = (vector: number[]) => vector.map((value) => value / Math.hypot(...vector));

function assertClose(found: ArrayLike<number>, expected: number[], tolerance = 1e-5): void {
	assert.equal(found.length, expected.length);
	expected.forEach((value, i) => assert.ok(Math.abs(found[i] - value) < tolerance, `number ${i}: ${found[i]}, not ${value}`));
}

/** What the graphs of `ownModels.mts` make of the features, on foot. */
async function expectedVector(jsonPath: string, speech: Float32Array): Promise<number[]> {
	const { input, dimension } = await readModelDescription(jsonPath);
	assert.ok(input.kind === 'fbank');
	const features = new Fbank(input.features).compute(speech);
	normalizeFeatures(features, input.normalization);
	const { frames, mels, data } = features;
	const pooled = Array.from({ length: mels }, (_, m) =>
		Math.hypot(...Array.from({ length: frames }, (_, f) => data[f * mels + m])),
	);
	const matrix = weights(mels, dimension);
	const at = (d: number) => pooled.reduce((sum, value, m) => sum + value * matrix[m * dimension + d], 0);
	return unit(Array.from({ length: dimension }, (_, d) => at(d)));
}

/** What the waveform graph gives. */
function waveformVector(speech: ArrayLike<number>, dimension: number): number[] {
	const sums = new Array<number>(dimension).fill(0);
	for (let i = 0; i < speech.length; i++) sums[i % dimension] += speech[i] ** 2;
	return unit(sums);
}

describe('recipes of docs/own-models.md', () => {
	const docs = readFileSync(join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'own-models.md'), 'utf8');
	const recipes = new Map(
		[...docs.matchAll(/```json\n(.*?)```/gs)].map(([, text]) => {
			const recipe = JSON.parse(text) as Json;
			return [String(recipe.id), recipe];
		}),
	);
	/** Graphs with the inputs and outputs of the published files. */
	const published: Array<[string, string, Buffer]> = [
		['wespeaker-voxceleb-resnet34-LM', 'WeSpeaker', framesModel('feats', 'embs', 256)],
		['3dspeaker-eres2netv2-zh-cn-common', "3D-Speaker's own export", framesModel('feature', 'embedding', 192)],
		['3dspeaker-eres2netv2-zh-cn-common', 'the file of sherpa-onnx', framesModel('x', 'embedding', 192)],
		['nemo-titanet-large', 'NeMo', nemoLikeModel(192)],
	];
	for (const runtime of [native, chooseRuntime('wasm')]) {
		for (const [id, name, graph] of published) {
			test(`${id} with the graph of ${name}, ${runtime.name}`, async () => {
				const file = writeModel(recipes.get(id)!, graph);
				const embedder = await loadOwnModel(runtime, file);
				assert.equal(embedder.id, id);
				assertClose(await embedder.embed(SPEECH), await expectedVector(file, SPEECH), 1e-4);
			});
		}
	}

	test('a waveform', async () => {
		const embedder = await loadOwnModel(native, writeModel(recipes.get('my-waveform-model')!, waveformModel(192)));
		const speech = SPEECH.subarray(0, 192 * 100);
		assertClose(await embedder.embed(speech), waveformVector(speech, 192));
	});
});

describe('feeding', () => {
	test('the length of a waveform is its number of samples', async () => {
		const shapes = { inputs: { wave: [1, 'S'], count: [1] }, outputs: { vector: [1, 2] }, int64: ['count'] };
		const graph = model(shapes, (build) => {
			const count = build.node('Cast', ['count'], 'float', { to: 1 });
			const size = build.node('Cast', [build.node('Size', ['wave'], 'size')], 'floatSize', { to: 1 });
			const half = build.node('Mul', [size, build.floats('half', [1], [0.5])], 'halfSize');
			build.node('Reshape', [build.node('Concat', [count, half], 'both', { axis: 0 }), build.ints(1, 2)], 'vector');
		});
		const description = { ...WAVEFORM, dimension: 2, input: { kind: 'waveform', length: 'count' } };
		for (const runtime of [native, chooseRuntime('wasm')]) {
			const embedder = await loadOwnModel(runtime, writeModel(description, graph));
			assertClose(await embedder.embed(numbers(12_345)), unit([1, 0.5]));
		}
	});

	for (const dims of [[10], [1, 10], [1, 1, 10], [1, 10, 1]]) {
		test(`an output of shape [${dims.join(', ')}]`, async () => {
			const embedder = await loadOwnModel(native, writeModel(WAVEFORM, waveformModel(10, dims)));
			assertClose(await embedder.embed(SPEECH), waveformVector(SPEECH, 10));
		});
	}

	test('speech of less than half a second is repeated up to it, and no further', async () => {
		const embedder = await loadOwnModel(native, writeModel(WAVEFORM, waveformModel(10)));
		const speech = numbers(37);
		const repeated = Array.from({ length: 8000 }, (_, i) => speech[i % 37]);
		assertClose(await embedder.embed(speech), waveformVector(repeated, 10));
		assertClose(await embedder.embed(numbers(8000)), waveformVector(numbers(8000), 10));
		await assert.rejects(embedder.embed(new Float32Array(0)), /no speech/);
	});

	test('speech longer than the model may be given is cut into equal pieces', async () => {
		const embedder = await loadOwnModel(native, writeModel({ ...WAVEFORM, longest_seconds: 1 }, waveformModel(10)));
		const halves = [SPEECH.subarray(0, 15_000), SPEECH.subarray(15_000)].map((half) => waveformVector(half, 10));
		const found = await embedder.embed(SPEECH);
		assertClose(found, unit(halves[0].map((value, d) => value + halves[1][d])));
		assert.notDeepEqual([...found].map((value) => value.toFixed(4)), waveformVector(SPEECH, 10).map((value) => value.toFixed(4)));
	});

	test('the calibration is handed on as it is', async () => {
		const calibration = { llr: { slope: 3, offset: -1 }, anything: ['else'] };
		const embedder = await loadOwnModel(native, writeModel({ ...WAVEFORM, calibration }, waveformModel(10)));
		assert.deepEqual(embedder.calibration, calibration);
	});

	test('the bundled model Fast goes the same way', async () => {
		const embedder = await BUNDLED_EMBEDDERS.fast(native);
		const session = await native.load(readFileSync(FAST.file));
		const { embedding } = await session.run({ waveform: { data: SPEECH, dims: [1, SPEECH.length] } });
		const { vector } = await embedder.embedWindows([{ samples: SPEECH.length, read: () => SPEECH }]);
		assertClose(vector, unit([...embedding.data]));
		assert.deepEqual([...session.inputNames, ...session.outputNames], ['waveform', 'embedding']);
	});
});

describe('kept models', () => {
	test('one is loaded once, anew when one of its files was replaced, and once per runtime', async () => {
		const { runtime, events } = watched(native);
		const file = writeModel(WAVEFORM, waveformModel(10));
		const first = await loadOwnModel(runtime, file);
		assert.equal(await loadOwnModel(runtime, file), first);
		assert.deepEqual(events, ['load 1']);
		utimesSync(join(dirname(file), 'wave.onnx'), new Date(), new Date(Date.now() + 5000));
		assert.notEqual(await loadOwnModel(runtime, file), first);
		assert.deepEqual(events, ['load 1', 'release 1', 'load 2']);
		writeFileSync(file, JSON.stringify({ ...WAVEFORM, id: 'other' }));
		assert.equal((await loadOwnModel(runtime, file)).id, 'other');
		assert.deepEqual(events.slice(3), ['release 2', 'load 3']);
		await loadOwnModel({ ...runtime, name: 'wasm' }, file);
		assert.equal(events.at(-1), 'load 4');
	});

	test('two are kept; the one whose last use is longest ago goes first, before the next is loaded', async () => {
		const { runtime, events } = watched(native);
		const files = [1, 2, 3].map(() => writeModel(WAVEFORM, waveformModel(10)));
		for (const i of [0, 1, 0, 2, 0, 1]) await loadOwnModel(runtime, files[i]);
		const own = events.slice(events.indexOf('load 2'));
		assert.deepEqual(own, ['load 2', 'release 2', 'load 3', 'release 3', 'load 4']);
	});

	test('a model that fails its trial is released and not kept', async () => {
		const { runtime, events } = watched(native);
		const file = writeModel({ ...WAVEFORM, dimension: 12 }, waveformModel(10));
		for (let round = 0; round < 2; round++) await assert.rejects(loadOwnModel(runtime, file), { code: 'INVALID_MODEL' });
		assert.deepEqual(events, ['load 1', 'release 1', 'load 2', 'release 2']);
	});
});

test('memory that runs out is not called a fault of the model', async () => {
	const file = writeModel(WAVEFORM, waveformModel(10));
	const full = () => Promise.reject(new Error('Cannot enlarge memory, requested 5 GB'));
	await assert.rejects(loadOwnModel({ ...native, load: full }, file), { name: 'Error', message: /enlarge/ });
	const load = async () => ({ ...(await native.load(readFileSync(join(dirname(file), 'wave.onnx')))), run: full });
	await assert.rejects(loadOwnModel({ ...native, load }, file), { name: 'Error', message: /enlarge/ });
});

describe('graphs that do not fit', () => {
	const nemo = { ...FBANK, dimension: 8, output: 'embs', input: { kind: 'fbank', layout: 'mels,frames', length: 'length' } };
	/** The NeMo-like model with another input. */
	const nemoFed = (input: Json): Json => ({ ...nemo, input: { ...nemo.input, ...input } });
	const waveFed = (input: Json): Json => ({ ...WAVEFORM, input: { kind: 'waveform', ...input } });
	const constant = (value: number) =>
		model({ inputs: { wave: [1, 'S'] }, outputs: { vector: [10] } }, (build) => {
			const sum = build.node('ReduceSum', ['wave'], 'sum', { keepdims: 0 });
			const nothing = build.node('Mul', [sum, build.floats('zero', [1], [0])], 'nothing');
			build.node('Add', [nothing, build.floats('constant', [10], new Array<number>(10).fill(value))], 'vector');
		});
	const shapeModel = model({ inputs: { wave: [1, 'S'] }, outputs: { vector: [2] }, int64: ['vector'] }, (build) => {
		build.node('Shape', ['wave'], 'vector');
	});
	const misfits: Array<[string, Json, Buffer | string, RegExp]> = [
		['no ONNX', WAVEFORM, 'hello', /'file' .*no ONNX model/],
		['an empty file', WAVEFORM, '', /no ONNX model/],
		['another input name', waveFed({ name: 'audio' }), waveformModel(10), /'input\.name'.*'wave'/],
		['another output name', { ...WAVEFORM, output: 'embs' }, waveformModel(10), /'output'.*'vector'/],
		['another length name', nemoFed({ length: 'frames' }), nemoLikeModel(8), /'input\.length'.*'audio_signal', 'length'/],
		['two outputs, none named', { ...nemo, output: undefined }, nemoLikeModel(8), /'output'.*'logits', 'embs'/],
		['two inputs, none named', nemoFed({ length: undefined }), nemoLikeModel(8), /'input\.name'.*'audio_signal', 'length'/],
		['an input that is not fed', nemoFed({ name: 'audio_signal', length: undefined }), nemoLikeModel(8), /also wants the inputs 'length'/],
		['another dimension', { ...WAVEFORM, dimension: 20 }, waveformModel(10), /shape \[1, 10\], not one vector of the 20/],
		['a matrix', WAVEFORM, waveformModel(10, [2, 5]), /shape \[2, 5\]/],
		['several vectors', WAVEFORM, waveformModel(30, [3, 10]), /shape \[3, 10\]/],
		['the other layout', nemoFed({ layout: 'frames,mels' }), nemoLikeModel(8), /fails on an input of shape \[1, 98, 80\]/],
		['other mel bins', { ...FBANK, features: { preset: 'kaldi', mel_bins: 64 } }, framesModel('feats', 'embs', 16), /fails on an input of shape \[1, 98, 64\]/],
		['features for a waveform graph', { ...FBANK, dimension: 10 }, waveformModel(10), /fails on an input/],
		['an output that is not float32', { ...WAVEFORM, dimension: 2 }, shapeModel, /fails on an input/],
		['not a number', WAVEFORM, constant(NaN), /not finite/],
		['infinity', WAVEFORM, constant(Infinity), /not finite/],
		['zeros', WAVEFORM, constant(0), /zeros/],
	];
	for (const [name, description, onnx, message] of misfits) {
		test(name, async () => {
			await assert.rejects(loadOwnModel(native, writeModel(description, onnx)), { code: 'INVALID_MODEL', message });
		});
	}

	test('what ONNX Runtime says is in the description', async () => {
		const file = writeModel({ ...WAVEFORM, dimension: 2 }, shapeModel);
		await assert.rejects(loadOwnModel(native, file), { description: /'vector' is int64, not float32/ });
	});

	test('the same on WASM', async () => {
		const wasm = chooseRuntime('wasm');
		for (const [name, description, onnx, message] of misfits) {
			await assert.rejects(loadOwnModel(wasm, writeModel(description, onnx)), { code: 'INVALID_MODEL', message }, name);
		}
	});
});
