/** One request to the stand-in server, its answer, and what is remembered of both. */
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { ReceivedPart } from './multipart.mts';

/** A request as tests look at it afterwards. */
export interface RecordedRequest {
	method: string;
	/** As it was sent, with prefix and query. */
	url: string;
	headers: IncomingHttpHeaders;
	/** Milliseconds since the epoch. */
	at: number;
	/** Bytes of the body that arrived. */
	bytes: number;
	/** The parts of a form. */
	parts: ReceivedPart[];
	/** The parsed JSON. */
	body?: unknown;
	/** The client went away before it had an answer. */
	aborted: boolean;
	/** Milliseconds since the epoch at which the client went away. */
	abortedAt?: number;
	/** The task that the request started. */
	taskId?: string;
	/** The answer's status. */
	status?: number;
	/** The fault that it met. */
	fault?: string;
}

export class Exchange {
	/** Of an answer to this request where all is well. */
	readonly goodStatus: number;

	/** Applied to an answer before it goes out. */
	change: ((body: object) => void) | undefined;

	/** Of the body that are read. */
	bytesPerSecond = Infinity;

	/** The answer is deliberately not one of the contract. */
	outside = false;

	readonly request: IncomingMessage;

	readonly response: ServerResponse;

	readonly record: RecordedRequest;

	/** Deals with the request as if there were no fault; `silently` without an answer. */
	serve: (options?: { silently?: boolean }) => Promise<void> = async () => {};

	private readonly gzip: boolean;

	private readonly judge: (status: number, headers: OutgoingHttpHeaders, body: string) => void;

	constructor(
		request: IncomingMessage,
		response: ServerResponse,
		options: { gzip: boolean; judge: (status: number, headers: OutgoingHttpHeaders, body: string) => void },
	) {
		this.request = request;
		this.response = response;
		this.gzip = options.gzip;
		this.judge = options.judge;
		this.goodStatus = request.method === 'POST' ? 202 : 200;
		this.record = {
			method: request.method ?? '',
			url: request.url ?? '',
			headers: request.headers,
			at: Date.now(),
			bytes: 0,
			parts: [],
			aborted: false,
		};
		response.once('close', () => {
			if (response.writableFinished) return;
			this.record.aborted = true;
			this.record.abortedAt = Date.now();
		});
	}

	/** The body's bytes, counted. */
	async *content(): AsyncGenerator<Buffer> {
		const startedAt = performance.now();
		for await (const chunk of this.request as AsyncIterable<Buffer>) {
			this.record.bytes += chunk.length;
			const early = startedAt + (this.record.bytes / this.bytesPerSecond) * 1000 - performance.now();
			if (early > 5) await sleep(early);
			yield chunk;
		}
	}

	async json(status: number, body: object | null, headers: OutgoingHttpHeaders = {}): Promise<void> {
		if (body) this.change?.(body);
		await this.send(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
	}

	async send(status: number, text: string, headers: OutgoingHttpHeaders): Promise<void> {
		// As most servers do: the request is read to its end first, for the client to see the answer.
		for await (const chunk of this.request.readableEnded ? [] : this.content()) void chunk;
		if (!this.outside) this.judge(status, headers, text);
		this.record.status = status;
		const body = this.gzip ? gzipSync(text) : Buffer.from(text);
		this.response.writeHead(status, {
			...headers,
			'content-length': body.length,
			...(this.gzip ? { 'content-encoding': 'gzip' } : {}),
		});
		this.response.end(body);
	}
}
