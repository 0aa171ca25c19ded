/**
 * The accurate model, ResNet34, in WebAssembly: the same numbers as its graphs within rounding, in 0.4 of the time and half the
 * memory of ONNX Runtime's WASM build. See `tools/build/kernels/accurateKernel.cjs`.
 */
import { ACCURATE_MODEL, modelPath } from '../../../../models/bundled';
import { readPackageFile } from '../../../../models/packageFiles';
import type { InputTensor, Session, Tensors } from '../../runtime/interface';
import { compileFastest, growTo, wasm } from '../../webAssembly';
import { HEAD, loadAccurateWeights, PLACES, STAGES } from './accurateWeights';
import { addressOf, BEYOND, bytesOf, putThreeFrames, rowOf, surround, TILE, tilesIn, type Image, type ImageSize } from './images';
import { FLOAT, Room, type KernelExports, type KernelWeights } from './kernelWeights';

/** Mel bands of the first stage; each further one has half as many, and half as many steps in time. */
const MELS = 80;

/** Tiles that go through the layers of a convolution together, by channels: they stay near the processor. */
const TILES: Record<number, number> = { 32: 60, 64: 60, 128: 30, 256: 30 };

const file = (ending: string) => modelPath(`${ACCURATE_MODEL}.kernel.${ending}`);

const halved = (size: number) => Math.ceil(size / 2);
/** Of an image with so many bands: whole tiles, with one before and one behind. */
const positionsFor = (bands: number) => tilesIn(bands) * TILE + 2;

export class AccurateKernel implements Pick<Session, 'run' | 'release'> {
	private constructor(
		private readonly kernel: KernelExports,
		private readonly weights: KernelWeights,
	) {}

	/**
	 * @param trunk the trunk's file
	 * @param head the head's
	 * @param mayRelax multiply and add in one step where Node.js knows it
	 * @throws VoiceprintError RUNTIME_UNAVAILABLE where a file is missing or damaged
	 */
	static async load(trunk: Uint8Array, head: Uint8Array, mayRelax = true): Promise<AccurateKernel> {
		const module = await compileFastest(async (ending) => await readPackageFile(file(ending)), mayRelax);
		const kernel = new wasm.Instance(module).exports as KernelExports;
		return new AccurateKernel(kernel, loadAccurateWeights(kernel, trunk, head));
	}

	/** As the graph: `feats` `[1, frames, MELS]` to `features` `[steps, 256 * MELS / 8]`. */
	async run({ feats }: Record<string, InputTensor>): Promise<Tensors> {
		const data = this.rows(feats!.data as Float32Array);
		const width = (STAGES.at(-1)!.width * MELS) / 2 ** (STAGES.length - 1);
		return { features: { data, dims: [data.length / width, width] } };
	}

	/** There is nothing to let go: it goes with what holds it. */
	async release(): Promise<void> {}

	/** As the head's graph: `statistics` `[count, HEAD.inputs]` to `embedding` `[count, HEAD.outputs]`. */
	readonly head: Pick<Session, 'run' | 'release'> = {
		run: async ({ statistics }) => {
			const data = this.vectors(statistics!.data as Float32Array);
			return { embedding: { data, dims: [data.length / HEAD.outputs, HEAD.outputs] } };
		},
		release: async () => {},
	};

	private vectors(statistics: Float32Array): Float32Array {
		const { kernel } = this;
		const { inputs, outputs } = HEAD;
		const count = statistics.length / inputs;
		const vectors = new Float32Array(count * outputs);
		const room = new Room(this.weights.end);
		const [from, to] = [room.take(2 * BEYOND * inputs), room.take(2 * BEYOND * outputs)];
		growTo(kernel.memory, room.end);
		for (let first = 0; first < count; first += BEYOND) {
			const rows = Math.min(BEYOND, count - first);
			new Float32Array(kernel.memory.buffer, from).set(statistics.subarray(first * inputs, (first + rows) * inputs));
			kernel.head!(rows, from, this.at('head'), to, this.at('head.bias'));
			vectors.set(new Float32Array(kernel.memory.buffer, to, rows * outputs), first * outputs);
		}
		return vectors;
	}

	/**
	 * @param features `[frames, MELS]`
	 * @returns of each eighth frame each channel, of each channel its bands
	 */
	private rows(features: Float32Array): Float32Array {
		// The kernel's layers would take what is no number for nothing.
		if (!features.every(Number.isFinite)) throw new Error('The features have values that are no numbers');
		const first: ImageSize = { time: features.length / MELS, bands: MELS, width: STAGES[0]!.width, positions: positionsFor(MELS) };
		const regions = this.regions(first);
		let image: Image = { ...first, at: regions.one };
		this.stem(features, image, regions.columns);
		let block = 0;
		for (const { blocks, width } of STAGES) {
			for (let i = 0; i < blocks; i++, block++) image = this.block(`block${block}`, image, width, regions);
		}
		return this.result(image);
	}

	/** Where images lie: in two regions large enough for every stage, and one for those behind the first. */
	private regions(first: ImageSize): Regions {
		const sizes = STAGES.map(({ width }, stage) => {
			const bands = first.bands / 2 ** stage;
			return { time: Math.ceil(first.time / 2 ** stage), bands, width, positions: positionsFor(bands) };
		});
		const room = new Room(this.weights.end);
		const region = (bytes: number) => room.take(bytes / FLOAT);
		// A short image is mostly what is around it, of which later stages have more.
		const [large, small] = [0, 1].map((stage) => Math.max(...sizes.slice(stage).map(bytesOf))) as [number, number];
		const planes = Math.max(...STAGES.map(({ width }) => PLACES * planeOf(width)));
		const columns = Math.max(...sizes.map(({ bands, width }) => (bands / 2 + BEYOND) * 9 * width * FLOAT), (MELS + BEYOND) * 9 * FLOAT);
		const regions = { planes: region(planes), products: region(planes), columns: region(columns), one: region(large), other: region(large), third: region(small) };
		growTo(this.kernel.memory, room.end);
		return regions;
	}

	private stem(features: Float32Array, image: Image, columns: number): void {
		const { time, bands, width } = image;
		const frames = new Float32Array(this.kernel.memory.buffer, columns, 3 * (bands + 2)).fill(0);
		for (let t = 0; t < time; t++) {
			putThreeFrames(features, bands, t, frames);
			const to = addressOf(image, t, 0);
			this.kernel.stem!(bands, columns, this.at('stem'), to);
			this.kernel.finish!(to, this.at('stem.bias'), bands, width * FLOAT, 0);
		}
		surround(this.kernel, image);
	}

	/** Two convolutions, and what went in is added. @returns what comes out */
	private block(name: string, image: Image, width: number, regions: Regions): Image {
		if (image.width === width) {
			const between: Image = { ...image, at: regions.other };
			this.convolve(`${name}.first`, image, between, undefined, regions);
			this.convolve(`${name}.second`, between, image, image, regions);
			return image;
		}
		const half = { time: halved(image.time), bands: halved(image.bands), width, positions: positionsFor(halved(image.bands)) };
		const between: Image = { ...half, at: regions.other };
		const result: Image = { ...half, at: image.at === regions.one ? regions.third : regions.one };
		this.stride(name, image, between, result, regions.columns);
		this.convolve(`${name}.second`, between, result, result, regions);
		return result;
	}

	/** @param origin what is added to the result; may be the same image */
	private convolve(name: string, from: Image, to: Image, origin: Image | undefined, { planes, products }: Regions): void {
		const { kernel } = this;
		const { width } = from;
		const [channels, row, plane] = [width * FLOAT, rowOf(from), planeOf(width)];
		const [tiles, lines] = [tilesIn(from.bands), tilesIn(from.time)];
		const atOnce = Math.max(1, Math.floor(TILES[width]! / tiles));
		for (let first = 0; first < lines; first += atOnce) {
			const count = Math.min(atOnce, lines - first);
			const place = (line: number) => line * tiles * channels;
			for (let line = 0; line < count; line++) {
				kernel.spread!(addressOf(from, TILE * (first + line) - 1, -1), planes + place(line), tiles, channels, row, plane);
			}
			kernel[`multiply${width}`]!(count * tiles, planes, this.at(name), products, plane);
			for (let line = 0; line < count; line++) {
				const target = addressOf(to, TILE * (first + line), 0);
				const added = origin ? addressOf(origin, TILE * (first + line), 0) : 0;
				kernel.gather!(products + place(line), target, added, this.at(`${name}.bias`), tiles, channels, row, plane);
			}
		}
		surround(this.kernel, to);
	}

	/** The first convolution of a block that halves the image, and what stands for the image that went in. */
	private stride(name: string, from: Image, to: Image, shortcut: Image, columns: number): void {
		const { kernel } = this;
		const [channels, row] = [from.width * FLOAT, rowOf(from)];
		const outputs = to.width * FLOAT;
		for (let t = 0; t < to.time; t++) {
			kernel.collect!(addressOf(from, 2 * t - 1, -1), columns, to.bands, channels, row);
			kernel[`stride${from.width}`]!(to.bands, columns, this.at(`${name}.first`), addressOf(to, t, 0));
			kernel.finish!(addressOf(to, t, 0), this.at(`${name}.first.bias`), to.bands, outputs, 0);
			kernel[`shortcut${from.width}`]!(to.bands, addressOf(from, 2 * t, 0), this.at(`${name}.shortcut`), addressOf(shortcut, t, 0));
			kernel.finish!(addressOf(shortcut, t, 0), this.at(`${name}.shortcut.bias`), to.bands, outputs, -Infinity);
		}
		surround(this.kernel, to);
		surround(this.kernel, shortcut);
	}

	private result(image: Image): Float32Array {
		const { time, bands, width } = image;
		const rows = new Float32Array(time * bands * width);
		for (let t = 0; t < time; t++) {
			const line = new Float32Array(this.kernel.memory.buffer, addressOf(image, t, 0), bands * width);
			for (let band = 0; band < bands; band++) {
				for (let channel = 0; channel < width; channel++) rows[(t * width + channel) * bands + band] = line[band * width + channel]!;
			}
		}
		return rows;
	}

	private at(name: string): number {
		return this.weights.address(name);
	}
}

type Regions = Record<'one' | 'other' | 'third' | 'planes' | 'products' | 'columns', number>;

/** Bytes of what one place of so many tiles has. */
const planeOf = (width: number) => (TILES[width]! + BEYOND) * width * FLOAT;
