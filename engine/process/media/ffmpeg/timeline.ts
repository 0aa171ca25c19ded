/**
 * Keeps the file's timeline. FFmpeg delivers decoded samples one after the other; where packets are missing or the
 * sound starts late, its timestamps jump. The jumps are logged by the filter below and turned into silence here.
 *
 * FFmpeg's own `aresample=async=1` does the same, but holds a gap's silence in memory: at 48 kHz stereo it fails,
 * without an error, at a gap of 36 minutes. It also throws away all sound after a jump back, as where two recordings
 * of a browser were appended to each other. And its command line hides jumps of more than 10 s in MPEG streams, which
 * is why it runs with `-copyts`: the packets' own times are the truth.
 *
 * Some packets lie. A time that is far off and comes back after less than a second is no jump, so samples behind a jump
 * are held until that is known.
 */
import { SAMPLE_RATE } from '../../audio';
import type { TimelineLog } from './log';
import { LONGEST } from '../limits';

/** Seconds by which time may go back to correct jitter; further back, a new recording was appended. */
const LONGEST_OVERLAP = 1;

/** Seconds; a longer gap is a damaged timestamp, and is reported as one. */
const LONGEST_GAP = LONGEST;

/** Seconds of the timestamps' rounding, which is no gap at the start of the sound. */
const ROUNDING = 0.001;

/**
 * Samples after which a jump takes effect. At the end of a file FFmpeg logs a last jump, to nowhere, and its resampler
 * may still round up to one sample more: no jump happens there.
 */
const SETTLING = 2;

/** Seconds within which a wrong timestamp is followed by right ones: a packet of a stream that stamps only every few. */
const NOISE = 1;

/** Seconds of the last packet: a jump before so little sound cannot be told from a wrong timestamp. */
const LAST_PACKET = 0.15;

/** Seconds; timestamps that differ by less agree. */
const JITTER = 0.1;

/** Seconds; a clock that goes back to near its beginning was started anew, with a recording that was appended. */
const NEW_CLOCK = 5;

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
	/** The frames from `from` to before `to` of interleaved samples. */
	onFrames(samples: Float32Array, from: number, to: number): void;
	onSilence(frames: number): void;
	/** A jump of the timestamps that cannot be followed, and that was left out. @param frames of the jump, back below 0 */
	onJump(frames: number): void;
}

interface Jump {
	/** Samples that were delivered before. */
	at: number;
	/** Samples by which timestamps are ahead of the delivered samples from here on. */
	ahead: number;
}

export class Timeline implements TimelineLog {
	/** Jumps in the log whose samples were not delivered yet. */
	private readonly jumps: Jump[] = [];

	/** Samples behind a jump that may be none. */
	private readonly held: Float32Array[] = [];

	/** Samples that FFmpeg delivered, those that are held included. */
	private received = 0;

	/** Samples that were handed on, or left out. */
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

	/** Where the clock was at the start: `ahead` of the first jump. */
	private start = 0;

	private ended = false;

	/** Samples that are on their way from FFmpeg to here. */
	pending: () => number = () => 0;

	/** Channels of the samples. */
	channels = 1;

	/** @param rate Hz of the samples */
	constructor(
		private readonly sink: TimelineSink,
		private readonly rate = SAMPLE_RATE,
	) {}

	/**
	 * Takes a jump from the log; always before the samples it is about, and after those before it.
	 * @param delivered seconds of sound since the filters were set up
	 * @param ahead seconds by which timestamps are ahead of `delivered` from here on
	 * @param wrap seconds after which the container's clock begins anew; Infinity where it does not
	 */
	addJump(delivered: number, ahead: number, wrap = Infinity): void {
		const at = Math.round(delivered * this.rate);
		// FFmpeg sets up its filters anew where rate or channels change on the way, and they count from 0 again.
		if (at === 0) this.base = this.filters++ === 0 ? 0 : this.received + this.pending();
		const exact = Math.round(ahead * this.rate) - this.base;
		const step = nearest(exact - this.logged, wrap * this.rate);
		const isFirst = at === 0 && this.filters === 1;
		// What the resampler still held when it was set up anew is lost, and is no gap.
		const least = isFirst ? this.samplesOf(ROUNDING) : at === 0 ? this.samplesOf(JITTER) : 0;
		if (Math.abs(step) >= least) this.logged += step;
		if (isFirst) this.start = this.logged;
		this.jumps.push({ at: at === 0 ? this.base : this.base + at + SETTLING, ahead: this.logged });
	}

	/** Leaves out the next samples, and not their time. */
	skip(samples: number): void {
		this.surplus += samples;
	}

	onFrames(samples: Float32Array, frames: number): void {
		this.received += frames;
		if (this.held.length > 0) {
			this.held.push(samples.slice(0, frames * this.channels));
			this.release();
			return;
		}
		const used = this.play(samples, frames);
		if (used < frames) this.held.push(samples.slice(used * this.channels, frames * this.channels));
	}

	/** Hands on what is held: no more samples come. */
	finish(): void {
		this.ended = true;
		this.release();
	}

	private release(): void {
		for (const samples of this.held.splice(0)) {
			const frames = samples.length / this.channels;
			const used = this.held.length > 0 ? 0 : this.play(samples, frames);
			if (used < frames) this.held.push(samples.subarray(used * this.channels));
		}
	}

	/** Hands on samples up to a jump that may be none yet; returns how many. */
	private play(samples: Float32Array, frames: number): number {
		let frame = 0;
		while (frame < frames) {
			while (this.jumps[0] && this.jumps[0].at <= this.delivered) {
				if (!this.isSettled(this.jumps[0])) return frame;
				this.settle(this.jumps.shift()!);
			}
			const until = this.jumps[0] ? Math.min(frames, frame + this.jumps[0].at - this.delivered) : frames;
			this.deliver(samples, frame, until);
			frame = until;
		}
		return frame;
	}

	/** Whether it is known if time comes back after the jump. */
	private isSettled(jump: Jump): boolean {
		return this.ended || this.received >= jump.at + this.samplesOf(NOISE) || jump.ahead === this.ahead;
	}

	/** Follows the jump, unless it is noise: then it is forgotten, with those by which time comes back. */
	private settle(jump: Jump): void {
		const soon = this.jumps.filter(({ at }) => at < Math.min(this.received, jump.at + this.samplesOf(NOISE)));
		const isFirst = this.delivered === 0;
		// At the very start nothing tells where time was before, but it does not go back.
		const back = soon.findLastIndex(({ ahead }) =>
			isFirst ? ahead < jump.ahead - this.samplesOf(LONGEST_OVERLAP) : Math.abs(ahead - this.ahead) < this.samplesOf(JITTER),
		);
		if (back >= 0 && isFirst) this.begin(this.jumps.splice(0, back + 1).at(-1)!);
		else if (back >= 0) this.jumps.splice(0, back + 1);
		else this.jump(jump);
	}

	/** Takes the first time that can be true, where those before it were not. */
	private begin({ ahead }: Jump): void {
		this.start = Math.max(0, ahead);
		this.jump({ at: 0, ahead: this.start });
		this.ahead = ahead;
	}

	private deliver(samples: Float32Array, from: number, to: number): void {
		const skipped = Math.min(to - from, this.surplus);
		this.surplus -= skipped;
		this.delivered += to - from;
		if (from + skipped < to) this.sink.onFrames(samples, from + skipped, to);
	}

	private jump({ at, ahead }: Jump): void {
		const step = ahead - this.ahead - this.surplus;
		const isLast = this.ended && this.received - at < this.samplesOf(LAST_PACKET);
		this.ahead = ahead;
		this.surplus = step < 0 && step >= -this.samplesOf(LONGEST_OVERLAP) ? -step : 0;
		const isBack = step < -this.samplesOf(LONGEST_OVERLAP) && at >= this.samplesOf(NOISE) && !isLast && !this.beginsAnew(at);
		if (step > this.samplesOf(LONGEST_GAP) || isBack || (isLast && step > this.samplesOf(LONGEST_OVERLAP))) this.sink.onJump(step);
		else if (step > 0) this.sink.onSilence(step);
	}

	private samplesOf(seconds: number): number {
		return seconds * this.rate;
	}

	/** Whether the clock is back where it was at the start. */
	private beginsAnew(at: number): boolean {
		return Math.abs(at + this.ahead - this.start) < this.samplesOf(NEW_CLOCK);
	}
}

/** A step of a clock that begins anew after `wrap`: forward or back, whichever is nearer. */
function nearest(step: number, wrap: number): number {
	return wrap === Infinity ? step : step - Math.round(step / wrap) * wrap;
}
