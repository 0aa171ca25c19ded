/**
 * The fast model (voiceprint-small-v2) in WebAssembly: the same embeddings as its graph within rounding, without ONNX Runtime.
 * See `tools/build/fastKernel.cjs`.
 */
import { FAST_MODEL, modelPath } from '../../../models/bundled';
import { readPackageFile } from '../../../models/packageFiles';
import { normalize } from '../../../voiceprints/vector';
import type { InputTensor, Session, Tensors } from '../runtime/interface';
import { compileFastest, growTo, wasm } from '../webAssembly';
import { loadFastWeights, PLACES, SIZES } from './fastWeights';
import { FLOAT, VECTOR, type KernelExports, type KernelWeights } from './kernelWeights';

/** Samples from one frame to the next. */
const HOP = 160;
/** What the level of the speech is brought to, and what is added to its power before that. */
const RMS = 0.1;
const LEAST_POWER = 1e-10;
/** The least variance that a deviation is made of. */
const LEAST_VARIANCE = 1e-4;
/** Frames that are made at once, and numbers that are added up beside each other. */
const FRAMES = 4;
const ABREAST = 16;

/** Times that a tile gives. */
const TILE = 4;
/** Tiles that go through the places of a convolution together, so that they stay near the processor. */
const TILES = 8;
/** Rows that a product makes up to whole tiles of its own, and that it reads behind them. */
const BEYOND = 8;

const { mels: MELS, entry, stages, width: WIDTH, inner: INNER, squeezed: SQUEEZED, dilations, pooled: POOLED, hidden: HIDDEN, dimension: DIMENSION } = SIZES;
/** Numbers of a row in which every block puts its own behind those that it got. */
const JOINED = (1 + dilations.length) * WIDTH;
/** Zeros around what blocks mix, in rows. */
const AROUND = Math.max(...dilations);

const file = (ending: string) => modelPath(`${FAST_MODEL}.kernel.${ending}`);

const wholeTiles = (times: number) => Math.ceil(times / TILE) * TILE;

/** [time, bands] positions of so many channels, with zeros around. */
interface Image {
	at: number;
	time: number;
	bands: number;
	width: number;
}

/** Bytes of a row of positions, and of the whole image. */
const rowOf = ({ bands, width }: Pick<Image, 'bands' | 'width'>) => (bands + 2) * width * FLOAT;
const bytesOf = (image: Omit<Image, 'at'>) => (wholeTiles(image.time) + 2) * rowOf(image) + BEYOND * image.width * FLOAT;
const addressOf = (image: Image, time: number, band: number) => image.at + (time + 1) * rowOf(image) + (band + 1) * image.width * FLOAT;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Where what is worked on lies. */
type Regions = ReturnType<FastKernel['place']>;

export class FastKernel implements Session {
	readonly inputNames = ['waveform'];

	readonly outputNames = ['embedding'];

	private at!: Regions;

	private constructor(
		private readonly kernel: KernelExports,
		private readonly weights: KernelWeights,
		private readonly centre: Float32Array,
	) {}

	/**
	 * @param bytes the model's file
	 * @param mayRelax multiply and add in one step where Node.js knows it
	 * @throws VoiceprintError RUNTIME_UNAVAILABLE where a file is missing or damaged
	 */
	static async load(bytes: Uint8Array, mayRelax = true): Promise<FastKernel> {
		const module = await compileFastest(async (ending) => await readPackageFile(file(ending)), mayRelax);
		const kernel = new wasm.Instance(module).exports as KernelExports;
		const weights = loadFastWeights(kernel, bytes);
		return new FastKernel(kernel, weights, weights.stored('centre', SIZES.dimension));
	}

	/** As the graph: `waveform` `[1, samples]`, half a second or more, to `embedding` `[1, 192]`, of length one. */
	async run({ waveform }: Record<string, InputTensor>): Promise<Tensors> {
		const data = this.embed(waveform!.data as Float32Array);
		return { embedding: { data, dims: [1, data.length] } };
	}

	/** There is nothing to let go: it goes with what holds it. */
	async release(): Promise<void> {}

	private embed(speech: Float32Array): Float32Array {
		const hops = Math.floor(speech.length / HOP);
		const frames = hops - 2;
		const times = Math.ceil(frames / 2);
		this.at = this.place(speech.length, hops, times);
		this.hear(speech, hops);
		const { at } = this.stem(frames, times);
		this.product('flat', 'flat', times, at + rowOf(stages.at(-1)!) + stages.at(-1)!.width * FLOAT, this.at.joined);
		dilations.forEach((dilation, block) => this.block(block, dilation, times));
		this.pool(times);
		return this.vector();
	}

	private place(samples: number, hops: number, times: number) {
		let end = this.weights.end;
		const region = (floats: number) => {
			const at = end;
			end += Math.ceil((floats * FLOAT) / VECTOR) * VECTOR;
			return at;
		};
		const image = Math.max(...stages.map((stage) => bytesOf({ time: times, ...stage }))) / FLOAT;
		const rows = (width: number) => region((times + BEYOND) * width);
		const around = (wholeTiles(times) + TILE * AROUND + 2 * AROUND + BEYOND) * INNER;
		const planes = PLACES * Math.max(planeOf(stages) / FLOAT, (Math.ceil(times / TILE) + AROUND + BEYOND) * INNER);
		const at = {
			speech: region(VECTOR / FLOAT + samples + ABREAST) + VECTOR,
			samples: region((hops + 2 * FRAMES) * HOP),
			features: region((hops + FRAMES) * MELS),
			lines: region(3 * (MELS + 2) + 6 * BEYOND),
			// What is a row alone is made up to as many as others.
			sums: region(BEYOND * 2 * POOLED),
			squeezed: region(BEYOND * SQUEEZED),
			scales: region(BEYOND * WIDTH),
			context: region(BEYOND * HIDDEN),
			embedding: region(BEYOND * DIMENSION),
			images: [region(image), region(image), region(image)] as const,
			planes: region(planes),
			products: region(planes),
			joined: rows(JOINED),
			narrow: region(around),
			mixed: region(around),
			wide: rows(WIDTH),
			pooled: rows(POOLED),
			hidden: rows(HIDDEN),
			logits: rows(POOLED),
		};
		growTo(this.kernel.memory, end);
		return at;
	}

	/** So many numbers in the memory; void when it is made larger. */
	private view(at: number, length: number): Float32Array {
		return new Float32Array(this.kernel.memory.buffer, at, length);
	}

	/** @param kind of product @param name of its weights @param bias where it is another than that of the weights */
	private product(kind: string, name: string, rows: number, from: number, to: number, bias = this.weights.address(`${name}.bias`)): void {
		this.kernel[kind]!(rows, from, this.weights.address(name), to, bias);
	}

	/** The speech at its level, with its high tones raised, as frames of logarithmic mel spectra. */
	private hear(speech: Float32Array, hops: number): void {
		const { kernel, at } = this;
		const rows = Math.ceil(speech.length / ABREAST);
		const samples = this.view(at.speech - FLOAT, 1 + rows * ABREAST);
		samples.set(speech, 1);
		samples.fill(0, 1 + speech.length)[0] = 0;
		const squares = this.means(at.speech, rows, ABREAST, ABREAST).subarray(ABREAST).reduce((sum, mean) => sum + mean * rows, 0);
		// The kernel's layers would take what is no number for nothing.
		if (!Number.isFinite(squares)) throw new Error('The speech has samples that are no numbers');
		const used = hops * HOP;
		kernel.emphasize!(at.speech, at.samples, used * FLOAT, RMS / Math.sqrt(squares / speech.length + LEAST_POWER));
		kernel.logMels!(at.samples, at.features, hops - 2);
	}

	/** The means of so many numbers of each row, and behind them the means of squares; they lie at `sums`. */
	private means(from: number, rows: number, row: number, width: number): Float32Array {
		this.kernel.addColumns!(from, rows, row * FLOAT, width * FLOAT, this.at.sums);
		const means = this.view(this.at.sums, 2 * width);
		for (let i = 0; i < means.length; i++) means[i]! /= rows;
		return means;
	}

	/** The first convolution, of the features without their means. */
	private enter(frames: number, image: Image): void {
		const means = this.means(this.at.features, frames, MELS, MELS);
		const features = this.view(this.at.features, frames * MELS);
		// Of each mel band three frames beside each other, zeros around.
		const lines = this.view(this.at.lines, 3 * (MELS + 2)).fill(0);
		const [weights, bias] = [this.weights.address('entry'), this.weights.address('entry.bias')];
		for (let t = 0; t < image.time; t++) {
			for (let i = 0; i < 3; i++) {
				const frame = 2 * t + i - 1;
				const isInside = frame >= 0 && frame < frames;
				for (let mel = 0; mel < MELS; mel++) lines[3 * (mel + 1) + i] = isInside ? features[frame * MELS + mel]! - means[mel]! : 0;
			}
			this.kernel.entry!(entry.bands, this.at.lines, weights, addressOf(image, t, 0), bias);
		}
		this.surround(image);
	}

	/** @returns what its last pair of convolutions gives */
	private stem(frames: number, time: number): Image {
		const [one, other, third] = this.at.images;
		let image: Image = { at: one, time, ...entry };
		this.enter(frames, image);
		stages.forEach((stage, i) => {
			const between: Image = { at: other, time, ...stage };
			let result = image;
			if (stage.bands !== image.bands) {
				result = { at: image.at === one ? third : one, time, ...stage };
				this.shortcut(`stem.${i}/shortcut`, image, result);
			}
			this.convolve(`stem.${i}/conv1`, image, between);
			this.convolve(`stem.${i}/conv2`, between, result, result);
			image = result;
		});
		return image;
	}

	/** What stands for an image in the one with half as many bands that is made of it. */
	private shortcut(name: string, from: Image, to: Image): void {
		const product = this.kernel[`shortcut${from.width}`]!;
		const [weights, bias] = [this.weights.address(name), this.weights.address(`${name}.bias`)];
		for (let t = 0; t < to.time; t++) product(to.bands, addressOf(from, t, 0), weights, addressOf(to, t, 0), bias);
	}

	/** A convolution of three times and bands. @param origin what is added to the result; may be the same image */
	private convolve(name: string, from: Image, to: Image, origin?: Image): void {
		const { kernel } = this;
		const { planes, products } = this.at;
		const step = from.bands / to.bands;
		const multiply = kernel[`${step === 1 ? 'tile' : 'halve'}${from.width}`]!;
		const positions = (from.bands + 2) / step;
		const [rowIn, rowOut] = [rowOf(from), positions * to.width * FLOAT];
		const plane = planeOf([from, to]);
		const [weights, bias] = [this.weights.address(name), this.weights.address(`${name}.bias`)];
		const tiles = Math.ceil(from.time / TILE);
		for (let first = 0; first < tiles; first += TILES) {
			const count = Math.min(TILES, tiles - first);
			for (let i = 0; i < count; i++) kernel.spread!(addressOf(from, TILE * (first + i) - 1, -1), planes + i * rowIn, rowIn, rowIn, plane);
			multiply(count * positions, planes, weights, products, plane);
			for (let i = 0; i < count; i++) {
				const time = TILE * (first + i);
				const added = origin ? addressOf(origin, time, 0) : 0;
				kernel.gather!(products + i * rowOut, addressOf(to, time, 0), added, bias, to.bands, to.width * FLOAT, rowOf(to), plane);
			}
		}
		this.surround(to);
	}

	/** Zeros before the image, between its rows and behind it. */
	private surround(image: Image): void {
		const { time, bands, width, at } = image;
		const [bytes, row] = [width * FLOAT, rowOf(image)];
		this.kernel.clear!(at, 1, 0, row + bytes);
		this.kernel.clear!(addressOf(image, 0, bands), time, row, 2 * bytes);
		const end = addressOf(image, time, 0);
		this.kernel.clear!(end, 1, 0, at + bytesOf(image) - end);
	}

	/** From what the blocks before gave to what this one gives, beside it. */
	private block(block: number, dilation: number, times: number): void {
		const { kernel } = this;
		const { joined, narrow, mixed, wide, sums, squeezed, scales } = this.at;
		const name = `trunk.${block}`;
		const from = joined + block * WIDTH * FLOAT;
		const row = INNER * FLOAT;
		const inside = narrow + AROUND * row;
		kernel.clear!(narrow, 1, 0, AROUND * row);
		this.product('down', `${name}/down`, times, from, inside);
		kernel.clear!(inside + times * row, 1, 0, (wholeTiles(times) - times + TILE * AROUND + AROUND) * row);
		this.mix(`${name}/mix`, dilation, times, inside, mixed);
		this.product('up', `${name}/up`, times, mixed, wide);
		this.means(wide, times, WIDTH, WIDTH);
		this.product('squeeze', `${name}/gate/down`, 1, sums, squeezed);
		this.product('stretch', `${name}/gate/up`, 1, squeezed, scales);
		const gates = this.view(scales, WIDTH);
		gates.forEach((value, i) => (gates[i] = sigmoid(value)));
		kernel.excite!(from, wide, scales, from + WIDTH * FLOAT, times);
	}

	/** A convolution of three rows that lie `dilation` rows apart, of rows with zeros around them. */
	private mix(name: string, dilation: number, times: number, from: number, to: number): void {
		const { kernel } = this;
		const { planes, products } = this.at;
		const row = INNER * FLOAT;
		const [weights, bias] = [this.weights.address(name), this.weights.address(`${name}.bias`)];
		const starts: number[] = [];
		for (let phase = 0; phase < dilation; phase++) for (let t = phase; t < times; t += TILE * dilation) starts.push(t);
		const plane = (starts.length + BEYOND) * row;
		starts.forEach((t, i) => kernel.spread!(from + (t - dilation) * row, planes + i * row, row, dilation * row, plane));
		kernel.mix!(starts.length, planes, weights, products, plane);
		starts.forEach((t, i) => kernel.gather!(products + i * row, to + t * row, 0, bias, 1, row, dilation * row, plane));
	}

	/** Of each pooled channel its weighted mean, then of each its deviation, to `sums`. */
	private pool(times: number): void {
		const { kernel } = this;
		const { joined, pooled, context, hidden, logits, sums } = this.at;
		this.product('join', 'join', times, joined + WIDTH * FLOAT, pooled);
		makeDeviations(this.means(pooled, times, POOLED, POOLED));
		this.product('context', 'pool/context', 1, sums, context);
		this.product('frame', 'pool/frame', times, pooled, hidden, context);
		kernel.tanh!(hidden, hidden + times * HIDDEN * FLOAT);
		this.product('weight', 'pool/weight', times, hidden, logits);
		kernel.attend!(pooled, logits, times, sums);
		makeDeviations(this.view(sums, 2 * POOLED));
	}

	private vector(): Float32Array {
		this.product('head', 'head', 1, this.at.sums, this.at.embedding);
		const unit = normalize(this.view(this.at.embedding, DIMENSION).slice());
		return normalize(unit.map((value, i) => value - this.centre[i]!));
	}
}

/** Bytes of a place of so many tiles of any of these. */
const planeOf = (images: ReadonlyArray<Pick<Image, 'bands' | 'width'>>) =>
	TILES * Math.max(...images.map(rowOf)) + BEYOND * Math.max(...images.map(({ width }) => width)) * FLOAT;

/** Means, and behind them means of squares: those become deviations. */
function makeDeviations(statistics: Float32Array): void {
	for (let i = 0; i < POOLED; i++) {
		statistics[POOLED + i] = Math.sqrt(Math.max(LEAST_VARIANCE, statistics[POOLED + i]! - statistics[i]! ** 2));
	}
}
