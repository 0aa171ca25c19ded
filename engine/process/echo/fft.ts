/** A radix-2 FFT of complex points in float64, in place. */
export class ComplexFft {
	private readonly cos: Float64Array;

	private readonly sin: Float64Array;

	/** @param size points per transform: a power of two */
	constructor(readonly size: number) {
		const angle = (k: number) => (2 * Math.PI * k) / size;
		this.cos = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos(angle(k)));
		this.sin = Float64Array.from({ length: size / 2 }, (_, k) => Math.sin(angle(k)));
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

	/** Each point to the place of its number read backwards in bits. */
	private reorder(re: Float64Array, im: Float64Array): void {
		for (let i = 1, j = 0; i < this.size; i++) {
			let bit = this.size >> 1;
			for (; j & bit; bit >>= 1) j ^= bit;
			j ^= bit;
			if (i >= j) continue;
			const [real, imaginary] = [re[i]!, im[i]!];
			re[i] = re[j]!;
			im[i] = im[j]!;
			re[j] = real;
			im[j] = imaginary;
		}
	}
}
