/** The waveform as a picture shows it: the lowest and highest sample of each column. */
import type { Audio } from '../../audio';

/** Samples read at a time. */
const BLOCK = 65_536;

export interface Peaks {
	/** Of each column; silence where the recording has no sample for it. */
	low: Float32Array;
	high: Float32Array;
}

/** Each sample is looked at once, in blocks, so memory does not grow with the recording. */
export function peaksOf(audio: Audio, columns: number): Peaks {
	const peaks = { low: new Float32Array(columns), high: new Float32Array(columns) };
	const block = new Float32Array(BLOCK);
	const startOf = (column: number) => Math.floor((column * audio.length) / columns);
	let column = 0;
	let end = startOf(1);
	for (let start = 0; start < audio.length; start += BLOCK) {
		const samples = block.subarray(0, Math.min(BLOCK, audio.length - start));
		audio.read(start, samples);
		for (let i = 0; i < samples.length; ) {
			const to = Math.min(samples.length, end - start);
			// In numbers of its own: several times faster than in the arrays.
			let [low, high] = [peaks.low[column]!, peaks.high[column]!];
			for (; i < to; i++) {
				const sample = samples[i]!;
				if (sample < low) low = sample;
				if (sample > high) high = sample;
			}
			peaks.low[column] = low;
			peaks.high[column] = high;
			// Of a recording with fewer samples than columns, some have none.
			while (start + i >= end && column < columns - 1) end = startOf(++column + 1);
		}
	}
	return peaks;
}

/** Amplification, 30 dB: noise is not to look like sound. */
const MOST_GAIN = 32;
/** Share of the columns that may be higher than the picture: a click is not to make the speech flat. */
const CLIPPED = 0.005;

/** What fills the picture's height with the recording's own level. */
export function gainOf({ low, high }: Peaks): number {
	const heights = low.map((value, i) => Math.max(-value, high[i]!)).sort();
	const tall = heights[Math.floor((heights.length - 1) * (1 - CLIPPED))] ?? 0;
	return Math.min(MOST_GAIN, 1 / Math.max(tall, 1e-9));
}
