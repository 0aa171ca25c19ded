/**
 * Keeps the file's timeline. FFmpeg delivers decoded samples one after the other; where packets are missing or the
 * sound starts late, its timestamps jump. The jumps are logged by the filter below and turned into silence here.
 *
 * FFmpeg's own `aresample=async=1` does the same, but holds a gap's silence in memory: at 48 kHz stereo it fails,
 * without an error, at a gap of 36 minutes. It also throws away all sound after a jump back, as where two recordings
 * of a browser were appended to each other.
 */
import { SAMPLE_RATE } from '../../audio';
import type { TimelineLog } from './log';
import { LONGEST } from '../limits';
import type { FrameSink } from './wavOutput';

/** Samples by which time may go back to correct jitter; further back, a new recording was appended. */
const LONGEST_OVERLAP = SAMPLE_RATE;

/** Samples; a longer gap is a damaged timestamp, and is reported as one. */
const LONGEST_GAP = LONGEST * SAMPLE_RATE;

/** Samples of the timestamps' rounding, which is no gap at the start of the sound. */
const ROUNDING = SAMPLE_RATE / 1000;

/**
 * Samples after which a jump takes effect. At the end of a file FFmpeg logs a last jump, to nowhere, and its resampler
 * may still round up to one sample more: no jump happens there.
 */
const SETTLING = 2;

/**
 * FFmpeg filter, to stand before the resampler, that logs where the sound starts and each jump as three numbers (level
 * 40 is `verbose`): the mark, seconds of sound delivered so far, and by how many seconds the timestamps are ahead of
 * that. Less than 0.1 s is jitter.
 * @param mark by which the numbers are told from what a file makes FFmpeg print
 */
export const timelineFilter = (mark: number): string =>
	"asetpts='if(not(NB_CONSUMED_SAMPLES)+gt(abs(PTS-NB_CONSUMED_SAMPLES-ld(0)),SR*0.1)," +
	`print(${mark},40);print(NB_CONSUMED_SAMPLES/SR,40);st(0,PTS-NB_CONSUMED_SAMPLES);print(ld(0)/SR,40));` +
	"NB_CONSUMED_SAMPLES'";

/** Where samples and silence go, in the order of the timeline. */
export interface TimelineSink {
	onChannels(channels: number): void;
	/** The frames from `from` to before `to` of interleaved samples. */
	onFrames(samples: Float32Array, from: number, to: number): void;
	onSilence(frames: number): void;
	/** A jump of the timestamps that cannot be true, and that was left out. @param frames of the jump */
	onImpossibleJump(frames: number): void;
}

interface Jump {
	/** Samples that were delivered before. */
	at: number;
	/** Samples by which timestamps are ahead of the delivered samples from here on. */
	ahead: number;
}

export class Timeline implements FrameSink, TimelineLog {
	/** Jumps in the log whose samples were not delivered yet. */
	private readonly jumps: Jump[] = [];

	/** Samples that FFmpeg delivered. */
	private delivered = 0;

	private ahead = 0;

	/** Samples that are yet to be left out after a small jump back. */
	private surplus = 0;

	/** How often FFmpeg set up its filters. */
	private filters = 0;

	/** Samples that were delivered before the present filters were set up. */
	private base = 0;

	/** `ahead` of the latest jump in the log, which runs before the samples. */
	private logged = 0;

	private readonly sink: TimelineSink;

	constructor(sink: TimelineSink) {
		this.sink = sink;
	}

	/**
	 * Takes a jump from the log; always before the samples it is about.
	 * @param delivered seconds of sound since the filters were set up
	 * @param ahead seconds by which timestamps are ahead of `delivered` from here on
	 */
	addJump(delivered: number, ahead: number): void {
		const at = Math.round(delivered * SAMPLE_RATE);
		const exact = Math.round(ahead * SAMPLE_RATE);
		// FFmpeg sets up its filters anew where rate or channels change on the way, and they count from 0 again.
		if (at === 0) this.filters++;
		const offset = at === 0 && this.filters === 1 && Math.abs(exact) < ROUNDING ? 0 : exact;
		// Filters that were set up again count from 0; what came before them is taken to have no gap at its end.
		if (at === 0 && this.filters > 1) this.base = offset - this.logged;
		this.logged = offset - this.base;
		this.jumps.push({ at: at === 0 ? this.base : this.base + at + SETTLING, ahead: this.logged });
	}

	onChannels(channels: number): void {
		this.sink.onChannels(channels);
	}

	onFrames(samples: Float32Array, frames: number): void {
		let frame = 0;
		while (frame < frames) {
			while (this.jumps[0] && this.jumps[0].at <= this.delivered) this.jump(this.jumps.shift()!);
			const until = this.jumps[0] ? Math.min(frames, frame + this.jumps[0].at - this.delivered) : frames;
			this.deliver(samples, frame, until);
			frame = until;
		}
	}

	private deliver(samples: Float32Array, from: number, to: number): void {
		const skipped = Math.min(to - from, this.surplus);
		this.surplus -= skipped;
		this.delivered += to - from;
		if (from + skipped < to) this.sink.onFrames(samples, from + skipped, to);
	}

	private jump({ ahead }: Jump): void {
		const step = ahead - this.ahead - this.surplus;
		this.ahead = ahead;
		this.surplus = step < 0 && step >= -LONGEST_OVERLAP ? -step : 0;
		if (step > LONGEST_GAP) this.sink.onImpossibleJump(step);
		else if (step > 0) this.sink.onSilence(step);
	}
}
