/** High-pass filters, which take away what is no speech and hides its level: an offset, hum, rumble, wind. */
import { SAMPLE_RATE, type Audio } from './audio';

/** Of a second-order high-pass; `a0` is 1, `b1` is -2 `b0`, `b2` is `b0`. */
export interface Coefficients {
	b0: number;
	b1: number;
	b2: number;
	a1: number;
	a2: number;
}

/** Butterworth. @param cutOff Hz */
export function highPass(cutOff: number): Coefficients {
	const angle = (2 * Math.PI * cutOff) / SAMPLE_RATE;
	const alpha = Math.sin(angle) / Math.SQRT2;
	const scale = 1 / (1 + alpha);
	const b0 = ((1 + Math.cos(angle)) / 2) * scale;
	return { b0, b1: -2 * b0, b2: b0, a1: -2 * Math.cos(angle) * scale, a2: (1 - alpha) * scale };
}

/** Hum of 50 Hz comes out 24 dB lower, and a voice is understood without what lies below. */
export const VOICE_ONLY = highPass(200);

/** Samples after which such a filter has forgotten where it began. */
const SETTLING = 512;

/** Filters in place; starts as if the first sample had been there for ever. */
export function filter(samples: Float32Array, { b0, b1, b2, a1, a2 }: Coefficients): void {
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
			filter(inside, VOICE_ONLY);
			filter(inside, VOICE_ONLY);
			target.set(samples.subarray(lead));
		},
	};
}
