/** What a model does to samples before it hears them: brings the recording to its level. */
export interface Gain {
	/** Multiplied with. */
	factor: number;
	/** What is beyond it on either side is brought to it. */
	limit: number;
}

export const AS_IT_IS: Gain = { factor: 1, limit: Infinity };

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
	 * @param gain absent: as it is
	 * @returns n speech probabilities
	 */
	run(audio: Float32Array, gain?: Gain): Promise<Float32Array>;
}

export const SILERO_MODEL = 'silero-vad-6.2';

/** Seconds of audio behind each speech probability of the Silero models, at both sample rates. */
export const SILERO_HOP = 0.032;

/** Hz of the sound that a Silero model takes. */
export type SileroRate = 16000 | 8000;
