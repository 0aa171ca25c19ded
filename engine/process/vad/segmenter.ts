/**
 * Speech probabilities → segments: a pure state machine, fed one probability after the other.
 * Speech starts at the onset threshold; it ends where the probability fell below the offset threshold and did not
 * come back to the onset threshold for the minimum silence.
 */
import type { Span } from '../audio';
import type { VadThresholds } from '../../client/protocol';

/** Milliseconds in hops; 70 ms are 7 hops of 10 ms, not 7.000000000000001. */
const inHops = (milliseconds: number, hop: number) => Math.round((milliseconds / 1000 / hop) * 1e6) / 1e6;

export class Segmenter {
	private readonly spans: Span[] = [];

	private position = 0;

	/** Hop where the open span started. */
	private start: number | undefined;

	/** Hop where the silence at the end of the open span started. */
	private silence: number | undefined;

	private readonly minimumSpeech: number;

	private readonly minimumSilence: number;

	/** @param hop seconds per probability */
	constructor(
		private readonly thresholds: VadThresholds,
		private readonly hop: number,
	) {
		this.minimumSpeech = inHops(thresholds.minimumSpeech, hop);
		this.minimumSilence = inHops(thresholds.minimumSilence, hop);
	}

	/** @param probability of the next hop, 0 to 1 */
	push(probability: number): void {
		const { onsetThreshold, offsetThreshold } = this.thresholds;
		if (probability >= onsetThreshold) {
			this.start ??= this.position;
			this.silence = undefined;
		} else if (this.start !== undefined && probability < offsetThreshold) {
			this.silence ??= this.position;
		}
		this.position++;
		if (this.silence !== undefined && this.position - this.silence >= this.minimumSilence) this.close(this.silence);
	}

	/**
	 * @param duration of the recording in seconds; nothing reaches beyond it
	 * @returns the padded spans in time order; spans that padding made touch are one
	 */
	finish(duration: number): Span[] {
		if (this.start !== undefined) this.close(this.silence ?? this.position);
		const before = this.thresholds.paddingBefore / 1000;
		const after = this.thresholds.paddingAfter / 1000;
		const padded = this.spans.map(({ start, end }) => ({
			start: Math.max(0, start - before),
			end: Math.min(duration, end + after),
		}));
		return joinTouching(padded);
	}

	private close(end: number): void {
		const start = this.start as number;
		if (end - start >= this.minimumSpeech) this.spans.push({ start: start * this.hop, end: end * this.hop });
		this.start = undefined;
		this.silence = undefined;
	}
}

function joinTouching(spans: Span[]): Span[] {
	const joined: Span[] = [];
	for (const span of spans) {
		const last = joined.at(-1);
		if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
		else joined.push(span);
	}
	return joined;
}
