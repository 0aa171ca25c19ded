/** A voiceprint: what a model makes of the voice in some speech. */
export interface Voiceprint {
	/** ID of the model; voiceprints of different models cannot be compared. */
	model: string;
	/** Seconds of speech behind it; 0 where there was none. */
	speechLength: number;
	/** `[dimension]`, of length one; empty without speech. */
	vector: Float32Array;
}
