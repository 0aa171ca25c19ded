/** The first part of the fast model's kernel: from speech to an image of its features, as the blocks behind take it. */
import { PLACES, SIZES } from './fastWeights';
import { addressOf, BEYOND, bytesOf, putThreeFrames, rowOf, surround, TILE, tilesIn, type Image, type ImageSize } from './images';
import { FLOAT, VECTOR, type KernelExports, type KernelWeights, type Room } from './kernelWeights';

/** Samples from one frame to the next. */
const HOP = 160;
/** What the level of the speech is brought to, and what is added to its power before that. */
const RMS = 0.1;
const LEAST_POWER = 1e-10;
/** Frames that are made at once, and numbers that are added up beside each other. */
const FRAMES = 4;
const ABREAST = 16;
/** Tiles that go through the places of a convolution together, so that they stay near the processor. */
const TILES = 8;

const { mels: MELS, entry, stages } = SIZES;

const sized = (size: { bands: number; width: number }, time: number): ImageSize => ({ ...size, time, positions: size.bands + 2 });

/** Bytes of a place of so many tiles of any of these. */
const planeOf = (images: ReadonlyArray<Pick<Image, 'positions' | 'width'>>) =>
	TILES * Math.max(...images.map(rowOf)) + BEYOND * Math.max(...images.map(({ width }) => width)) * FLOAT;

/** Numbers for the planes of its convolutions. */
export const STEM_PLANES = (PLACES * planeOf(stages.map((stage) => sized(stage, 0)))) / FLOAT;

/** Where what is worked on lies; others may use `planes` and `products` in between, `sums` is for everybody. */
export interface StemRegions {
	planes: number;
	products: number;
	sums: number;
}

/** Of speech of one length. */
export class FastStem {
	private readonly hops: number;

	private readonly frames: number;

	private readonly times: number;

	private readonly at: Record<'speech' | 'samples' | 'features' | 'lines', number> & { images: [number, number, number] };

	/** @param samples half a second or more @param room for what is worked on: the memory has yet to be made that large */
	constructor(
		private readonly kernel: KernelExports,
		private readonly weights: KernelWeights,
		samples: number,
		room: Room,
		private readonly shared: StemRegions,
	) {
		this.hops = Math.floor(samples / HOP);
		this.frames = this.hops - 2;
		this.times = FastStem.timesOf(samples);
		const image = Math.max(...stages.map((stage) => bytesOf(sized(stage, this.times)))) / FLOAT;
		this.at = {
			// A vector before, of which the sample before the first is the last number.
			speech: room.take(VECTOR / FLOAT + samples + ABREAST) + VECTOR,
			samples: room.take((this.hops + 2 * FRAMES) * HOP),
			features: room.take((this.hops + FRAMES) * MELS),
			lines: room.take(3 * (MELS + 2) + 6 * BEYOND),
			images: [room.take(image), room.take(image), room.take(image)],
		};
	}

	/** Rows that so many samples give. */
	static timesOf(samples: number): number {
		return Math.ceil((Math.floor(samples / HOP) - 2) / 2);
	}

	/** @returns what the last pair of convolutions gives @throws Error where a sample is no number */
	run(speech: Float32Array): Image {
		this.hear(speech);
		const [one, other, third] = this.at.images;
		let image: Image = { at: one, ...sized(entry, this.times) };
		this.enter(image);
		stages.forEach((stage, i) => {
			const size = sized(stage, this.times);
			const between: Image = { at: other, ...size };
			let result = image;
			if (stage.bands !== image.bands) {
				result = { at: image.at === one ? third : one, ...size };
				this.shortcut(`stem.${i}/shortcut`, image, result);
			}
			this.convolve(`stem.${i}/conv1`, image, between);
			this.convolve(`stem.${i}/conv2`, between, result, result);
			image = result;
		});
		return image;
	}

	private view(at: number, length: number): Float32Array {
		return new Float32Array(this.kernel.memory.buffer, at, length);
	}

	/** The speech at its level, with its high tones raised, as frames of logarithmic mel spectra. */
	private hear(speech: Float32Array): void {
		const { kernel, at, hops } = this;
		const rows = Math.ceil(speech.length / ABREAST);
		const samples = this.view(at.speech - FLOAT, 1 + rows * ABREAST);
		samples.set(speech, 1);
		samples.fill(0, 1 + speech.length)[0] = 0;
		kernel.addColumns!(at.speech, rows, ABREAST * FLOAT, ABREAST * FLOAT, this.shared.sums);
		const squares = this.view(this.shared.sums, 2 * ABREAST).subarray(ABREAST).reduce((sum, column) => sum + column, 0);
		// The kernel's layers would take what is no number for nothing.
		if (!Number.isFinite(squares)) throw new Error('The speech has samples that are no numbers');
		kernel.emphasize!(at.speech, at.samples, hops * HOP * FLOAT, RMS / Math.sqrt(squares / speech.length + LEAST_POWER));
		kernel.logMels!(at.samples, at.features, this.frames);
	}

	/** Takes from each of the features its mean over the frames. */
	private centre(features: Float32Array): void {
		this.kernel.addColumns!(this.at.features, this.frames, MELS * FLOAT, MELS * FLOAT, this.shared.sums);
		const means = this.view(this.shared.sums, MELS).map((sum) => sum / this.frames);
		for (let at = 0; at < features.length; at += MELS) for (let mel = 0; mel < MELS; mel++) features[at + mel]! -= means[mel]!;
	}

	/** The first convolution, of every other frame and band. */
	private enter(image: Image): void {
		const features = this.view(this.at.features, this.frames * MELS);
		this.centre(features);
		const lines = this.view(this.at.lines, 3 * (MELS + 2)).fill(0);
		const [weights, bias] = this.layer('entry');
		for (let t = 0; t < image.time; t++) {
			putThreeFrames(features, MELS, 2 * t, lines);
			this.kernel.entry!(entry.bands, this.at.lines, weights, addressOf(image, t, 0), bias);
		}
		surround(this.kernel, image);
	}

	/** What stands for an image in the one with half as many bands that is made of it. */
	private shortcut(name: string, from: Image, to: Image): void {
		const product = this.kernel[`shortcut${from.width}`]!;
		const [weights, bias] = this.layer(name);
		for (let t = 0; t < to.time; t++) product(to.bands, addressOf(from, t, 0), weights, addressOf(to, t, 0), bias);
	}

	/** A convolution of three times and bands. @param origin what is added to the result; may be the same image */
	private convolve(name: string, from: Image, to: Image, origin?: Image): void {
		const { kernel } = this;
		const { planes, products } = this.shared;
		const step = from.bands / to.bands;
		const multiply = kernel[`${step === 1 ? 'tile' : 'halve'}${from.width}`]!;
		const rows = from.positions / step;
		const [rowIn, rowOut] = [rowOf(from), rows * to.width * FLOAT];
		const plane = planeOf([from, to]);
		const [weights, bias] = this.layer(name);
		const tiles = tilesIn(from.time);
		for (let first = 0; first < tiles; first += TILES) {
			const count = Math.min(TILES, tiles - first);
			for (let i = 0; i < count; i++) kernel.spread!(addressOf(from, TILE * (first + i) - 1, -1), planes + i * rowIn, rowIn, rowIn, plane);
			multiply(count * rows, planes, weights, products, plane);
			for (let i = 0; i < count; i++) {
				const time = TILE * (first + i);
				const added = origin ? addressOf(origin, time, 0) : 0;
				kernel.gather!(products + i * rowOut, addressOf(to, time, 0), added, bias, to.bands, to.width * FLOAT, rowOf(to), plane);
			}
		}
		surround(kernel, to);
	}

	/** Addresses of weights and bias. */
	private layer(name: string): [number, number] {
		return [this.weights.address(name), this.weights.address(`${name}.bias`)];
	}
}
