/**
 * Watches an exchange and ends it where a part of it takes too long. HTTP clients count from the start of a request to
 * the first byte of its answer, so that a long upload looks to them like a server that is silent.
 */
import type { Budget } from './budget';
import type { Limits } from './limits';
import { seconds } from './time';
import { TransportError, type SignsOfLife } from './transport';

type Phase = 'connecting' | 'uploading' | 'waiting' | 'reading';

/** How many times longer than its longest pause so far an upload may be silent. */
const PATIENCE = 5;

/** Bytes that streams may hold before there is a connection; more can only have gone out. */
const MOST_BEFORE_CONNECTION = 2 ** 20;

/** Milliseconds for the answer to a start whose task nobody will wait for. */
const LAST_ANSWER = 5000;

const LONGEST_TIMER = 2 ** 31 - 1;

const EXPLANATIONS: Record<Phase, (limit: string) => string> = {
	connecting: (limit) => `No connection was made within ${limit}`,
	uploading: (limit) => `No byte of the upload was taken for ${limit}`,
	waiting: (limit) => `No answer began within ${limit}`,
	reading: (limit) => `The answer did not come to its end within ${limit}`,
};

export class Watch implements SignsOfLife {
	/** Aborted where a limit is reached, and where the caller's own signal is. */
	readonly signal: AbortSignal;

	/** Set where a limit was reached. */
	fault: TransportError | undefined;

	private readonly end = new AbortController();

	private phase: Phase | undefined;

	private began = 0;

	private lastSign = 0;

	private longestPause = 0;

	private silence = Infinity;

	private whole = Infinity;

	private timer: NodeJS.Timeout | undefined;

	/** Whether the whole upload was handed to the connection. */
	private allTaken = false;

	/** Milliseconds that what the system holds of the upload by then may need. */
	private underWay = 0;

	/**
	 * @param hasUpload Whether bytes go to the server before its answer can begin.
	 * @param outer Ends the exchange at once.
	 * @param ending Ends it too, unless the server has the whole upload: then its answer names the task that is charged.
	 */
	constructor(
		private readonly limits: Limits,
		private readonly budget: Budget,
		private readonly hasUpload: boolean,
		private readonly outer: AbortSignal | undefined,
		private readonly ending: AbortSignal | undefined,
	) {
		this.signal = this.end.signal;
		outer?.addEventListener('abort', this.onOuterAbort);
		ending?.addEventListener('abort', this.onEnding);
		if (outer?.aborted) this.onOuterAbort();
		this.enter(hasUpload ? 'uploading' : 'waiting');
	}

	connecting(): void {
		this.enter('connecting');
	}

	connected(): void {
		if (this.phase === 'connecting') this.enter(this.hasUpload && !this.allTaken ? 'uploading' : 'waiting');
	}

	/**
	 * A part of the upload was taken.
	 * @param bytes In all so far.
	 */
	taken(bytes: number): void {
		const now = performance.now();
		if (bytes > MOST_BEFORE_CONNECTION) this.connected();
		if (this.phase === 'uploading') this.longestPause = Math.max(this.longestPause, now - this.lastSign);
		this.lastSign = now;
	}

	/**
	 * The last part of the upload was taken.
	 * @param underWay Milliseconds that what the system still holds of it may need.
	 */
	uploaded(underWay: number): void {
		this.allTaken = true;
		this.budget.leaveOut(underWay);
		this.underWay = underWay;
		if (this.phase === 'uploading') this.enter('waiting');
	}

	answering(): void {
		if (this.phase === 'reading') this.lastSign = performance.now();
		else this.enter('reading');
	}

	/** To be called when the exchange is over, however it ended. */
	stop(): void {
		this.leave();
		this.phase = undefined;
		clearTimeout(this.timer);
		this.outer?.removeEventListener('abort', this.onOuterAbort);
		this.ending?.removeEventListener('abort', this.onEnding);
	}

	private readonly onOuterAbort = () => this.end.abort();

	private readonly onEnding = () => {
		if (!this.allTaken) return this.end.abort();
		this.whole = Math.min(this.whole, performance.now() - this.began + LAST_ANSWER);
		this.look();
	};

	private enter(phase: Phase): void {
		this.leave();
		const { connect, uploadSilence, acceptance, answer, answerSilence, wholeAnswer } = this.limits;
		const begin = this.hasUpload ? acceptance + this.underWay : answer;
		const [silence, whole] = {
			connecting: [Infinity, connect],
			uploading: [uploadSilence, Infinity],
			waiting: [Infinity, begin],
			reading: [answerSilence, wholeAnswer],
		}[phase] as [number, number];
		this.phase = phase;
		this.silence = silence;
		// An upload takes as long as it takes; all else is the server's time.
		this.whole = phase === 'uploading' ? whole : Math.min(whole, Math.max(0, this.budget.left));
		this.began = this.lastSign = performance.now();
		this.look();
	}

	private leave(): void {
		if (this.phase === 'uploading') this.budget.leaveOut(performance.now() - this.began);
	}

	/** Ends the exchange where it is due, or looks again when it can be. */
	private readonly look = () => {
		clearTimeout(this.timer);
		const silence = this.phase === 'uploading' ? Math.max(this.silence, PATIENCE * this.longestPause) : this.silence;
		const now = performance.now();
		const left = Math.min(this.lastSign + silence, this.began + this.whole) - now;
		if (left <= 0) return this.expire(this.began + this.whole <= now ? this.whole : silence);
		if (left === Infinity) return;
		this.timer = setTimeout(this.look, Math.min(Math.ceil(left), LONGEST_TIMER));
	};

	private expire(limit: number): void {
		const phase = this.phase!;
		const message = EXPLANATIONS[phase](seconds(limit));
		this.fault = new TransportError('timeout', message, { requestSent: phase !== 'connecting', phase });
		this.end.abort();
	}
}
