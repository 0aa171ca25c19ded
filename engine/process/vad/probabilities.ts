/** Audio → speech probability per chunk of 32 ms, in blocks, so that memory does not grow with the recording. */
import type { Audio } from '../audio';
import { HALFBAND_LEAD } from './halfband';
import type { NarrowModel } from './narrow';
import { SILERO_HOP, type Gain, type SpeechModel } from './speechModel';

/** Chunks per run of the models: enough for full speed, 8 s of audio. */
const BLOCK_CHUNKS = 256;
/** Samples read before and after a block for the models' context and the half-band filter. */
const MARGIN_BEFORE = 96;
const MARGIN_AFTER = 32;

/**
 * After this many seconds without a speech-like chunk the state is forgotten: in long noise it drifts, and the first
 * words after the noise would be missed.
 */
const RESET_AFTER = 5;
const SURELY_SILENT = 0.1;

export interface SileroModels {
	/** The 16 kHz model. */
	wide: SpeechModel;
	/** The 8 kHz model; where given, both are averaged. */
	narrow?: NarrowModel;
}

/**
 * A beep far above full scale deafens the models for seconds: recall is 0.56 after one of +40 dB, 0.95 where it is
 * brought to full scale.
 */
export const FULL_SCALE = 1;

export interface ProbabilityOptions {
	/** Factor on the samples. */
	gain: number;
	/** Forget the state after long silence. */
	resetAfterSilence: boolean;
}

/** Chunks since the last one that could be speech. */
function silenceAtEnd(probabilities: Float32Array, before: number): number {
	for (let i = probabilities.length - 1; i >= 0; i--) {
		if ((probabilities[i] as number) >= SURELY_SILENT) return probabilities.length - 1 - i;
	}
	return before + probabilities.length;
}

/**
 * Runs the models over one block that starts at MARGIN_BEFORE in `buffer`. The narrow one is asked first: it may be at
 * work in another thread while this one is busy with the wide one.
 */
async function runModels({ wide, narrow }: SileroModels, buffer: Float32Array, chunks: number, gain: Gain): Promise<Float32Array> {
	const from = MARGIN_BEFORE - wide.context;
	const second = narrow?.run(buffer.subarray(from - HALFBAND_LEAD), chunks, gain);
	const first = wide.run(buffer.subarray(from, MARGIN_BEFORE + chunks * wide.window), gain);
	// Both, also where one fails: nothing may be at work when the next recording comes.
	await Promise.allSettled([first, second]);
	const [probabilities, others] = await Promise.all([first, second]);
	return others ? probabilities.map((probability, i) => (probability + (others[i] as number)) / 2) : probabilities;
}

/**
 * Speech probabilities (0 to 1) of consecutive chunks of SILERO_HOP seconds; the last chunk is filled up with
 * silence. The models' state starts fresh.
 */
export async function* speechProbabilities(
	audio: Audio,
	models: SileroModels,
	{ gain, resetAfterSilence }: ProbabilityOptions,
): AsyncGenerator<Float32Array, void, void> {
	const { wide, narrow } = models;
	const level = { factor: gain, limit: gain > 1 ? FULL_SCALE : Infinity };
	const reset = () => [wide, narrow].forEach((model) => model?.reset());
	const total = Math.ceil(audio.length / wide.window);
	const whole = new Float32Array(MARGIN_BEFORE + BLOCK_CHUNKS * wide.window + MARGIN_AFTER);
	let silent = 0;
	/** Nothing was heard since the state was forgotten. */
	let isFresh = true;
	/** What the models say of a block of digital silence that they hear first: always the same. */
	let ofSilence: Float32Array | undefined;
	narrow?.expect?.(audio.length);
	reset();
	for (let done = 0; done < total; done += BLOCK_CHUNKS) {
		const chunks = Math.min(BLOCK_CHUNKS, total - done);
		const buffer = whole.subarray(0, MARGIN_BEFORE + chunks * wide.window + MARGIN_AFTER);
		audio.read(done * wide.window - MARGIN_BEFORE, buffer);
		// A file can say that hours of it are silence; they need no models.
		const isSilence = isFresh && chunks === BLOCK_CHUNKS && buffer.every((sample) => sample === 0);
		const probabilities = (isSilence && ofSilence?.slice()) || (await runModels(models, buffer, chunks, level));
		// Only where the state is forgotten behind it: a block that is left out leaves no state.
		if (isSilence && silenceAtEnd(probabilities, 0) * SILERO_HOP >= RESET_AFTER) ofSilence ??= probabilities.slice();
		silent = silenceAtEnd(probabilities, silent);
		isFresh = resetAfterSilence && silent * SILERO_HOP >= RESET_AFTER;
		if (isFresh) reset();
		yield probabilities;
	}
}
