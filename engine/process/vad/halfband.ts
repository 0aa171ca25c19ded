/** 16 kHz → 8 kHz for the 8 kHz model: a linear-phase half-band low-pass, every other sample kept. */

/** Samples the filter reaches to each side of its centre. */
export const HALFBAND_REACH = 31;

/** Every other tap but the centre of a half-band filter is zero; these are the odd ones, centre outwards. */
const TAPS = (() => {
	const taps: number[] = [];
	for (let offset = 1; offset <= HALFBAND_REACH; offset += 2) {
		const ideal = Math.sin((Math.PI * offset) / 2) / (Math.PI * offset);
		const phase = (Math.PI * (offset + HALFBAND_REACH)) / HALFBAND_REACH;
		const blackman = 0.42 - 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase);
		taps.push(ideal * blackman);
	}
	const sum = 2 * taps.reduce((total, tap) => total + tap, 0);
	return Float32Array.from(taps, (tap) => (tap / sum) * 0.5);
})();

/**
 * @param input samples at 16 kHz, with at least HALFBAND_REACH samples to both sides of what is asked for
 * @param first index in `input` of the first sample to keep
 * @param output as many samples at 8 kHz as are wanted
 */
export function halveSampleRate(input: Float32Array, first: number, output: Float32Array): void {
	for (let j = 0; j < output.length; j++) {
		const centre = first + 2 * j;
		let sum = 0.5 * (input[centre] as number);
		for (let t = 0; t < TAPS.length; t++) {
			const offset = 2 * t + 1;
			sum += (TAPS[t] as number) * ((input[centre - offset] as number) + (input[centre + offset] as number));
		}
		output[j] = sum;
	}
}
