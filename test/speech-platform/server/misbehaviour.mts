/** Servers and networks that behave badly over time: that are slow, stop half-way, forget or mix up things. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from './exchange.mts';
import type { Fault } from './faults.mts';

const doing = (name: string, act: (exchange: Exchange) => Promise<void>): Fault => ({
	name,
	outside: true,
	act: async (exchange) => {
		await act(exchange);
		return true;
	},
});

/** An answer without a body. */
export const empty = (code: number): Fault =>
	doing(`empty ${code}`, async ({ response, record }) => {
		record.status = code;
		response.writeHead(code, { 'content-length': 0 }).end();
	});

/** The head of an answer, then a byte at a time, for ever. */
export const dripping = (milliseconds: number): Fault =>
	doing(`dripping ${milliseconds} ms`, async ({ request, response, record, goodStatus }) => {
		request.resume();
		record.status = goodStatus;
		response.writeHead(goodStatus, { 'content-type': 'application/json' });
		while (!response.destroyed) {
			response.write(' ');
			await sleep(milliseconds);
		}
	});

/** The head of an answer and nothing after it. */
export const headOnly = (): Fault =>
	doing('head only', async ({ request, response, goodStatus }) => {
		request.resume();
		response.writeHead(goodStatus, { 'content-type': 'application/json', 'content-length': 100 });
		response.write('{');
	});

/** Reads so many bytes of an upload, and then no more, without a word. */
export const stalledReader = (bytes: number): Fault =>
	doing(`stalls after ${bytes} bytes`, async ({ request, record }) => {
		request.on('data', (chunk: Buffer) => {
			record.bytes += chunk.length;
			if (record.bytes >= bytes) request.pause();
		});
		await new Promise((resolve) => request.socket.once('close', resolve));
	});

/** Reads so many bytes of an upload, then the connection is gone. */
export const brokenUpload = (bytes: number): Fault =>
	doing(`breaks after ${bytes} bytes`, async ({ request, record }) => {
		request.on('data', (chunk: Buffer) => {
			record.bytes += chunk.length;
			if (record.bytes >= bytes) request.socket.resetAndDestroy();
		});
		await new Promise((resolve) => request.once('close', resolve));
	});

/** Reads an upload at this pace, and deals with it like any other. */
export const steadyReader = (bytesPerSecond: number): Fault => ({
	name: `reads ${bytesPerSecond} bytes per second`,
	act: async (exchange) => {
		exchange.bytesPerSecond = bytesPerSecond;
		return false;
	},
});

/** The request is accepted, and its answer has this body; the task stands in the header. */
export const acceptedWith = (body: string, headers: Record<string, string> = {}): Fault =>
	doing(`accepted with ${JSON.stringify(body)}`, async (exchange) => {
		await exchange.serve({ silently: true });
		const { url, taskId } = exchange.record;
		const location = `${new URL(url, 'http://server').pathname}/${taskId}`;
		await exchange.send(202, body, { 'content-type': 'application/json', 'x-location': location, ...headers });
	});

/** Another task that is done. */
export const otherTask = (result: object): Fault =>
	doing('another task', async (exchange) => {
		await exchange.json(200, { task: { task_id: '99999999-9999-4999-8999-999999999999', state: 'done' }, result });
	});

/** Repeats what it was sent, in every place where a server's text can be. */
export const echo = (code: number, more: (sent: string) => object = () => ({})): Fault =>
	doing(`echo ${code}`, async (exchange) => {
		const { authorization = '', 'x-api-key': key = '' } = exchange.request.headers;
		const scheme = String(authorization);
		const decoded = scheme.startsWith('Basic ') ? Buffer.from(scheme.slice(6), 'base64').toString() : '';
		const sent = [scheme, String(key), decoded].filter(Boolean).join(' ');
		await exchange.json(code, {
			type: `request.${sent}`,
			message: `You sent ${sent}`,
			detail: [{ location: ['header', sent], message: sent, type: sent, context: { [sent]: sent, encoded: encodeURIComponent(sent) } }],
			...more(sent),
		});
	});

/** Something else than HTTP. */
export const notHttp = (bytes: Buffer | string): Fault =>
	doing('no HTTP', async ({ request }) => void request.socket.end(bytes));

/** An answer that is larger than any. */
export const endless = (): Fault =>
	doing('endless', async ({ response, goodStatus }) => {
		response.writeHead(goodStatus, { 'content-type': 'application/json' });
		const block = Buffer.alloc(2 ** 20, ' ');
		while (!response.destroyed) if (!response.write(block)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
	});

export interface RateLimitOptions {
	requests: number;
	windowMs: number;
	/** What it tells: all headers in good answers too; only with a refusal; nothing. */
	tells: 'always' | 'retry-after' | 'reset' | 'nothing';
	/** The message of a refusal. */
	message?: string;
}

/** So many requests in a fixed window; those beyond are refused once they have carried their whole body. */
export class Window {
	private startedAt = 0;

	private count = 0;

	private readonly options: RateLimitOptions;

	constructor(options: RateLimitOptions) {
		this.options = options;
	}

	/** The fault that the request meets, if any, and the headers that its answer has. */
	take(): { fault?: Fault; headers: Record<string, string> } {
		const { requests, windowMs, tells, message = 'Too many requests.' } = this.options;
		const now = Date.now();
		if (now >= this.startedAt + windowMs) [this.startedAt, this.count] = [now, 0];
		this.count += 1;
		const left = Math.max(0, requests - this.count);
		const reset = (this.startedAt + windowMs) / 1000;
		const all = { 'x-ratelimit-limit': `${requests}`, 'x-ratelimit-remaining': `${left}`, 'x-ratelimit-reset': `${reset}` };
		const headers = tells === 'always' ? all : {};
		if (this.count <= requests) return { headers };
		const refusal = {
			always: all,
			reset: { 'x-ratelimit-reset': `${reset}` },
			'retry-after': { 'retry-after': `${(this.startedAt + windowMs - now) / 1000}` },
			nothing: {},
		}[tells];
		const body = { type: 'request.rate-limit-exceeded', message, detail: [] };
		return { fault: doing('rate limit', async (exchange) => await exchange.json(429, body, refusal)), headers };
	}
}
