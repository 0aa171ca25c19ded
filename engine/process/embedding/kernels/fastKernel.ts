/**
 * The fast model (voiceprint-small-v2) in WebAssembly: the same embeddings as its graph within rounding, without ONNX Runtime.
 * See `tools/build/kernels/fastKernel.cjs`.
 */
import { FAST_MODEL, modelPath } from '../../../../models/bundled';
import { readPackageFile } from '../../../../models/packageFiles';
import { normalize } from '../../../../voiceprints/vector';
import type { InputTensor, Session, Tensors } from '../../runtime/interface';
import { compileFastest, growTo, wasm } from '../../webAssembly';
import { FastStem, STEM_PLANES } from './fastStem';
import { loadFastWeights, PLACES, SIZES } from './fastWeights';
import { addressOf, BEYOND, TILE, tilesIn } from './images';
import { FLOAT, Room, type KernelExports, type KernelWeights } from './kernelWeights';

/** The least variance that a deviation is made of. */
const LEAST_VARIANCE = 1e-4;

const { width: WIDTH, inner: INNER, squeezed: SQUEEZED, dilations, pooled: POOLED, hidden: HIDDEN, dimension: DIMENSION } = SIZES;
/** Numbers of a row in which every block puts its own behind those that it got. */
const JOINED = (1 + dilations.length) * WIDTH;
/** Zeros around what blocks mix, in rows. */
const AROUND = Math.max(...dilations);

const file = (ending: string) => modelPath(`${FAST_MODEL}.kernel.${ending}`);

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Where what the blocks and the pooling work on lies. */
type Regions = Record<'planes' | 'products' | 'sums' | 'squeezed' | 'scales' | 'context' | 'embedding' | 'joined' | 'narrow' | 'mixed' | 'wide' | 'pooled' | 'hidden' | 'logits', number>;

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
		return new FastKernel(kernel, weights, weights.stored('centre', DIMENSION));
	}

	/** As the graph: `waveform` `[1, samples]`, half a second or more, to `embedding` `[1, 192]`, of length one. */
	async run({ waveform }: Record<string, InputTensor>): Promise<Tensors> {
		const data = this.embed(waveform!.data as Float32Array);
		return { embedding: { data, dims: [1, data.length] } };
	}

	/** There is nothing to let go: it goes with what holds it. */
	async release(): Promise<void> {}

	private embed(speech: Float32Array): Float32Array {
		const { kernel, weights } = this;
		const times = FastStem.timesOf(speech.length);
		const room = new Room(weights.end);
		this.at = this.place(times, room);
		const stem = new FastStem(kernel, weights, speech.length, room, this.at);
		growTo(kernel.memory, room.end);
		this.product('flat', 'flat', times, addressOf(stem.run(speech), 0, 0), this.at.joined);
		dilations.forEach((dilation, block) => this.block(block, dilation, times));
		this.pool(times);
		return this.vector();
	}

	private place(times: number, room: Room): Regions {
		const rows = (width: number) => room.take((times + BEYOND) * width);
		const around = (tilesIn(times) * TILE + TILE * AROUND + 2 * AROUND + BEYOND) * INNER;
		const planes = Math.max(STEM_PLANES, PLACES * (tilesIn(times) + AROUND + BEYOND) * INNER);
		return {
			planes: room.take(planes),
			products: room.take(planes),
			// What is a row alone is made up to as many as others.
			sums: room.take(BEYOND * 2 * POOLED),
			squeezed: room.take(BEYOND * SQUEEZED),
			scales: room.take(BEYOND * WIDTH),
			context: room.take(BEYOND * HIDDEN),
			embedding: room.take(BEYOND * DIMENSION),
			joined: rows(JOINED),
			narrow: room.take(around),
			mixed: room.take(around),
			wide: rows(WIDTH),
			pooled: rows(POOLED),
			hidden: rows(HIDDEN),
			logits: rows(POOLED),
		};
	}

	/** So many numbers in the memory; void when it is made larger. */
	private view(at: number, length: number): Float32Array {
		return new Float32Array(this.kernel.memory.buffer, at, length);
	}

	/** @param kind of product @param name of its weights @param bias where it is another than that of the weights */
	private product(kind: string, name: string, rows: number, from: number, to: number, bias = this.weights.address(`${name}.bias`)): void {
		this.kernel[kind]!(rows, from, this.weights.address(name), to, bias);
	}

	/** The means of so many numbers of each row, and behind them the means of squares; they lie at `sums`. */
	private means(from: number, rows: number, row: number, width: number): Float32Array {
		this.kernel.addColumns!(from, rows, row * FLOAT, width * FLOAT, this.at.sums);
		const means = this.view(this.at.sums, 2 * width);
		for (let i = 0; i < means.length; i++) means[i]! /= rows;
		return means;
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
		kernel.clear!(inside + times * row, 1, 0, (tilesIn(times) * TILE - times + TILE * AROUND + AROUND) * row);
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

/** Means, and behind them means of squares: those become deviations. */
function makeDeviations(statistics: Float32Array): void {
	for (let i = 0; i < POOLED; i++) {
		statistics[POOLED + i] = Math.sqrt(Math.max(LEAST_VARIANCE, statistics[POOLED + i]! - statistics[i]! ** 2));
	}
}
