/** Measures on the samples of speech and of the pauses around it: levels in frames, and samples at the peak. */
import { type Audio, SAMPLE_RATE, type Span } from '../audio';
import { filter, highPass } from '../highPass';

/** Samples per frame: 20 ms. */
const FRAME = 320;
/** Seconds of pauses that are listened to at most. */
const LONGEST_PAUSES = 30;
/** Seconds beside speech that do not count as pause: speech fades in and out there. */
const GUARD = 0.15;

/** An offset, rumble and hum are no noise that harms a voiceprint: what lies below the voice, at 80 Hz, is left out. */
const BELOW_THE_VOICE = highPass(80);

/** Mean power of each whole frame, without what lies below the voice. */
export function framePowers(sound: Float32Array): number[] {
	const samples = sound.slice();
	filter(samples, BELOW_THE_VOICE);
	filter(samples, BELOW_THE_VOICE);
	const powers: number[] = [];
	for (let start = 0; start + FRAME <= samples.length; start += FRAME) {
		let sum = 0;
		for (let i = start; i < start + FRAME; i++) sum += (samples[i] as number) ** 2;
		powers.push(sum / FRAME);
	}
	return powers;
}

/** The pauses between and around stretches of speech, in seconds. */
function pauses(spans: readonly Span[], duration: number): Span[] {
	const edges = [0, ...spans.flatMap(({ start, end }) => [start - GUARD, end + GUARD]), duration];
	const found: Span[] = [];
	for (let i = 0; i < edges.length; i += 2) {
		const [start, end] = [Math.max(0, edges[i] as number), edges[i + 1] as number];
		if (end > start) found.push({ start, end });
	}
	return found;
}

/** Powers of the frames in the pauses; of a long recording, those of a part of every pause. */
export function pausePowers(audio: Audio, spans: readonly Span[]): number[] {
	const found = pauses(spans, audio.length / SAMPLE_RATE);
	const total = found.reduce((sum, { start, end }) => sum + end - start, 0);
	const share = Math.min(1, LONGEST_PAUSES / total);
	return found.flatMap(({ start, end }) => {
		const samples = new Float32Array(Math.floor((end - start) * share * SAMPLE_RATE));
		audio.read(Math.round(start * SAMPLE_RATE), samples);
		return framePowers(samples);
	});
}
