/**
 * `node embeddingCandidates.mts CANDIDATE FILE ROUNDS`: one way from speech (float32 samples in FILE) to a voiceprint, in a
 * process of its own (two versions of ONNX Runtime cannot share one). Prints the vector and the CPU seconds of each round.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Ort from 'onnxruntime-node';
import { ACCURATE, BUNDLED_EMBEDDERS, FAST } from '../../dist/engine/process/embedding/bundled.js';
import { Fbank } from '../../dist/engine/process/embedding/fbank.js';
import { normalizeFeatures } from '../../dist/engine/process/embedding/features.js';
import { chooseRuntime } from '../../dist/engine/process/runtime/chooseRuntime.js';
import type { BundledChoice, RuntimeName } from '../../dist/engine/client/protocol.js';
import { SAMPLE_RATE } from '../../test/support/recordings.mts';
import { costOf } from '../cost.mts';
import { EMBEDDING_FACTS, withFacts } from '../onnxFacts.mts';
import { wholeAccurate } from './wholeAccurate.mts';

const require = createRequire(import.meta.url);

export interface EmbeddingRuns {
	vector: number[];
	/** Of each round. */
	cpu: number[];
}

type Embed = (speech: Float32Array) => Promise<ArrayLike<number>>;

async function ours(model: BundledChoice, runtime: RuntimeName): Promise<Embed> {
	const embedder = await BUNDLED_EMBEDDERS[model](chooseRuntime(runtime));
	return async (speech) => await embedder.embed(speech);
}

async function sessionOf(graph: Uint8Array) {
	const ort = require('onnxruntime-node') as typeof Ort;
	return { ort, session: await ort.InferenceSession.create(graph, { intraOpNumThreads: 1, interOpNumThreads: 1 }) };
}

/** The model as one graph, given our features. */
async function plainAccurate(): Promise<Embed> {
	const { ort, session } = await sessionOf(wholeAccurate());
	const fbank = new Fbank(ACCURATE.features);
	return async (speech) => {
		const features = fbank.compute(speech);
		normalizeFeatures(features, 'mean');
		const { embs } = await session.run({ feats: new ort.Tensor('float32', features.data, [1, features.frames, features.mels]) });
		return embs.data as Float32Array;
	};
}

async function plainFast(): Promise<Embed> {
	const { ort, session } = await sessionOf(readFileSync(FAST.file));
	return async (speech) => (await session.run({ waveform: new ort.Tensor('float32', speech, [1, speech.length]) })).embedding.data as Float32Array;
}

async function sherpa(): Promise<Embed> {
	const { SpeakerEmbeddingExtractor } = require('sherpa-onnx-node') as {
		SpeakerEmbeddingExtractor: new (config: object) => {
			createStream(): { acceptWaveform(wave: { sampleRate: number; samples: Float32Array }): void; inputFinished(): void };
			compute(stream: object, externalBuffer?: boolean): Float32Array;
		};
	};
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
	try {
		const model = join(folder, 'model.onnx');
		writeFileSync(model, withFacts(wholeAccurate(), EMBEDDING_FACTS));
		const extractor = new SpeakerEmbeddingExtractor({ model, numThreads: 1 });
		return async (samples) => {
			const stream = extractor.createStream();
			stream.acceptWaveform({ sampleRate: SAMPLE_RATE, samples });
			stream.inputFinished();
			return extractor.compute(stream, false);
		};
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

const CANDIDATES = {
	'accurate native': async () => await ours('accurate', 'native'),
	'accurate wasm': async () => await ours('accurate', 'wasm'),
	'accurate plain': plainAccurate,
	sherpa,
	'fast native': async () => await ours('fast', 'native'),
	'fast wasm': async () => await ours('fast', 'wasm'),
	'fast plain': plainFast,
};

export type EmbeddingCandidate = keyof typeof CANDIDATES;

if (import.meta.main) {
	const [candidate, file, rounds] = process.argv.slice(2);
	const bytes = readFileSync(file);
	const speech = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
	const embed = await CANDIDATES[candidate as EmbeddingCandidate]();
	// The first one warms up.
	const vector = await embed(speech);
	const cpu: number[] = [];
	for (let i = 0; i < Number(rounds); i++) cpu.push((await costOf(async () => await embed(speech))).cpu);
	console.log(JSON.stringify({ vector: Array.from(vector), cpu } satisfies EmbeddingRuns));
	process.exit(0);
}
