/** Folders with a model of one's own, and runtimes that tell what was loaded. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Runtime } from '../../../../../dist/engine/process/runtime/interface.js';
import { model, numbers, type Graph } from './graphs.mts';

export type Json = Record<string, unknown>;

/** Sound descriptions of a model of either kind. */
export const WAVEFORM: Json = { id: 'wave', file: 'wave.onnx', dimension: 10, input: { kind: 'waveform' } };
export const FBANK: Json = {
	id: 'frames',
	file: 'frames.onnx',
	dimension: 16,
	input: { kind: 'fbank' },
	features: { preset: 'kaldi' },
	normalization: 'none',
};

/** A folder that is gone after the tests. */
export function testFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-test-'));
	after(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

/** A new folder with a description and, where given, the ONNX file it names. Returns the path of the description. */
export function writeModel(description: Json | string, onnx?: Uint8Array | string): string {
	const folder = testFolder();
	const text = typeof description === 'string' ? description : JSON.stringify(description);
	if (onnx !== undefined) writeFileSync(join(folder, String((JSON.parse(text) as Json).file)), onnx);
	writeFileSync(join(folder, 'model.json'), text);
	return join(folder, 'model.json');
}

/** Weights from mels to a vector. */
export const weights = (mels: number, dimension: number) => numbers(mels * dimension, 7);

/** `features` `[1, frames, mels]` → root of the sum of squares over the frames → weights → `output` `[1, dimension]`. */
function embedFrames(graph: Graph, features: string, mels: number, dimension: number, output: string): void {
	const pooled = graph.node('ReduceL2', [features], 'pooled', { axes: [1], keepdims: 0 });
	graph.node('MatMul', [pooled, graph.floats('weights', [mels, dimension], weights(mels, dimension))], output);
}

/** Like WeSpeaker's and 3D-Speaker's exports. */
export function framesModel(input: string, output: string, dimension: number): Buffer {
	const shapes = { inputs: { [input]: ['B', 'T', 80] }, outputs: { [output]: ['B', dimension] } };
	return model(shapes, (graph) => embedFrames(graph, input, 80, dimension, output));
}

/** Like NeMo's exports: looks at no more than the first `length` frames. */
export function nemoLikeModel(dimension: number): Buffer {
	const shapes = {
		inputs: { audio_signal: ['B', 80, 'T'], length: ['B'] },
		outputs: { logits: ['B', 5], embs: ['B', dimension] },
		int64: ['length'],
	};
	return model(shapes, (graph) => {
		const known = graph.node('Slice', ['audio_signal', graph.ints(0), 'length', graph.ints(2)], 'known');
		embedFrames(graph, graph.node('Transpose', [known], 'turned', { perm: [0, 2, 1] }), 80, dimension, 'embs');
		graph.node('MatMul', ['embs', graph.floats('classes', [dimension, 5], numbers(dimension * 5))], 'logits');
	});
}

/**
 * `wave` `[1, samples]` → sums of squares of the first, second, … of every `dimension` samples → `vector` of shape
 * `dims`. What is left over at the end is not looked at.
 */
export function waveformModel(dimension: number, dims: number[] = [1, dimension]): Buffer {
	return model({ inputs: { wave: [1, 'samples'] }, outputs: { vector: dims } }, (graph) => {
		const size = graph.ints(dimension);
		const whole = graph.node('Div', [graph.node('Size', ['wave'], 'samples'), size], 'whole');
		const used = graph.node('Mul', [whole, size], 'used');
		const cut = graph.node('Slice', ['wave', graph.ints(0), used, graph.ints(1)], 'cut');
		const rows = graph.node('Reshape', [cut, graph.ints(-1, dimension)], 'rows');
		const sums = graph.node('ReduceSumSquare', [rows], 'sums', { axes: [0], keepdims: 0 });
		graph.node('Reshape', [sums, graph.ints(...dims)], 'vector');
	});
}

/** The runtime, and which files it loaded and released, in order. */
export function watched(runtime: Runtime): { runtime: Runtime; events: string[] } {
	const events: string[] = [];
	let count = 0;
	const load: Runtime['load'] = async (file) => {
		const session = await runtime.load(file);
		const name = String(++count);
		events.push(`load ${name}`);
		return {
			inputNames: session.inputNames,
			outputNames: session.outputNames,
			run: (inputs, outputs) => session.run(inputs, outputs),
			release: async () => {
				events.push(`release ${name}`);
				await session.release();
			},
		};
	};
	return { runtime: { name: runtime.name, load }, events };
}
