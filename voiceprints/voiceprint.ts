/** A voiceprint: what a model makes of the voice in some speech. */
export interface Voiceprint extends Side {
	/** ID of the model; voiceprints of different models cannot be compared. */
	model: string;
	/** `[dimension]`, of length one; empty without speech. */
	vector: Float32Array;
}

/** One side of a comparison: what counts for the score beside the vector. */
export interface Side {
	/** Seconds of speech behind it; 0 where there was none. */
	speechLength: number;
	/** Absent where nobody has measured them. */
	conditions?: SpeechConditions | undefined;
}

/** How the speech behind a voiceprint was recorded. */
export interface SpeechConditions {
	/** Whether it came through a telephone, as its spectrum shows: nothing above 4 kHz. */
	narrowBand: boolean;
	/** Signal-to-noise ratio, dB; null where it cannot be told. */
	snr: number | null;
	/** How it resembles the speakers of the model's cohort; null where the model has none. */
	cohort: CohortResemblance | null;
}

/** By how the cohort's speakers sound: through a good microphone, and through a telephone. */
export interface CohortResemblance {
	wide: CohortStatistics;
	narrow: CohortStatistics;
}

/** Of the cosines to those members of the cohort that a voiceprint resembles most. */
export interface CohortStatistics {
	mean: number;
	/** Standard deviation, above 0. */
	deviation: number;
}
