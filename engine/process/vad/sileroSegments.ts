/**
 * Silero's own way from probabilities to segments (`get_speech_timestamps` of silero-vad 6.2 with its defaults and
 * no limit on segment length), segment for segment. Works in samples at 16 kHz, as the original does.
 */
import type { VadThresholds } from '../../client/protocol';
import { SAMPLE_RATE, type Span } from '../audio';

/** Samples per probability. */
const WINDOW = 512;

const samples = (milliseconds: number) => (SAMPLE_RATE * milliseconds) / 1000;

/** Speech before padding, in samples. */
function rawSpans(probabilities: ArrayLike<number>, length: number, thresholds: VadThresholds): Span[] {
	const spans: Span[] = [];
	const minimumSpeech = samples(thresholds.minimumSpeech);
	const minimumSilence = samples(thresholds.minimumSilence);
	let start: number | undefined;
	let silence: number | undefined;
	const keep = (from: number, end: number) => {
		if (end - from > minimumSpeech) spans.push({ start: from, end });
	};
	for (let i = 0; i < probabilities.length; i++) {
		const probability = probabilities[i] as number;
		const now = i * WINDOW;
		if (probability >= thresholds.onsetThreshold) {
			silence = undefined;
			start ??= now;
		} else if (start !== undefined && probability < thresholds.offsetThreshold) {
			silence ??= now;
			if (now - silence >= minimumSilence) {
				keep(start, silence);
				start = undefined;
				silence = undefined;
			}
		}
	}
	if (start !== undefined) keep(start, length);
	return spans;
}

/** Adds padding; two spans closer than twice the padding share the silence between them. In place, in samples. */
function pad(spans: Span[], length: number, padding: number): void {
	const [first] = spans;
	if (first) first.start = Math.max(0, first.start - padding);
	spans.forEach((span, i) => {
		const next = spans[i + 1];
		const gap = next ? next.start - span.end : Infinity;
		if (next && gap < 2 * padding) {
			const half = Math.floor(gap / 2);
			span.end += half;
			next.start = Math.max(0, next.start - half);
		} else {
			span.end = Math.min(length, span.end + padding);
			if (next) next.start = Math.max(0, next.start - padding);
		}
	});
}

/**
 * @param probabilities of consecutive windows of 512 samples at 16 kHz
 * @param length of the recording in samples at 16 kHz
 * @returns spans in seconds
 */
export function sileroSegments(probabilities: ArrayLike<number>, length: number, thresholds: VadThresholds): Span[] {
	const spans = rawSpans(probabilities, length, thresholds);
	pad(spans, length, samples(thresholds.paddingBefore));
	return spans.map(({ start, end }) => ({ start: start / SAMPLE_RATE, end: end / SAMPLE_RATE }));
}
