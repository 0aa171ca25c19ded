/**
 * The segmentation model in WebAssembly: its first part, features of each frame, on every machine, the second one where there
 * is no native ONNX Runtime. Windows overlap, and what the first convolution says of a sample is the same in each: it is kept
 * from window to window. Mean and variance are those of the window, and come in behind it, since a convolution is linear.
 * See `tools/build/kernels/segmentationKernel.cjs`.
 */
import { modelPath } from '../../../models/bundled';
import { readPackageFile } from '../../../models/packageFiles';
import { SAMPLE_RATE, type Audio } from '../audio';
import { makeWhole } from '../halves';
import { compileFastest, wasm } from '../webAssembly';

/** Samples per window. */
export const WINDOW = 10 * SAMPLE_RATE;

/** Frames per window, and features of each. */
export const FRAMES = 589;
export const FEATURES = 60;

/** Of the model. */
export const CLASSES = 7;

/** The first convolution: samples from row to row, of a row, and rows per window. */
const STRIDE = 10;
const TAPS = 251;
const ROWS = Math.floor((WINDOW - TAPS) / STRIDE) + 1;

/** Added to a variance: where there is nothing, it is not made something. */
const EPSILON = 1e-5;

/** Rows behind each of the layers, numbers of a row, of which `channels` are used, and the normalization that comes then. */
const LAYERS = {
	first: { rows: 5325, width: 80, channels: 80, norm: 'norm1' },
	second: { rows: 1773, width: 64, channels: 60, norm: 'norm2' },
	third: { rows: FRAMES, width: 64, channels: FEATURES, norm: 'norm3' },
} as const;

type Layer = keyof typeof LAYERS;

/** Numbers of a row of scores. */
const SCORES_ROW = 8;

interface Exports {
	memory: { buffer: ArrayBuffer };
	filter(rows: number, to: number): void;
	poolFirst(scale: number): void;
	convolveSecond(): void;
	convolveThird(): void;
	normalizeFirst(): void;
	normalizeSecond(): void;
	normalizeThird(): void;
	decide(): void;
}

/** Where something lies: exported by the kernel, addresses in bytes. */
type Place = 'samples' | 'filtered' | Layer | 'scales' | 'offsets' | 'sums' | 'norm0' | 'norm1' | 'norm2' | 'norm3' | 'scores' | 'floats' | 'halves' | 'end';

const file = (ending: string) => modelPath(`segmentation-3.0.kernel.${ending}`);

/** Sums and sums of squares of so many columns. */
function momentsOf(values: Float32Array, width: number, columns: number): { mean: Float64Array; variance: Float64Array } {
	const [mean, variance] = [new Float64Array(columns), new Float64Array(columns)];
	for (let row = 0; row < values.length; row += width) {
		for (let column = 0; column < columns; column++) {
			const value = values[row + column]!;
			mean[column]! += value;
			variance[column]! += value * value;
		}
	}
	const rows = values.length / width;
	for (let column = 0; column < columns; column++) {
		mean[column]! /= rows;
		variance[column] = Math.max(0, variance[column]! / rows - mean[column]! ** 2);
	}
	return { mean, variance };
}

type Kernel = Exports & Record<Place, { value: number }>;

/** Copies the weights in: numbers of 32 bits, then of 16. */
function fill({ memory, floats, halves, end }: Kernel, bytes: Buffer): void {
	const whole = halves.value - floats.value;
	new Uint8Array(memory.buffer).set(bytes.subarray(0, whole), floats.value);
	makeWhole(bytes.subarray(whole), new Float32Array(memory.buffer, halves.value, (end.value - halves.value) / 4));
}

export class SegmentationKernel {
	/** Of a window. */
	private readonly sound = new Float32Array(WINDOW);

	/** Whose rows are kept, and the row of the recording that is the first of them. */
	private kept: { audio: Audio; row: number } | undefined;

	private constructor(private readonly kernel: Kernel) {}

	/**
	 * @param mayRelax multiply and add in one step where Node.js knows it
	 * @throws VoiceprintError RUNTIME_UNAVAILABLE where a file is missing or damaged
	 */
	static async load(mayRelax = true): Promise<SegmentationKernel> {
		const module = await compileFastest(async (ending) => await readPackageFile(file(ending)), mayRelax);
		const kernel = new wasm.Instance(module).exports as Kernel;
		fill(kernel, await readPackageFile(file('bin')));
		return new SegmentationKernel(kernel);
	}

	/**
	 * @param start of the window: samples, a multiple of STRIDE; what the audio does not have is silence
	 * @returns `[FRAMES, FEATURES]`
	 */
	features(audio: Audio, start: number): Float32Array {
		this.hear(audio, start);
		return this.columns('third', LAYERS.third.width, FEATURES);
	}

	/** As `features`. @returns `[FRAMES, CLASSES]`, the larger the likelier */
	scores(audio: Audio, start: number): Float32Array {
		this.hear(audio, start);
		this.kernel.decide();
		return this.columns('scores', SCORES_ROW, CLASSES);
	}

	private hear(audio: Audio, start: number): void {
		audio.read(start, this.sound);
		this.filter(audio, start / STRIDE);
		this.pool();
		this.normalize('first');
		this.kernel.convolveSecond();
		this.normalize('second');
		this.kernel.convolveThird();
		this.normalize('third');
	}

	/** The first convolution, as far as the window before had not the same sound. */
	private filter(audio: Audio, row: number): void {
		const { kernel, kept, sound } = this;
		const { width } = LAYERS.first;
		const step = kept?.audio === audio ? row - kept.row : -1;
		const shared = step >= 0 && step < ROWS ? ROWS - step : 0;
		if (shared > 0) this.view('filtered', ROWS * width).copyWithin(0, step * width);
		this.kept = { audio, row };
		if (shared === ROWS) return;
		const missing = sound.subarray(shared * STRIDE);
		this.view('samples', missing.length).set(missing);
		kernel.filter(ROWS - shared, kernel.filtered.value + shared * width * Float32Array.BYTES_PER_ELEMENT);
	}

	/** Brings the window to mean 0 and variance 1, behind the convolution, and takes the largest of each three rows. */
	private pool(): void {
		const [scale, offset] = this.view('norm0', 2) as unknown as [number, number];
		const { mean, variance } = momentsOf(this.sound, 1, 1);
		const factor = scale / Math.sqrt(variance[0]! + EPSILON);
		const constant = offset - mean[0]! * factor;
		const { width } = LAYERS.first;
		this.view('offsets', width).set(this.view('sums', width).map((sum) => sum * constant));
		this.kernel.poolFirst(factor);
	}

	private normalize(name: Layer): void {
		const { width, channels, norm } = LAYERS[name];
		const weights = this.view(norm, 2 * width);
		const [scales, offsets] = [this.view('scales', width), this.view('offsets', width)];
		const { mean, variance } = momentsOf(this.layer(name), width, channels);
		for (let channel = 0; channel < channels; channel++) {
			scales[channel] = weights[channel]! / Math.sqrt(variance[channel]! + EPSILON);
			offsets[channel] = weights[width + channel]! - mean[channel]! * scales[channel]!;
		}
		if (name === 'first') this.kernel.normalizeFirst();
		else if (name === 'second') this.kernel.normalizeSecond();
		else this.kernel.normalizeThird();
	}

	private layer(name: Layer): Float32Array {
		const { rows, width } = LAYERS[name];
		return this.view(name, rows * width);
	}

	/** Of each frame, without those that only fill up. */
	private columns(place: Place, width: number, columns: number): Float32Array {
		const rows = this.view(place, FRAMES * width);
		const narrow = new Float32Array(FRAMES * columns);
		for (let frame = 0; frame < FRAMES; frame++) narrow.set(rows.subarray(frame * width, frame * width + columns), frame * columns);
		return narrow;
	}

	private view(place: Place, length: number): Float32Array {
		return new Float32Array(this.kernel.memory.buffer, this.kernel[place].value, length);
	}
}
