/** A high-pass filter that takes away what is no speech and hides its level: a DC offset, hum, rumble, wind. */
import { SAMPLE_RATE, type Audio } from '../audio';

/** Hz: hum of 50 Hz comes out 24 dB lower from one stage, and a voice is understood without what lies below. */
const CUT_OFF = 200;

/** Second-order Butterworth; `a0` is 1. */
export const HIGH_PASS = (() => {
	const angle = (2 * Math.PI * CUT_OFF) / SAMPLE_RATE;
	const alpha = Math.sin(angle) / Math.SQRT2;
	const scale = 1 / (1 + alpha);
	const b0 = ((1 + Math.cos(angle)) / 2) * scale;
	return { b0, b1: -2 * b0, b2: b0, a1: -2 * Math.cos(angle) * scale, a2: (1 - alpha) * scale };
})();

/** Samples after which the filter has forgotten where it began. */
const SETTLING = 512;

/** One stage over `samples`, in place; it starts as if the first sample had been there for ever. */
function filter(samples: Float32Array): void {
	const { b0, b1, b2, a1, a2 } = HIGH_PASS;
	let x1 = samples[0] ?? 0;
	let x2 = x1;
	let y1 = 0;
	let y2 = 0;
	for (let i = 0; i < samples.length; i++) {
		const x = samples[i] as number;
		const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
		x2 = x1;
		x1 = x;
		y2 = y1;
		y1 = y;
		samples[i] = y;
	}
}

/** The audio without what lies below the voice: 48 dB less hum of 50 Hz. */
export function withoutRumble(audio: Audio): Audio {
	return {
		length: audio.length,
		read(start, target) {
			const lead = Math.min(SETTLING, Math.max(0, start));
			const samples = new Float32Array(lead + target.length);
			audio.read(start - lead, samples);
			// What lies before the beginning reads as zero, and would be a step to the recording's offset.
			const outside = Math.min(samples.length, Math.max(0, lead - start));
			const inside = samples.subarray(outside, Math.max(outside, Math.min(samples.length, audio.length - start + lead)));
			filter(inside);
			filter(inside);
			target.set(samples.subarray(lead));
		},
	};
}
