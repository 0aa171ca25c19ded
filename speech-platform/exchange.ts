/** One request and its answer, as often as it may be repeated. */
import { randomUUID } from 'node:crypto';
import { answerError, factsOf, parseJson, statusError, type Subject } from './answers';
import { Budget } from './budget';
import type { SpeechPlatformError } from './errors';
import { asTransportError, canceledError, networkError, tooSoonError } from './faults';
import { LIMITS, type Limits } from './limits';
import { Pace } from './pace';
import { clean, cleanHeaders, KEEP, type Redact } from './redaction';
import { locationOf, type Answer } from './tasks';
import { taskIdIn } from './address';
import type { Technology } from './types';
import { orAborted, sleep } from './time';
import type { HttpResponse, Transport, TransportError, TransportFault } from './transport';
import type { RequestBody } from './upload';
import { Watch } from './watch';

/** The gates of one server that all requests of a run share. */
export interface Paces {
	POST: Pace;
	GET: Pace;
}

export interface ExchangeOptions {
	transport: Transport;
	correlationId: string;
	/** Ends everything at once. */
	signal?: AbortSignal;
	/** Ends everything but the answer to a start that the server has whole: that answer names the task that is charged. */
	ending?: AbortSignal;
	/** Takes a login's values out of a text; a server may repeat what it was sent. */
	redact?: Redact;
	/** Default: gates of one's own. */
	paces?: Paces;
	limits?: Partial<Limits>;
	/** For tests: milliseconds since the epoch. */
	now?: () => number;
	/** For tests. Resolves early when the signal is aborted. */
	sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

export interface Call {
	method: 'GET' | 'POST';
	/** Absolute. */
	url: string;
	technology: Technology;
	taskId?: string;
	/** Makes the body afresh for each repetition. What it throws is passed on. */
	body?: () => Promise<RequestBody>;
	/** Time for all that is not the upload. */
	budget: Budget;
}

/**
 * How another try stands. `refused`: the server certainly did not act on the request. `broken`: the upload broke off,
 * so no server has it whole. `temporary`: it may have acted on it. `odd`: as a final answer, but given by something that
 * is not the API or does not know it.
 */
export type Outlook = 'refused' | 'broken' | 'temporary' | 'odd' | 'final';

export interface Failure {
	error: SpeechPlatformError;
	outlook: Outlook;
}

/** Tries in all. */
const ATTEMPTS = 4;

/** Milliseconds before the first repetition where the server names no time; each further one waits 1.5 times as long. */
export const FIRST_WAIT = 500;

export const GROWTH = 1.5;

export function pacesFor(limits: Limits = LIMITS): Paces {
	return { POST: new Pace(true, limits.refusals), GET: new Pace(false, [1000, 2000, 4000]) };
}

export class Exchange {
	readonly limits: Limits;

	private readonly paces: Paces;

	private readonly redact: Redact;

	/** Either of the two signals. */
	private readonly over: AbortSignal | undefined;

	constructor(private readonly options: ExchangeOptions) {
		const { signal, ending } = options;
		this.over = signal && ending ? AbortSignal.any([signal, ending]) : (signal ?? ending);
		this.limits = { ...LIMITS, ...options.limits };
		this.paces = options.paces ?? pacesFor(this.limits);
		this.redact = options.redact ?? KEEP;
	}

	now(): number {
		return this.options.now ? this.options.now() : Date.now();
	}

	budget(milliseconds: number): Budget {
		return new Budget(milliseconds, () => this.now());
	}

	/** Waits; throws CANCELED at once when the execution is cancelled. */
	async pause(milliseconds: number, taskId?: string): Promise<void> {
		const { correlationId } = this.options;
		if (milliseconds > 0) await (this.options.sleep ?? sleep)(milliseconds, this.over);
		if (this.over?.aborted) throw canceledError({ correlationId, ...(taskId ? { taskId } : {}) });
	}

	/**
	 * Sends once, when the server's rate limit lets it. Failures that tell something about the server are returned, for
	 * the caller to decide.
	 * @throws SpeechPlatformError CANCELED, and what the request's file throws
	 */
	async attempt(call: Call): Promise<Answer | Failure> {
		const subject = this.subjectOf(call);
		const { budget } = call;
		this.throwIfCanceled(subject);
		const pace = this.paces[call.method];
		const clock = {
			now: () => this.now(),
			pause: async (milliseconds: number) => await this.pause(milliseconds, call.taskId),
			leaveOut: (milliseconds: number) => budget.leaveOut(milliseconds),
		};
		const tooLong = await pace.enter(clock, () => budget.left);
		if (tooLong !== undefined) return { error: tooSoonError(tooLong, subject), outlook: 'refused' };
		let response: HttpResponse | undefined;
		try {
			const outcome = await this.exchange(call, subject);
			if ('error' in outcome) return outcome;
			response = outcome;
			return this.judge(outcome, subject);
		} finally {
			pace.leave(response, this.now());
		}
	}

	/**
	 * Sends until there is an answer, the failure is final or may not be repeated, or the time is over.
	 * @throws SpeechPlatformError, and what the request's file throws
	 */
	async repeat(call: Call): Promise<Answer> {
		const isStart = call.method === 'POST';
		const most = isStart ? this.limits.refusals.length + 1 : ATTEMPTS;
		let wait = FIRST_WAIT;
		for (let attempt = 1, broken = 0; ; attempt++) {
			const outcome = await this.attempt(call);
			if (!('error' in outcome)) return outcome;
			const { error, outlook } = outcome;
			if (outlook === 'broken') broken += 1;
			const isAgain = outlook === 'refused' || (isStart ? outlook === 'broken' && broken === 1 : MAY_PASS.has(outlook));
			if (!isAgain || attempt >= triesAfter(error, most)) throw error;
			const pause = this.pauseAfter(error, isStart ? this.limits.refusals[attempt - 1]! : wait, wait);
			const closed = this.paces[call.method].wait(this.now());
			if (Math.max(pause, closed, (error.retryAfter ?? 0) * 1000) >= call.budget.left) throw error;
			await this.pause(pause, call.taskId);
			wait *= GROWTH;
		}
	}

	/**
	 * @param afterRefusal Milliseconds where the server answered, and named no time
	 * @param otherwise Milliseconds where it did not answer
	 */
	private pauseAfter({ code, httpStatus, retryAfter }: SpeechPlatformError, afterRefusal: number, otherwise: number): number {
		// The gate is closed for as long as it has to be.
		if (code === 'RATE_LIMITED') return 0;
		if (retryAfter !== undefined) return Math.max(otherwise, retryAfter * 1000);
		return httpStatus === undefined ? otherwise : afterRefusal;
	}

	private subjectOf({ method, technology, taskId, url }: Call): Subject {
		const { correlationId } = this.options;
		const { host, protocol } = new URL(url);
		return { method, technology, taskId, correlationId, requestId: randomUUID(), host, isEncrypted: protocol === 'https:' };
	}

	private throwIfCanceled(subject: Subject): void {
		if (this.over?.aborted) throw canceledError(factsOf(subject, {}));
	}

	/** @returns an answer of any status, or the failure of having none */
	private async exchange(call: Call, subject: Subject): Promise<HttpResponse | Failure> {
		const { signal, ending } = this.options;
		const canceled = () => canceledError(factsOf(subject, {}));
		let content: RequestBody | undefined;
		let watch: Watch | undefined;
		try {
			content = await orAborted(openBody(call.body, this.over), this.over, canceled);
			watch = new Watch(this.limits, call.budget, content !== undefined, signal, ending);
			content?.watch(watch);
			return await orAborted(this.send(call, subject, content, watch), watch.signal, () => watch?.fault ?? canceled());
		} catch (thrown) {
			if (this.over?.aborted) throw canceled();
			if (thrown instanceof SourceError) throw thrown.cause;
			const sourceError = content?.sourceError();
			if (sourceError !== undefined) throw sourceError as Error;
			return this.failureOf(watch?.fault ?? asTransportError(thrown), subject, content);
		} finally {
			watch?.stop();
			content?.release();
		}
	}

	private async send({ method, url }: Call, subject: Subject, content: RequestBody | undefined, watch: Watch): Promise<HttpResponse> {
		return await this.options.transport.send({
			method,
			url,
			headers: {
				accept: 'application/json',
				'x-correlation-id': subject.correlationId,
				'x-request-id': subject.requestId,
				...content?.headers,
			},
			...(content ? { body: content.body } : {}),
			signal: watch.signal,
			signs: watch,
		});
	}

	private failureOf(fault: TransportError, subject: Subject, content: RequestBody | undefined): Failure {
		const { kind, requestSent, phase } = fault;
		const isPart = content !== undefined && requestSent && kind !== 'aborted' && !content.isTaken();
		const error = networkError(fault, subject, this.redact, isPart ? content.progress() : undefined);
		if (LASTING.has(kind)) return { error, outlook: 'odd' };
		// What stood still for so long would stand still again.
		if (isPart) return { error, outlook: kind === 'timeout' && phase === 'uploading' ? 'final' : 'broken' };
		return { error, outlook: requestSent ? 'temporary' : 'refused' };
	}

	private judge(response: HttpResponse, subject: Subject): Answer | Failure {
		const { status } = response;
		const parsed = parseJson(response.body);
		if (status < 200 || status > 299) {
			const headers = cleanHeaders(response.headers, this.redact);
			const cleaned = { ...response, headers, body: this.redact(response.body) };
			const error = statusError(cleaned, clean(parsed, this.redact), subject, this.now());
			return { error, outlook: outlookOf(error, status, headers) };
		}
		if (parsed !== undefined) return { body: parsed, response, subject, redact: this.redact };
		// A start that was accepted has its task in the header too.
		const isStarted = subject.method === 'POST' && taskIdIn(locationOf(response), subject.technology) !== undefined;
		if (isStarted) return { body: {}, response, subject, redact: this.redact };
		const error = answerError({ ...response, body: this.redact(response.body) }, subject);
		return { error, outlook: error.code === 'NOT_THE_API' ? 'odd' : 'temporary' };
	}
}

/** After which a question may be answered. */
const MAY_PASS: ReadonlySet<Outlook> = new Set<Outlook>(['temporary', 'broken']);

/** Faults that another try meets again, unless something in between has changed. */
const LASTING: ReadonlySet<TransportFault> = new Set<TransportFault>(['tls', 'blocked', 'aborted', 'notHttp']);

/**
 * Tries in all.
 * @param refusals where the server answers
 */
function triesAfter({ code, httpStatus }: SpeechPlatformError, refusals: number): number {
	if (httpStatus !== undefined || code === 'RATE_LIMITED') return refusals;
	// It has taken long enough.
	return code === 'REQUEST_TIMEOUT' ? 2 : ATTEMPTS;
}

/** What the server certainly did not act on: it says so itself, or it did not get all of it. */
const NOT_ACTED_ON: ReadonlySet<number> = new Set([425, 429, 507]);

/** The server has not waited for all of the request. */
const NOT_WAITED_FOR = 408;

function outlookOf({ code, type }: SpeechPlatformError, status: number, headers: HttpResponse['headers']): Outlook {
	if (NOT_ACTED_ON.has(status) || (status === 503 && headers['retry-after'] !== undefined)) return 'refused';
	if (status === NOT_WAITED_FOR) return 'broken';
	if (status >= 500) return 'temporary';
	return code === 'TASK_NOT_FOUND' || type?.startsWith('resource.') ? 'final' : 'odd';
}

/** What the request's file failed with: no matter of the server, so it is passed on as it is. */
class SourceError extends Error {
	constructor(cause: unknown) {
		super('The file could not be read', { cause });
	}
}

async function openBody(body: Call['body'], signal: AbortSignal | undefined): Promise<RequestBody | undefined> {
	let content: RequestBody | undefined;
	try {
		content = await body?.();
	} catch (error) {
		throw new SourceError(error);
	}
	// Cancelled while the file was being opened: nobody waits for it any more, so nothing is sent.
	if (signal?.aborted) content?.release();
	return content;
}
