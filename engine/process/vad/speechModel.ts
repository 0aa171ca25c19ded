/** A model that gives the probability of speech, chunk after chunk, and remembers what it heard. */
export interface SpeechModel {
	/** Samples per chunk. */
	readonly window: number;

	/** Samples before each chunk that the model sees again. */
	readonly context: number;

	/** Forgets what was heard; to be called before each recording. */
	reset(): void;

	/**
	 * @param audio `context + n * window` samples, -1 to 1: the samples before the run (zeros at the start of the
	 *   recording), then the run itself
	 * @returns n speech probabilities
	 */
	run(audio: Float32Array): Promise<Float32Array>;
}

/** Seconds of audio behind each speech probability of the Silero models, at both sample rates. */
export const SILERO_HOP = 0.032;

/** Hz of the sound that a Silero model takes. */
export type SileroRate = 16000 | 8000;
