/**
 * By how much one sound is behind another: generalized cross-correlation with phase transform (Knapp and Carter 1976),
 * averaged over several moments, so that what only happens to be alike in one of them vanishes.
 */
import { ComplexFft } from '../fft';

/** Hz of the sound that is compared. */
export const ECHO_RATE = 8000;
/** Seconds: the longest delay, and the sound that is compared at once. */
export const LONGEST_DELAY = 1;
export const MOMENT = 1;

const SIZE = 16384;
const LAGS = LONGEST_DELAY * ECHO_RATE;
/** Hz that all telephony passes on. */
const [LOWEST, HIGHEST] = [300, 3400].map((hertz) => Math.round((hertz * SIZE) / ECHO_RATE)) as [number, number];

export interface Delay {
	/** Samples at ECHO_RATE. */
	lag: number;
	/** How clear it is, beside all other delays: those of different sounds have 4 to 7. */
	clarity: number;
}

const fft = new ComplexFft(SIZE);

export class DelayFinder {
	private readonly re = new Float64Array(SIZE);

	private readonly im = new Float64Array(SIZE);

	/** Of the phase differences, per frequency. */
	private readonly sumRe = new Float64Array(SIZE);

	private readonly sumIm = new Float64Array(SIZE);

	/** Forgets all moments. */
	clear(): void {
		this.sumRe.fill(0);
		this.sumIm.fill(0);
	}

	/**
	 * @param original from LONGEST_DELAY seconds before the moment to its end
	 * @param echo of the moment; both at ECHO_RATE
	 */
	add(original: Float32Array, echo: Float32Array): void {
		const { re, im } = this;
		re.fill(0);
		im.fill(0);
		re.set(original);
		im.set(echo, LAGS);
		fft.transform(re, im);
		for (let k = LOWEST; k <= HIGHEST; k++) {
			const m = SIZE - k;
			// Two real signals in one complex transform.
			const aRe = re[k]! + re[m]!;
			const aIm = im[k]! - im[m]!;
			const bRe = im[k]! + im[m]!;
			const bIm = re[m]! - re[k]!;
			const crossRe = aRe * bRe + aIm * bIm;
			const crossIm = aRe * bIm - aIm * bRe;
			const size = Math.hypot(crossRe, crossIm) || 1;
			this.sumRe[k]! += crossRe / size;
			this.sumIm[k]! += crossIm / size;
		}
	}

	/** The clearest delay. */
	find(): Delay {
		const { re, im } = this;
		re.fill(0);
		im.fill(0);
		for (let k = LOWEST; k <= HIGHEST; k++) {
			// Exchanged: the inverse transform. The other half is the conjugate.
			[im[k], re[k]] = [this.sumRe[k]!, this.sumIm[k]!];
			[im[SIZE - k], re[SIZE - k]] = [this.sumRe[k]!, -this.sumIm[k]!];
		}
		fft.transform(re, im);
		let lag = 0;
		let squares = 0;
		for (let i = 0; i <= LAGS; i++) {
			squares += im[i]! ** 2;
			if (Math.abs(im[i]!) > Math.abs(im[lag]!)) lag = i;
		}
		return { lag, clarity: Math.abs(im[lag]!) / (Math.sqrt(squares / (LAGS + 1)) || 1) };
	}
}
