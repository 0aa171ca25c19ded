/**
 * Which parts of the speech go into a voiceprint: windows of bounded length over the speech of a channel, spread
 * evenly over all of it where there is more than is needed.
 */
import { type Audio, SAMPLE_RATE, type Span } from '../audio';

/** Stretches of a channel, in samples, that are joined into one window. */
export type Window = Array<{ start: number; end: number }>;

/** The speech of a channel on a time axis of its own, without the pauses. */
class SpeechAxis {
	/** Stretches in samples of the recording. */
	private readonly stretches: Window;

	/** Samples of speech in all. */
	readonly length: number;

	constructor(spans: readonly Span[]) {
		this.stretches = spans.map(({ start, end }) => ({
			start: Math.round(start * SAMPLE_RATE),
			end: Math.round(end * SAMPLE_RATE),
		}));
		this.length = this.stretches.reduce((sum, { start, end }) => sum + end - start, 0);
	}

	/** The stretches of the recording that hold the speech from `from` to `to`, both in samples of speech. */
	cut(from: number, to: number): Window {
		const window: Window = [];
		let before = 0;
		for (const { start, end } of this.stretches) {
			const first = start + Math.max(0, from - before);
			const last = Math.min(end, start + to - before);
			if (first < last) window.push({ start: first, end: last });
			before += end - start;
			if (before >= to) break;
		}
		return window;
	}
}

/**
 * @param spans speech in seconds, in time order
 * @param maximum seconds of speech to use at most; 0 for all of it
 * @param seconds per window, more or less: one window lasts up to one and a half of it
 * @returns windows of equal length, in time order, not overlapping; together all the speech, or `maximum` of it
 */
export function chooseWindows(spans: readonly Span[], maximum: number, seconds: number): Window[] {
	const axis = new SpeechAxis(spans);
	const used = Math.round(maximum > 0 ? Math.min(axis.length, maximum * SAMPLE_RATE) : axis.length);
	if (used === 0) return [];
	const count = Math.max(1, Math.round(used / (seconds * SAMPLE_RATE)));
	// Each window lies in the middle of its share of the speech; where all is used, window and share are the same.
	const share = axis.length / count;
	const margin = (axis.length - used) / count / 2;
	return Array.from({ length: count }, (_, i) =>
		axis.cut(Math.round(i * share + margin), Math.round((i + 1) * share - margin)),
	);
}

export const samplesOf = (window: Window): number => window.reduce((sum, { start, end }) => sum + end - start, 0);

/** The samples of a window, joined. */
export function readWindow(audio: Audio, window: Window): Float32Array {
	const speech = new Float32Array(samplesOf(window));
	let filled = 0;
	for (const { start, end } of window) {
		audio.read(start, speech.subarray(filled, filled + end - start));
		filled += end - start;
	}
	return speech;
}
