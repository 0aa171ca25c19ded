/** What all of the engine's process works on: sound of one channel, and stretches of it. */

/** Hz; of all sound inside the engine. */
export const SAMPLE_RATE = 16000;

/** A stretch of a recording, in seconds. */
export interface Span {
	start: number;
	end: number;
}

/** A recording of one channel that can be read anywhere, at 16 kHz. */
export interface Audio {
	/** Samples. */
	readonly length: number;
	/**
	 * Fills `target` with the samples from `start` on (samples; may lie before the beginning); whatever lies outside
	 * the recording reads as zero.
	 */
	read(start: number, target: Float32Array): void;
}

/** Seconds to milliseconds precision, without floating-point dust. */
export const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;
