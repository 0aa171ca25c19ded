/** One candidate of the inference bench in a process of its own: prints the CPU seconds of its fastest of three passes. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as Ort from 'onnxruntime-node';
import { chooseRuntime } from '../dist/engine/process/runtime/chooseRuntime.js';
import { loadSileroModels } from '../dist/engine/process/vad/detect.js';
import { speechProbabilities } from '../dist/engine/process/vad/probabilities.js';
import { SileroVad } from '../dist/engine/process/vad/silero.js';
import { SileroKernel } from '../dist/engine/process/vad/sileroKernel.js';
import type { SpeechModel } from '../dist/engine/process/vad/speechModel.js';
import { audioOf } from '../test/support/recordings.mts';

const require = createRequire(import.meta.url);
const PUBLISHED = require.resolve('@ricky0123/vad-web/dist/silero_vad_v6.onnx');
const WINDOW = 512;
const CONTEXT = 64;
const RUN = 256;
const PASSES = 3;

const [candidate, file] = process.argv.slice(2);
const bytes = readFileSync(file);
const samples = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);

type Pass = () => Promise<void>;

function sequence(vad: SpeechModel): Pass {
	const padded = new Float32Array(CONTEXT + samples.length);
	padded.set(samples, CONTEXT);
	return async () => {
		vad.reset();
		const step = RUN * WINDOW;
		for (let i = 0; i + WINDOW <= samples.length; i += step) {
			const chunks = Math.min(RUN, Math.floor((samples.length - i) / WINDOW));
			await vad.run(padded.subarray(i, i + CONTEXT + chunks * WINDOW));
		}
	};
}

async function joined(runtime: 'native' | 'wasm'): Promise<Pass> {
	const models = await loadSileroModels(chooseRuntime(runtime));
	return async () => {
		for await (const block of speechProbabilities(audioOf(samples), models, { gain: 1.1, resetAfterSilence: true })) void block;
	};
}

async function chunks(ort: typeof Ort, executionProvider: string): Promise<Pass> {
	const model = await ort.InferenceSession.create(readFileSync(PUBLISHED), {
		executionProviders: [executionProvider],
		intraOpNumThreads: 1,
		interOpNumThreads: 1,
	});
	const rate = new ort.Tensor('int64', BigInt64Array.of(16000n), []);
	const padded = new Float32Array(CONTEXT + samples.length);
	padded.set(samples, CONTEXT);
	return async () => {
		let state: Ort.Tensor = new ort.Tensor('float32', new Float32Array(256), [2, 1, 128]);
		for (let i = 0; i + WINDOW <= samples.length; i += WINDOW) {
			const input = new ort.Tensor('float32', padded.slice(i, i + CONTEXT + WINDOW), [1, CONTEXT + WINDOW]);
			state = (await model.run({ input, state, sr: rate })).stateN;
		}
	};
}

function webRuntime(): typeof Ort {
	const ort = require('onnxruntime-web') as typeof Ort;
	ort.env.wasm.numThreads = 1;
	return ort;
}

async function sherpa(): Promise<Pass> {
	const { Vad } = require('sherpa-onnx-node') as {
		Vad: new (config: object, bufferSeconds: number) => { acceptWaveform(part: Float32Array): void; isEmpty(): boolean; pop(): void; reset(): void };
	};
	const sileroVad = { model: PUBLISHED, threshold: 0.5, minSpeechDuration: 0.25, minSilenceDuration: 0.1, windowSize: WINDOW };
	const vad = new Vad({ sileroVad, sampleRate: 16000, numThreads: 1, provider: 'cpu', debug: 0 }, 60);
	return async () => {
		vad.reset();
		for (let i = 0; i + WINDOW <= samples.length; i += WINDOW) {
			vad.acceptWaveform(samples.subarray(i, i + WINDOW));
			while (!vad.isEmpty()) vad.pop();
		}
	};
}

const CANDIDATES: Record<string, () => Promise<Pass>> = {
	'sequence-native': async () => sequence(await SileroVad.load(chooseRuntime('native'), 16000)),
	'sequence-wasm': async () => sequence(await SileroVad.load(chooseRuntime('wasm'), 16000)),
	kernel: async () => sequence(await SileroKernel.load(16000)),
	'kernel-plain': async () => sequence(await SileroKernel.load(16000, false)),
	'joined-native': async () => await joined('native'),
	'joined-wasm': async () => await joined('wasm'),
	'chunks-native': async () => await chunks(require('onnxruntime-node') as typeof Ort, 'cpu'),
	'chunks-wasm': async () => await chunks(webRuntime(), 'wasm'),
	sherpa,
};

const pass = await CANDIDATES[candidate]();
let best = Infinity;
for (let i = 0; i < PASSES; i++) {
	const before = process.cpuUsage();
	await pass();
	const { user, system } = process.cpuUsage(before);
	best = Math.min(best, (user + system) / 1e6);
}
console.log(best);
process.exit(0);
