/**
 * A speaker-embedding model in two graphs: a trunk that hears every bit of speech once, and a head that makes a vector of
 * the statistics over any part of what it heard.
 */
import { normalize } from '../../../voiceprints/vector';
import { SAMPLE_RATE } from '../audio';
import type { Runtime, Session, WeightsFile } from '../runtime/interface';
import type { Embedded, Embedder, SpeechWindow } from './embedder';
import { Fbank, type FbankOptions } from './fbank';
import { normalizeFeatures } from './features';
import { piecesOf } from './modelInput';
import { RowStatistics } from './pooling';

export interface PooledModel {
	/** As it stands in voiceprints. */
	id: string;
	/** Numbers per vector. */
	dimension: number;
	/** Numbers per row of the trunk's output. */
	width: number;
	features: FbankOptions;
	/** Seconds of speech per window, more or less. */
	windowSeconds: number;
	/** Seconds of speech that the trunk is given at once at most, for the memory that it takes. */
	longestSeconds: number;
}

/** Windows one after another, few enough for the trunk; in chunks of about equal length, since each chunk is centred on its own. */
function chunksOf(windows: readonly SpeechWindow[], longest: number): SpeechWindow[][] {
	const total = windows.reduce((sum, { samples }) => sum + samples, 0);
	const count = Math.max(1, Math.ceil(total / longest));
	const chunks: SpeechWindow[][] = Array.from({ length: count }, () => []);
	let before = 0;
	for (const window of windows) {
		const middle = before + window.samples / 2;
		chunks[Math.min(count - 1, Math.floor((middle * count) / total))]!.push(window);
		before += window.samples;
	}
	return chunks.filter(({ length }) => length > 0);
}

function join(windows: readonly SpeechWindow[]): Float32Array {
	const speech = new Float32Array(windows.reduce((sum, { samples }) => sum + samples, 0));
	let filled = 0;
	for (const window of windows) {
		speech.set(window.read(), filled);
		filled += window.samples;
	}
	return speech;
}

export class PooledEmbedder implements Embedder {
	readonly id: string;

	readonly dimension: number;

	readonly windowSeconds: number;

	private readonly fbank: Fbank;

	constructor(
		private readonly trunk: Pick<Session, 'run' | 'release'>,
		private readonly head: Pick<Session, 'run' | 'release'>,
		private readonly model: PooledModel,
	) {
		this.id = model.id;
		this.dimension = model.dimension;
		this.windowSeconds = model.windowSeconds;
		this.fbank = new Fbank(model.features);
	}

	/** The voiceprint is made of the statistics over all windows: no average of vectors, and nothing is heard twice. */
	async embedWindows(windows: readonly SpeechWindow[]): Promise<Embedded> {
		const { longestSeconds } = this.model;
		const whole = this.newStatistics();
		const parts: RowStatistics[] = [];
		for (const chunk of chunksOf(windows, longestSeconds * SAMPLE_RATE)) {
			for (const part of await this.hear(chunk)) {
				whole.include(part);
				parts.push(part);
			}
		}
		const [vector, ...others] = await this.vectorsOf(windows.length === 1 ? [whole] : [whole, ...parts]);
		return { vector: vector!, windows: windows.length === 1 ? [vector!] : others };
	}

	async embed(speech: Float32Array): Promise<Float32Array> {
		return (await this.embedWindows([{ samples: speech.length, read: () => speech }])).vector;
	}

	async release(): Promise<void> {
		await this.trunk.release();
		await this.head.release();
	}

	private newStatistics(): RowStatistics {
		return new RowStatistics(this.model.width);
	}

	/**
	 * What the trunk hears; each feature's mean over the speech is taken away first.
	 * @param speech a quarter of a second to `longestSeconds`
	 * @returns `[rows, width]`, a row every 80 ms, the first one centred 200 samples after the beginning
	 */
	private async rowsOf(speech: Float32Array): Promise<Float32Array> {
		const features = this.fbank.compute(speech);
		normalizeFeatures(features, 'mean');
		const { features: output } = await this.trunk.run({ feats: { data: features.data, dims: [1, features.frames, features.mels] } });
		return output!.data;
	}

	/** @returns the vector of each, of length one */
	private async vectorsOf(parts: readonly RowStatistics[]): Promise<Float32Array[]> {
		const { dimension } = this;
		const length = 2 * this.model.width;
		const statistics = new Float32Array(parts.length * length);
		parts.forEach((part, i) => part.write(statistics.subarray(i * length, (i + 1) * length)));
		const { embedding } = await this.head.run({ statistics: { data: statistics, dims: [parts.length, length] } });
		return parts.map((_, i) => normalize(embedding!.data.slice(i * dimension, (i + 1) * dimension)));
	}

	/** @returns the statistics of each window */
	private async hear(chunk: readonly SpeechWindow[]): Promise<RowStatistics[]> {
		// Speech of less than half a second is repeated up to that.
		const [speech] = piecesOf(join(chunk));
		return this.split(await this.rowsOf(speech!), chunk);
	}

	/** @param data `[rows, width]` over the joined windows */
	private split(data: Float32Array, chunk: readonly SpeechWindow[]): RowStatistics[] {
		const { width } = this.model;
		const rows = data.length / width;
		const total = chunk.reduce((sum, { samples }) => sum + samples, 0);
		let before = 0;
		return chunk.map(({ samples }) => {
			const part = this.newStatistics();
			part.add(data, Math.round((before / total) * rows), Math.round(((before + samples) / total) * rows));
			before += samples;
			return part;
		});
	}
}

/**
 * @param trunk the ONNX file, as the head
 * @param weights of the trunk, where they are in another file
 */
export async function loadPooledEmbedder(
	runtime: Runtime,
	model: PooledModel,
	trunk: Uint8Array,
	head: Uint8Array,
	weights?: WeightsFile,
): Promise<PooledEmbedder> {
	return new PooledEmbedder(await runtime.load(trunk, weights), await runtime.load(head), model);
}
