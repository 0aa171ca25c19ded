/**
 * When requests may go to a server that limits their rate. All requests of one run of a node go through the same gate: a
 * start request that is refused has carried its whole file for nothing, so what one answer says of the limit holds for
 * all requests after it.
 */
import { isWholeSeconds, rateLimit, serverWait, wordedLimit, type WindowLimit } from './rateLimit';
import type { HttpResponse } from './transport';

export interface PaceClock {
	now(): number;
	/** Throws where the execution is cancelled. */
	pause(milliseconds: number): Promise<void>;
	/** Takes milliseconds in which another request of this run was waited for, and not the server. */
	leaveOut(milliseconds: number): void;
}

/** Milliseconds by which a time in whole seconds may be too early. */
const ROUNDING = 1000;

/** How much longer than what is left of it a window is taken to be. */
const MARGIN = 1.1;

export class Pace {
	/** Requests that may go before another answer is heard. */
	private free: number;

	/** Milliseconds since the epoch; 0 where nothing is known. */
	private opensAt = 0;

	/** Whether the server itself named that time. */
	private isTold = false;

	/** Refused in a row. */
	private refusals = 0;

	/** Known only where the server has refused, and needed where its good answers do not say how much is left. */
	private limit: WindowLimit | undefined;

	private underWay = 0;

	/** When good answers came. */
	private accepted: number[] = [];

	private waiting: Array<() => void> = [];

	/**
	 * @param firstAlone Whether the first request goes alone, so that its answer tells of a limit before others go.
	 * @param waits Milliseconds to wait after each refusal in a row that names no time.
	 */
	constructor(
		private readonly firstAlone: boolean,
		private readonly waits: number[],
	) {
		this.free = firstAlone ? 1 : Infinity;
	}

	/** Milliseconds until the server takes a request, as far as is known. */
	wait(now: number): number {
		return Math.max(0, this.opensAt - now);
	}

	/**
	 * Resolves when a request may go, which is then under way; each must `leave`.
	 * @param longest Gives the milliseconds that the server may be waited for.
	 * @returns milliseconds until the server takes a request, where that is too long; else undefined
	 */
	async enter(clock: PaceClock, longest: () => number): Promise<number | undefined> {
		for (;;) {
			const wait = this.opensAt - clock.now();
			const isTooLong = wait > Math.max(0, longest());
			if (isTooLong && this.isTold) return wait;
			if (wait > 0 && !isTooLong) {
				await clock.pause(wait);
			} else if (this.takeTurn()) {
				return undefined;
			} else {
				const before = performance.now();
				await new Promise<void>((resolve) => this.waiting.push(resolve));
				clock.leaveOut(performance.now() - before);
				await clock.pause(0);
			}
		}
	}

	/**
	 * The request is over.
	 * @param response Absent where there was none.
	 */
	leave(response: HttpResponse | undefined, now: number): void {
		this.underWay -= 1;
		if (response?.status === 429) this.refused(response, now);
		else if (response && response.status >= 200 && response.status <= 299) this.passed(response, now);
		else this.free = Math.max(this.free, 1);
		for (const wake of this.waiting.splice(0)) wake();
	}

	private takeTurn(): boolean {
		if (this.opensAt > 0) {
			this.opensAt = 0;
			this.free = Math.max(this.free, 1);
		}
		if (this.free < 1) return false;
		this.free -= 1;
		this.underWay += 1;
		return true;
	}

	/** Nothing is left of the server's window, whatever else it says. */
	private refused({ headers, body }: HttpResponse, now: number): void {
		const told = serverWait(headers, now, 0);
		const worded = wordedLimit(body);
		const named = told ?? worded?.windowMs ?? this.waits[Math.min(this.refusals, this.waits.length - 1)]!;
		// A time in whole seconds may have been too early; one of 0 would make us ask without a pause.
		const wait = this.refusals > 0 ? Math.max(named, ROUNDING) : named;
		const windowMs = Math.max(wait * MARGIN, this.limit?.windowMs ?? 0);
		const requests = Math.max(1, this.accepted.filter((at) => at > now - windowMs).length);
		this.limit = worded ?? { requests: Math.min(requests, this.limit?.requests ?? Infinity), windowMs };
		this.refusals += 1;
		this.close(now + wait, true);
	}

	private passed({ headers }: HttpResponse, now: number): void {
		this.refusals = 0;
		this.accepted = [...this.accepted.slice(-1000), now];
		const { remaining } = rateLimit(headers, now);
		const wait = serverWait(headers, now);
		if (remaining !== undefined && wait !== undefined) {
			this.close(now + wait + (this.firstAlone && isWholeSeconds(headers) ? ROUNDING : 0), true);
		} else if (remaining !== undefined) {
			this.free = Math.max(0, remaining - this.underWay);
			if (this.free + this.underWay === 0) this.free = 1;
		} else if (this.limit) {
			this.keepTo(this.limit, now);
		} else {
			this.free = Infinity;
		}
	}

	/** Where the server's good answers say nothing. */
	private keepTo({ requests, windowMs }: WindowLimit, now: number): void {
		const recent = this.accepted.filter((at) => at > now - windowMs);
		this.free = Math.max(0, requests - recent.length - this.underWay);
		if (this.free === 0) this.close(recent[0]! + windowMs, false);
	}

	private close(until: number, isTold: boolean): void {
		this.free = 0;
		this.isTold = isTold && (this.isTold || until >= this.opensAt);
		this.opensAt = Math.max(this.opensAt, until, 1);
	}
}
