/** Power spectra of real signals: a radix-2 FFT in float64, over half as many complex points as there are samples. */

const reverseBits = (value: number, bits: number) => {
	let reversed = 0;
	for (let bit = 0; bit < bits; bit++) reversed |= ((value >> bit) & 1) << (bits - 1 - bit);
	return reversed;
};

export class RealFft {
	private readonly half: number;

	/** cos and sin of 2πk / size for k below half the size. */
	private readonly cos: Float64Array;

	private readonly sin: Float64Array;

	private readonly order: Uint32Array;

	private readonly re: Float64Array;

	private readonly im: Float64Array;

	/** @param size samples per transform: a power of two from 4 on */
	constructor(readonly size: number) {
		if (size < 4 || !Number.isInteger(Math.log2(size))) throw new RangeError(`no FFT of ${size} samples`);
		this.half = size / 2;
		const angle = (k: number) => (2 * Math.PI * k) / size;
		this.cos = Float64Array.from({ length: this.half }, (_, k) => Math.cos(angle(k)));
		this.sin = Float64Array.from({ length: this.half }, (_, k) => Math.sin(angle(k)));
		this.order = Uint32Array.from({ length: this.half }, (_, i) => reverseBits(i, Math.log2(this.half)));
		this.re = new Float64Array(this.half);
		this.im = new Float64Array(this.half);
	}

	/**
	 * @param samples `[size]`
	 * @param power filled with the squared magnitudes of the frequencies 0 to half the sample rate: `[size / 2 + 1]`
	 */
	power(samples: Float64Array, power: Float64Array): void {
		// Even samples as real, odd ones as imaginary parts of half as many points.
		for (let i = 0; i < this.half; i++) {
			const target = this.order[i]!;
			this.re[target] = samples[2 * i]!;
			this.im[target] = samples[2 * i + 1]!;
		}
		for (let length = 2; length <= this.half; length *= 2) this.mergeBlocks(length);
		this.separate(power);
	}

	/** One stage: pairs of transforms of `length / 2` points become transforms of `length` points. */
	private mergeBlocks(length: number): void {
		const { re, im, cos, sin, half, size } = this;
		const middle = length / 2;
		const step = size / length;
		for (let start = 0; start < half; start += length) {
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

	/** From the transform of even and odd samples together to the squared magnitudes of the whole. */
	private separate(power: Float64Array): void {
		const { re, im, cos, sin, half } = this;
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
