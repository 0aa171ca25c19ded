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

export const SAMPLE_RATE = 16000;
