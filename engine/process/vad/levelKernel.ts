/** The sums that a level is measured by, computed in WebAssembly: see `tools/build/kernels/levelKernel.cjs`. */
import { once } from '../../../once';
import { modelPath } from '../../../models/bundled';
import { readPackageFile } from '../../../models/packageFiles';
import type { Coefficients } from '../highPass';
import { wasm } from '../webAssembly';

/** Samples of a part. */
export const PART = 40;
/** Samples that are taken at once, at most. */
export const MOST_MEASURED = 16_384 - PART;
const FLOAT = 4;
/** Samples that the kernel needs before the first. */
const BEFORE = 2;

interface Exports {
	memory: { buffer: ArrayBuffer };
	measure(parts: number): void;
	peak(from: number, to: number): void;
	/** Addresses in bytes. */
	factors: { value: number };
	state: { value: number };
	peaks: { value: number };
	energies: { value: number };
	samples: { value: number };
}

const compiled = once(async () => await wasm.compile(await readPackageFile(modelPath('level.wasm'))));

/** What the filter says to the samples before decides what it says to the next ones: see the kernel. */
function factorsOf({ a1, a2 }: Coefficients): Float64Array {
	const h = [1];
	for (let k = 1; k <= 4; k++) h[k] = -a1 * h[k - 1]! - a2 * (h[k - 2] ?? 0);
	const [h0, h1, h2, h3, h4] = h as [number, number, number, number, number];
	return Float64Array.of(0, h1, h1, h2, h2, h3, h3, h4, -a2 * h0, -a2 * h1, -a2 * h2, -a2 * h3);
}

/** Where a channel's measurement is. */
export class LevelState {
	/** Of the filter. */
	readonly outputs = new Float64Array(2);

	/** The samples behind the last whole part, and those before them that the filter still needs. */
	readonly samples = new Float32Array(BEFORE + PART);

	left = 0;

	began = false;

	/** Sum of squares of what is left. */
	get energyLeft(): number {
		let sum = 0;
		for (const sample of this.samples.subarray(BEFORE, BEFORE + this.left)) sum += sample * sample;
		return sum;
	}
}

export interface Sums {
	parts: number;
	/** Of each part the sum of squares, and that without what the filter takes away. Valid until the next call. */
	energies: Float64Array;
	/** The largest size of the samples, not those that were left before. */
	peak: number;
}

export class LevelKernel {
	private readonly samples: Float32Array;

	private readonly energies: Float64Array;

	private readonly outputs: Float64Array;

	private readonly peaks: Float32Array;

	/** Of the filter: the kernel's is without. */
	private readonly gain: number;

	private constructor(
		private readonly kernel: Exports,
		filter: Coefficients,
	) {
		const { buffer } = kernel.memory;
		this.samples = new Float32Array(buffer, kernel.samples.value - BEFORE * FLOAT, BEFORE + MOST_MEASURED + PART);
		this.energies = new Float64Array(buffer, kernel.energies.value, 2 * Math.floor((MOST_MEASURED + PART) / PART));
		this.outputs = new Float64Array(buffer, kernel.state.value, 2);
		this.peaks = new Float32Array(buffer, kernel.peaks.value, 4);
		const factors = factorsOf(filter);
		new Float64Array(buffer, kernel.factors.value, factors.length).set(factors);
		this.gain = filter.b0 ** 2;
	}

	/** @throws VoiceprintError RUNTIME_UNAVAILABLE where its file is missing or damaged */
	static async load(filter: Coefficients): Promise<LevelKernel> {
		return new LevelKernel(new wasm.Instance(await compiled()).exports as Exports, filter);
	}

	/** @param samples of a channel, MOST_MEASURED at most and not none @returns the sums of the parts that they complete */
	measure(samples: Float32Array, state: LevelState): Sums {
		// As if the first sample had been there for ever: an offset is no click at the beginning.
		if (!state.began) state.samples.fill(samples[0]!, 0, BEFORE);
		state.began = true;
		const [start, end] = [BEFORE + state.left, BEFORE + state.left + samples.length];
		this.samples.set(state.samples.subarray(0, start));
		this.samples.set(samples, start);
		const parts = Math.floor((end - BEFORE) / PART);
		this.outputs.set(state.outputs);
		this.kernel.measure(parts);
		state.outputs.set(this.outputs);
		const peak = this.peak(start, end);
		state.left = end - BEFORE - parts * PART;
		state.samples.set(this.samples.subarray(parts * PART, end));
		for (let i = 1; i < 2 * parts; i += 2) this.energies[i]! *= this.gain;
		return { parts, energies: this.energies, peak };
	}

	private peak(start: number, end: number): number {
		const { kernel, peaks } = this;
		this.samples.fill(0, end, end + peaks.length);
		const first = kernel.samples.value - BEFORE * FLOAT;
		kernel.peak(first + start * FLOAT, first + end * FLOAT);
		return Math.max(...peaks);
	}
}
