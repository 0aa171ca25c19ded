/** The level of the speech in a recording whose loudest sounds are none: found by listening to a few places. */
import type { Audio } from '../audio';
import { gainFor, WINDOW_SAMPLES, type LevelMeter, type Loudness } from './level';
import { FULL_SCALE } from './probabilities';
import type { SpeechModel } from './speechModel';

/** Places of one loudness that are listened to at most. */
const PLACES = 4;
/** Chunks of 32 ms before a place that the model hears first, and chunks of a place. */
const LEAD = 16;
const CHUNKS = 16;
const SPEECH = 0.5;
/** Chunks that have to be speech at least, and share of them. */
const FEWEST = 6;
const LEAST = 0.25;
/** Speech is at most so much quieter than its loudest half seconds, dB. */
const BELOW_THE_LOUDEST = 12;

/** Chunks of a place that are speech, where it is brought to the models' level. */
async function speechAt(place: number, gain: number, audio: Audio, model: SpeechModel): Promise<number> {
	const start = Math.max(0, place + WINDOW_SAMPLES / 2 - (LEAD + CHUNKS / 2) * model.window);
	const samples = new Float32Array(model.context + (LEAD + CHUNKS) * model.window);
	audio.read(start - model.context, samples);
	model.reset();
	const probabilities = await model.run(samples, { factor: gain, limit: FULL_SCALE });
	return probabilities.subarray(LEAD).filter((probability) => probability >= SPEECH).length;
}

async function isSpeech({ level, places }: Loudness, audio: Audio, model: SpeechModel): Promise<boolean> {
	const step = Math.max(1, places.length / PLACES);
	let heard = 0;
	let speech = 0;
	for (let i = 0; i < places.length; i += step) {
		speech += await speechAt(places[Math.floor(i)] as number, gainFor(level), audio, model);
		heard += CHUNKS;
	}
	return speech >= FEWEST && speech >= LEAST * heard;
}

/**
 * Goes down from the loudest sounds to the first that are speech.
 * @param model the 16 kHz model; its state is lost
 * @returns dBFS, as `LevelMeter.level` measures it; undefined where nothing is speech
 */
export async function speechLevel(audio: Audio, meter: LevelMeter, model: SpeechModel): Promise<number | undefined> {
	for (const loudness of meter.loudnesses()) {
		if (!(await isSpeech(loudness, audio, model))) continue;
		return Math.max(meter.levelUpTo(loudness.level), loudness.level - BELOW_THE_LOUDEST);
	}
	return undefined;
}
