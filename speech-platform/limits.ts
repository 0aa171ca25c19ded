/** How long the parts of an exchange may take, in milliseconds. */
export interface Limits {
	/** Until the connection stands. */
	connect: number;
	/** Of an upload without a byte being taken; longer on a line whose own pauses are long. */
	uploadSilence: number;
	/** From the last byte of an upload until its answer begins. */
	acceptance: number;
	/** From a question until its answer begins. */
	answer: number;
	/** Within an answer, without a byte. */
	answerSilence: number;
	/** From the first byte of an answer to its last. */
	wholeAnswer: number;
	/** Of a single look at a task, with its repetitions. */
	look: number;
	/** Before a start request that met a rate limit is repeated, where the server names no time. */
	refusals: number[];
}

export const LIMITS: Limits = {
	connect: 15_000,
	uploadSilence: 60_000,
	acceptance: 300_000,
	answer: 30_000,
	answerSilence: 30_000,
	wholeAnswer: 120_000,
	look: 60_000,
	refusals: [5000, 10_000, 20_000, 40_000],
};
