/** Radix-2 FFTs in float64: of complex points, and power spectra of real signals. */

const reverseBits = (value: number, bits: number) => {
	let reversed = 0;
	for (let bit = 0; bit < bits; bit++) reversed |= ((value >> bit) & 1) << (bits - 1 - bit);
	return reversed;
};

/** In place. */
export class ComplexFft {
	private readonly cos: Float64Array;

	private readonly sin: Float64Array;

	/** Of each point, its number read backwards in bits. */
	private readonly order: Uint32Array;

	/** @param size points per transform: a power of two */
	constructor(readonly size: number) {
		const angle = (k: number) => (2 * Math.PI * k) / size;
		this.cos = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos(angle(k)));
		this.sin = Float64Array.from({ length: size / 2 }, (_, k) => Math.sin(angle(k)));
		this.order = Uint32Array.from({ length: size }, (_, i) => reverseBits(i, Math.log2(size)));
	}

	/** From time to frequency; with real and imaginary parts exchanged, back again, times the size. */
	transform(re: Float64Array, im: Float64Array): void {
		this.reorder(re, im);
		const { size, cos, sin } = this;
		for (let length = 2; length <= size; length *= 2) {
			const middle = length / 2;
			const step = size / length;
			for (let start = 0; start < size; start += length) {
				for (let k = 0; k < middle; k++) {
					const a = start + k;
					const b = a + middle;
					const c = cos[k * step]!;
					const s = sin[k * step]!;
					const turnedRe = re[b]! * c + im[b]! * s;
					const turnedIm = im[b]! * c - re[b]! * s;
					re[b] = re[a]! - turnedRe;
					im[b] = im[a]! - turnedIm;
					re[a] = re[a]! + turnedRe;
					im[a] = im[a]! + turnedIm;
				}
			}
		}
	}

	private reorder(re: Float64Array, im: Float64Array): void {
		for (let i = 0; i < this.size; i++) {
			const j = this.order[i]!;
			if (i >= j) continue;
			const [real, imaginary] = [re[i]!, im[i]!];
			re[i] = re[j]!;
			im[i] = im[j]!;
			re[j] = real;
			im[j] = imaginary;
		}
	}
}

/** By a transform of half as many complex points as there are samples. */
export class RealFft {
	private readonly half: ComplexFft;

	/** cos and sin of 2πk / size for k below half the size. */
	private readonly cos: Float64Array;

	private readonly sin: Float64Array;

	private readonly re: Float64Array;

	private readonly im: Float64Array;

	/** @param size samples per transform: a power of two from 4 on */
	constructor(readonly size: number) {
		if (size < 4 || !Number.isInteger(Math.log2(size))) throw new RangeError(`no FFT of ${size} samples`);
		const half = size / 2;
		const angle = (k: number) => (2 * Math.PI * k) / size;
		this.half = new ComplexFft(half);
		this.cos = Float64Array.from({ length: half }, (_, k) => Math.cos(angle(k)));
		this.sin = Float64Array.from({ length: half }, (_, k) => Math.sin(angle(k)));
		this.re = new Float64Array(half);
		this.im = new Float64Array(half);
	}

	/**
	 * @param samples `[size]`
	 * @param power filled with the squared magnitudes of the frequencies 0 to half the sample rate: `[size / 2 + 1]`
	 */
	power(samples: Float64Array, power: Float64Array): void {
		const { re, im } = this;
		// Even samples as real, odd ones as imaginary parts of half as many points.
		for (let i = 0; i < re.length; i++) {
			re[i] = samples[2 * i]!;
			im[i] = samples[2 * i + 1]!;
		}
		this.half.transform(re, im);
		this.separate(power);
	}

	/** From the transform of even and odd samples together to the squared magnitudes of the whole. */
	private separate(power: Float64Array): void {
		const { re, im, cos, sin } = this;
		const half = re.length;
		power[0] = (re[0]! + im[0]!) ** 2;
		power[half] = (re[0]! - im[0]!) ** 2;
		for (let k = 1; k < half; k++) {
			const evenRe = (re[k]! + re[half - k]!) / 2;
			const evenIm = (im[k]! - im[half - k]!) / 2;
			const oddRe = (im[k]! + im[half - k]!) / 2;
			const oddIm = (re[half - k]! - re[k]!) / 2;
			const real = evenRe + oddRe * cos[k]! + oddIm * sin[k]!;
			const imaginary = evenIm + oddIm * cos[k]! - oddRe * sin[k]!;
			power[k] = real * real + imaginary * imaginary;
		}
	}
}
