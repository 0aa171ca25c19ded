/** Whether speech came through a telephone: heard from its spectrum, since a file's sample rate says nothing of that. */
import { SAMPLE_RATE } from '../audio';
import { RealFft } from '../fft';
import { quantile } from '../quantile';

/** Samples per frame of the spectrum; frames do not overlap. */
const POINTS = 512;
/** Hz. A telephone keeps the first and nothing of the second. */
const LOW = { from: 2500, to: 3400 };
const HIGH = { from: 4300, to: 7600 };
/** The level of a band is this quantile over the frames: that of its loud sounds, such as s. */
const LOUD = 0.95;
/**
 * dB of the high band beside the low one. Measured on recordings of 1 to 4 s: wrong for 2 to 3 % of them, for next to none
 * of longer ones (`training/results.md`). The calibration was made with the same measure.
 */
const NARROW_BELOW = -32.5;

const weights = Float64Array.from({ length: POINTS }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / POINTS));

/** Collects what is heard in both bands, window by window. */
export class BandMeter {
	private readonly fft = new RealFft(POINTS);

	private readonly frame = new Float64Array(POINTS);

	private readonly spectrum = new Float64Array(POINTS / 2 + 1);

	private readonly low: number[] = [];

	private readonly high: number[] = [];

	/** @param speech samples of a window */
	add(speech: Float32Array): void {
		for (let start = 0; start + POINTS <= speech.length; start += POINTS) {
			for (let i = 0; i < POINTS; i++) this.frame[i] = speech[start + i]! * weights[i]!;
			this.fft.power(this.frame, this.spectrum);
			this.low.push(meanPower(this.spectrum, LOW));
			this.high.push(meanPower(this.spectrum, HIGH));
		}
	}

	/** Level of the high band beside the low one, dB; 0 where there was no speech. */
	get highBand(): number {
		if (this.low.length === 0) return 0;
		return 10 * Math.log10((quantile(this.high, LOUD) + 1e-20) / (quantile(this.low, LOUD) + 1e-20));
	}

	get isNarrow(): boolean {
		return this.highBand < NARROW_BELOW;
	}
}

function meanPower(spectrum: Float64Array, { from, to }: { from: number; to: number }): number {
	const first = Math.ceil((from * POINTS) / SAMPLE_RATE);
	const last = Math.floor((to * POINTS) / SAMPLE_RATE);
	let sum = 0;
	for (let k = first; k <= last; k++) sum += spectrum[k]!;
	return sum / (last - first + 1);
}
