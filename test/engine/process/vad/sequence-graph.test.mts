/** The sequence graph and the kernel equal the published model, chunk by chunk, at both sample rates and on all runtimes. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';
import type * as Ort from 'onnxruntime-node';
import { chooseRuntime } from '../../../../dist/engine/process/runtime/chooseRuntime.js';
import { Halfband, HALFBAND_LEAD } from '../../../../dist/engine/process/vad/halfband.js';
import { SileroVad } from '../../../../dist/engine/process/vad/silero.js';
import { SileroKernel } from '../../../../dist/engine/process/vad/sileroKernel.js';
import type { Gain, SileroRate, SpeechModel } from '../../../../dist/engine/process/vad/speechModel.js';
import { CALL, decodeChannels } from '../../../support/recordings.mts';

const require = createRequire(import.meta.url);

/** Largest difference allowed between two speech probabilities; 3e-6 is measured. */
const TOLERANCE = 1e-5;

let wideband: Float32Array;

before(async () => {
	[, wideband] = await decodeChannels(CALL);
});

async function narrowband(): Promise<Float32Array> {
	const halfband = await Halfband.load();
	const halved = new Float32Array(Math.floor(wideband.length / 2));
	for (let at = 0; at < halved.length; at += 32_768) {
		const part = new Float32Array(2 * (Math.min(32_768, halved.length - at) + HALFBAND_LEAD));
		part.set(wideband.subarray(2 * at, 2 * at + part.length - HALFBAND_LEAD), HALFBAND_LEAD);
		halved.set(halfband.halve(part, part.length / 2 - HALFBAND_LEAD), at);
	}
	return halved;
}

/** The published model as its authors run it: one chunk with its context at a time. */
async function publishedProbabilities(samples: Float32Array, sampleRate: number): Promise<number[]> {
	const { InferenceSession, Tensor } = require('onnxruntime-node') as typeof Ort;
	const model = await InferenceSession.create(require.resolve('@ricky0123/vad-web/dist/silero_vad_v6.onnx'));
	const window = sampleRate / 31.25;
	const context = window / 8;
	const rate = new Tensor('int64', BigInt64Array.of(BigInt(sampleRate)), []);
	let state: Ort.Tensor = new Tensor('float32', new Float32Array(256), [2, 1, 128]);
	let input = new Float32Array(context + window);
	const probabilities: number[] = [];
	for (let start = 0; start + window <= samples.length; start += window) {
		const next = new Float32Array(context + window);
		next.set(input.subarray(window));
		next.set(samples.subarray(start, start + window), context);
		input = next;
		const output = await model.run({ input: new Tensor('float32', input, [1, input.length]), state, sr: rate });
		state = output.stateN;
		probabilities.push(output.output.data[0] as number);
	}
	return probabilities;
}

/** Our graph in runs of `run` chunks. */
async function sequenceProbabilities(vad: SpeechModel, samples: Float32Array, run: number): Promise<number[]> {
	const chunks = Math.floor(samples.length / vad.window);
	const padded = new Float32Array(vad.context + chunks * vad.window);
	padded.set(samples.subarray(0, chunks * vad.window), vad.context);
	const probabilities: number[] = [];
	vad.reset();
	for (let done = 0; done < chunks; done += run) {
		const end = Math.min(chunks, done + run);
		probabilities.push(...(await vad.run(padded.subarray(done * vad.window, vad.context + end * vad.window))));
	}
	return probabilities;
}

const largestDifference = (a: number[], b: number[]) => Math.max(...a.map((value, i) => Math.abs(value - b[i])));

const MODELS: Record<string, (sampleRate: SileroRate) => Promise<SpeechModel>> = {
	native: async (sampleRate) => await SileroVad.load(chooseRuntime('native'), sampleRate),
	wasm: async (sampleRate) => await SileroVad.load(chooseRuntime('wasm'), sampleRate),
	kernel: async (sampleRate) => await SileroKernel.load(sampleRate),
	'kernel, as every Node.js can': async (sampleRate) => await SileroKernel.load(sampleRate, false),
};

for (const sampleRate of [16000, 8000] as const) {
	for (const [name, load] of Object.entries(MODELS)) {
		test(`${sampleRate} Hz, ${name}: equal to the published model chunk by chunk`, async () => {
			const samples = sampleRate === 16000 ? wideband : await narrowband();
			const expected = await publishedProbabilities(samples, sampleRate);
			assert.ok(Math.max(...expected) > 0.9 && Math.min(...expected) < 0.1, 'the recording has speech and silence');
			const vad = await load(sampleRate);
			for (const run of [1, 7, 256, expected.length]) {
				const actual = await sequenceProbabilities(vad, samples, run);
				assert.equal(actual.length, expected.length);
				assert.ok(largestDifference(actual, expected) < TOLERANCE, `runs of ${run} chunks differ`);
			}
		});
	}
}

/** Loud enough that what the limit takes off is heard. */
const LOUD: Gain = { factor: 40, limit: 0.5 };

for (const [name, load] of Object.entries(MODELS)) {
	test(`${name}: a gain is as if the sound came with it, and what is beyond its limit at the limit`, async () => {
		const vad = await load(16000);
		const heard = wideband.subarray(0, vad.context + 300 * vad.window);
		const probabilities = async (samples: Float32Array, gain?: Gain) => {
			vad.reset();
			return Array.from(await vad.run(samples, gain));
		};
		const loud = heard.map((sample) => sample * LOUD.factor);
		const limited = loud.map((sample) => Math.max(-LOUD.limit, Math.min(LOUD.limit, sample)));
		const expected = await probabilities(limited);
		assert.ok(largestDifference(expected, await probabilities(loud)) > 0.01, 'the limit makes a difference');
		assert.ok(largestDifference(await probabilities(heard, LOUD), expected) < TOLERANCE);
		assert.ok(largestDifference(await probabilities(heard, { ...LOUD, limit: Infinity }), await probabilities(loud)) < TOLERANCE);
		assert.ok(largestDifference(await probabilities(heard), expected) > 0.01, 'the next run has none');
	});
}

for (const name of ['native', 'kernel']) {
	test(`${name}: the state of one recording does not leak into the next`, async () => {
		const vad = await MODELS[name](16000);
		const first = await sequenceProbabilities(vad, wideband, 256);
		const second = await sequenceProbabilities(vad, wideband, 256);
		assert.deepEqual(second, first);
	});
}
