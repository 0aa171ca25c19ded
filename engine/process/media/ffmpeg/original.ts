/**
 * The sound of a file at the rate at which it is decoded, beside what is resampled of it: the same timeline and the same
 * range, in samples of that rate. Whatever goes wrong ends this alone, and the file can be decoded once more for it.
 */
import type { BlockSinks } from '../channels';
import { RANGE_END, type RangeCut } from '../rangeCut';
import { Timeline } from './timeline';

/** What is known of the sound when it begins. */
export interface OriginalFormat {
	/** Hz. */
	rate: number;
	/** FFmpeg's name. */
	codec: string;
}

/** Takes the sound of a file at its own rate. */
export interface OriginalSink {
	/** Sound begins, perhaps once more: what came before is void. @returns undefined where it is not wanted */
	begin(format: OriginalFormat): BlockSinks | undefined;
	/** All of it came. */
	end(): void;
	/** No more comes, and not all of it came. */
	abandon(): void;
}

/** Where the sound lies on the file's timeline. */
export interface OriginalStart extends OriginalFormat {
	channels: number;
	/** Seconds of the timeline that were skipped by seeking; of sound before its zero; of silence before the sound. */
	seek: number;
	priming: number;
	lead: number;
}

type Jump = Parameters<Timeline['addJump']>;

export class Original {
	/** Jumps in the log before the first samples. */
	private readonly early: Jump[] = [];

	private timeline: Timeline | undefined;

	private cut: RangeCut | undefined;

	/** How often FFmpeg set up its filters. */
	private filters = 0;

	/** @param model what is cut of the timeline, at another rate */
	constructor(
		private readonly sink: OriginalSink,
		private readonly model: RangeCut,
	) {}

	/** As `Timeline.addJump`. */
	addJump(...jump: Jump): void {
		// Set up anew: from there on FFmpeg may have resampled it.
		if (jump[0] === 0 && this.filters++ > 0) this.abandon();
		else if (this.timeline) this.timeline.addJump(...jump);
		else this.early.push(jump);
	}

	/** To be called before the first samples. */
	begin({ rate, codec, channels, seek, priming, lead }: OriginalStart): void {
		const sinks = this.sink.begin({ rate, codec });
		if (!sinks) return;
		this.guard(() => {
			const cut = this.model.atRate(rate, sinks);
			this.timeline = new Timeline(cut, rate);
			this.timeline.channels = channels;
			for (const jump of this.early) this.timeline.addJump(...jump);
			this.cut = cut;
			cut.begin(seek * rate - Math.round(priming * rate), undefined);
			cut.onChannels(channels);
			const silence = Math.round(lead * rate);
			if (silence > 0) cut.onSilence(silence);
		});
	}

	onFrames(samples: Float32Array, frames: number): void {
		if (this.cut && !this.cut.isOver) this.guard(() => this.timeline!.onFrames(samples, frames));
	}

	/** @param isStopped the end of the range was reached, elsewhere */
	finish(isStopped: boolean): void {
		this.guard(() => {
			if (!isStopped && this.cut && !this.cut.isOver) this.timeline!.finish();
		});
		const { cut } = this;
		if (!cut) return;
		if (isStopped && !cut.isOver) this.abandon();
		else this.guard(() => {
			cut.finish();
			this.sink.end();
		});
	}

	private guard(work: () => void): void {
		try {
			work();
		} catch (reason) {
			if (reason !== RANGE_END) this.abandon();
		}
	}

	private abandon(): void {
		this.timeline = undefined;
		this.cut = undefined;
		this.sink.abandon();
	}
}
