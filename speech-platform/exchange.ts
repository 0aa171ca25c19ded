/** One request and its answer, as often as it may be repeated. */
import { randomUUID } from 'node:crypto';
import { answerError, factsOf, parseJson, statusError, type Subject } from './answers';
import type { SpeechPlatformError } from './errors';
import { asTransportError, canceledError, networkError } from './faults';
import type { Answer } from './tasks';
import type { Technology } from './types';
import { orAborted, sleep } from './time';
import type { HttpResponse, Transport } from './transport';
import type { RequestBody } from './upload';

export interface ExchangeOptions {
	transport: Transport;
	correlationId: string;
	signal?: AbortSignal;
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
	/** Milliseconds one request may take. */
	timeoutMs: number;
}

export interface Failure {
	error: SpeechPlatformError;
	/** Another try may succeed. */
	temporary: boolean;
	/** The server certainly did not act on the request. */
	notAccepted: boolean;
}

export interface Repetition {
	/** Tries in all. */
	attempts: number;
	/** Milliseconds from the first try within which the last one begins. */
	withinMs: number;
}

/** Milliseconds before the first repetition where the server names no time; each further one waits 1.5 times as long. */
export const FIRST_WAIT = 500;

export const GROWTH = 1.5;

export class Exchange {
	private readonly options: ExchangeOptions;

	constructor(options: ExchangeOptions) {
		this.options = options;
	}

	now(): number {
		return this.options.now ? this.options.now() : Date.now();
	}

	/** Waits; throws CANCELED at once when the execution is cancelled. */
	async pause(milliseconds: number, taskId?: string): Promise<void> {
		const { signal, correlationId } = this.options;
		await (this.options.sleep ?? sleep)(milliseconds, signal);
		if (signal?.aborted) throw canceledError({ correlationId, ...(taskId ? { taskId } : {}) });
	}

	/**
	 * Sends once. Failures that tell something about the server are returned, for the caller to decide.
	 * @throws SpeechPlatformError CANCELED, and what the request's file throws
	 */
	async attempt(call: Call): Promise<Answer | Failure> {
		const { correlationId, signal } = this.options;
		const subject: Subject = {
			method: call.method,
			technology: call.technology,
			taskId: call.taskId,
			correlationId,
			requestId: randomUUID(),
			host: new URL(call.url).host,
		};
		const canceled = () => canceledError(factsOf(subject, {}));
		if (signal?.aborted) throw canceled();
		let response: HttpResponse;
		try {
			response = await orAborted(this.send(call, subject), signal, canceled);
		} catch (thrown) {
			if (signal?.aborted) throw canceled();
			if (thrown instanceof SourceError) throw thrown.cause;
			const { kind, requestSent } = asTransportError(thrown);
			return {
				error: networkError(thrown, subject),
				temporary: kind !== 'tls' && kind !== 'blocked' && kind !== 'aborted',
				notAccepted: !requestSent,
			};
		}
		return this.judge(response, subject);
	}

	/** Sends until there is an answer, the failure is final or may not be repeated, or the limits are reached. */
	async repeat(call: Call, { attempts, withinMs }: Repetition): Promise<Answer> {
		const deadline = this.now() + withinMs;
		let wait = FIRST_WAIT;
		for (let attempt = 1; ; attempt++) {
			const outcome = await this.attempt(call);
			if (!('error' in outcome)) return outcome;
			const { error, temporary, notAccepted } = outcome;
			if (!temporary || (call.method === 'POST' && !notAccepted) || attempt >= attempts) throw error;
			const pause = Math.max(wait, (error.retryAfter ?? 0) * 1000);
			if (this.now() + pause > deadline) throw error;
			await this.pause(pause, call.taskId);
			wait *= GROWTH;
		}
	}

	private async send({ method, url, body, timeoutMs }: Call, subject: Subject): Promise<HttpResponse> {
		const { transport, signal } = this.options;
		const content = await openBody(body);
		// Cancelled while the file was being opened: nobody waits for the answer, so nothing is sent.
		if (signal?.aborted) content?.release();
		signal?.throwIfAborted();
		try {
			return await transport.send({
				method,
				url,
				headers: {
					accept: 'application/json',
					'x-correlation-id': subject.correlationId,
					'x-request-id': subject.requestId,
					...content?.headers,
				},
				...(content ? { body: content.body } : {}),
				...(signal ? { signal } : {}),
				timeoutMs,
			});
		} catch (thrown) {
			const sourceError = content?.sourceError();
			throw sourceError === undefined ? thrown : new SourceError(sourceError);
		} finally {
			content?.release();
		}
	}

	private judge(response: HttpResponse, subject: Subject): Answer | Failure {
		const { status, headers } = response;
		if (status < 200 || status > 299) {
			return {
				error: statusError(response, subject, this.now()),
				temporary: status === 429 || status >= 500,
				notAccepted: status === 429 || (status === 503 && headers['retry-after'] !== undefined),
			};
		}
		const body = parseJson(response.body);
		if (body !== undefined) return { body, response, subject };
		return { error: answerError(response, subject), temporary: false, notAccepted: false };
	}
}

/** What the request's file failed with: no matter of the server, so it is passed on as it is. */
class SourceError extends Error {
	constructor(cause: unknown) {
		super('The file could not be read', { cause });
	}
}

async function openBody(body: Call['body']): Promise<RequestBody | undefined> {
	try {
		return await body?.();
	} catch (error) {
		throw new SourceError(error);
	}
}
