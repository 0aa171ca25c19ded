/**
 * The features that sherpa-onnx computes before a speaker model: an independent implementation (kaldi-native-fbank)
 * to measure ours against. The "model" hands its input through, so the "embedding" is the features.
 * sherpa-onnx brings an ONNX Runtime of its own, so a process that uses this must not load another.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { model, type Graph } from './graphs.mts';

interface Stream {
	acceptWaveform(wave: { sampleRate: number; samples: Float32Array }): void;
	inputFinished(): void;
}

interface Extractor {
	createStream(): Stream;
	isReady(stream: Stream): boolean;
	compute(stream: Stream, externalBuffer?: boolean): Float32Array;
}

type ExtractorClass = new (config: { model: string; numThreads: number }) => Extractor;

const SAMPLE_RATE = 16000;

/** Numbers that a "model" gives: sherpa-onnx reads as many as the metadata says, so zeros fill the rest. */
const CAPACITY = 200_000;

/** The shape of the input (3 numbers), its numbers in the order of memory, and zeros: `[1, CAPACITY]`. */
function handThrough(graph: Graph, input: string, output: string): void {
	const shape = graph.node('Cast', [graph.node('Shape', [input], 'dims')], 'shape', { to: 1 });
	const flat = graph.node('Reshape', [input, graph.ints(-1)], 'flat');
	const zeros = graph.floats('zeros', [CAPACITY], new Float32Array(CAPACITY));
	const all = graph.node('Concat', [shape, flat, zeros], 'all', { axis: 0 });
	const cut = graph.node('Slice', [all, graph.ints(0), graph.ints(CAPACITY)], 'cut');
	graph.node('Reshape', [cut, graph.ints(1, -1)], output);
}

/** What sherpa-onnx asks of every model: its metadata says how the features are made. */
const metadata = (framework: string, fields: Record<string, string | number>) => ({
	framework,
	language: 'English',
	sample_rate: String(SAMPLE_RATE),
	output_dim: String(CAPACITY),
	...Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)])),
});

/** WeSpeaker and 3D-Speaker. */
export interface GeneralFields {
	/** 0: samples are multiplied by 32768. */
	normalize_samples: 0 | 1;
	feature_normalize_type: '' | 'global-mean';
}

export function generalModel(framework: 'wespeaker' | '3d-speaker', fields: GeneralFields): Buffer {
	const outputs = { embs: [1, 'numbers'] };
	return model({ inputs: { feats: [1, 'T', 80] }, outputs, metadata: metadata(framework, { ...fields }) }, (graph) => {
		handThrough(graph, 'feats', 'embs');
	});
}

export interface NemoFields {
	window_type: string;
	feature_normalize_type: '' | 'per_feature';
	feat_dim: number;
	window_size_ms: number;
	window_stride_ms: number;
}

/** The features come as `[mels, frames]`. */
export function nemoModel(fields: NemoFields): Buffer {
	const description = {
		inputs: { audio_signal: [1, fields.feat_dim, 'T'], length: [1] },
		outputs: { logits: [1], embs: [1, 'numbers'] },
		metadata: metadata('nemo', { ...fields }),
		int64: ['length'],
	};
	return model(description, (graph) => {
		graph.node('Cast', ['length'], 'logits', { to: 1 });
		handThrough(graph, 'audio_signal', 'embs');
	});
}

/** What the model was fed. */
export interface Fed {
	dims: number[];
	/** In the order of memory. */
	data: Float32Array;
}

export function sherpaFeatures(graph: Buffer, samples: Float32Array): Fed {
	const { SpeakerEmbeddingExtractor } = createRequire(import.meta.url)('sherpa-onnx-node') as {
		SpeakerEmbeddingExtractor: ExtractorClass;
	};
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-test-'));
	try {
		const file = join(folder, 'model.onnx');
		writeFileSync(file, graph);
		const extractor = new SpeakerEmbeddingExtractor({ model: file, numThreads: 1 });
		const stream = extractor.createStream();
		stream.acceptWaveform({ sampleRate: SAMPLE_RATE, samples });
		stream.inputFinished();
		const given = extractor.compute(stream, false);
		const dims = [...given.subarray(0, 3)];
		return { dims, data: given.subarray(3, 3 + dims[1] * dims[2]) };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
