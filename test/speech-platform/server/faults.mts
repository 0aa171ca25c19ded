/**
 * Faults on demand. Each either answers in place of the server or does something and lets the server go on. Those of
 * `outside` are not in the contract (a proxy's pages, broken answers), so their answers are not held against it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from './exchange.mts';
import { failure, rejection, type ApiError, type Outcome } from './results.mts';

export interface Fault {
	name: string;
	/** The answer is deliberately not one of the contract. */
	outside?: boolean;
	/** Resolves with true where the request is dealt with. */
	act(exchange: Exchange): Promise<boolean>;
	/** How the task ends that the request starts. */
	outcome?: Outcome;
}

type Headers = Record<string, string | number>;

const JSON_TYPE = { 'content-type': 'application/json' };

/** An answer in the API's own form. */
export function status(code: number, error: ApiError, headers: Headers = {}): Fault {
	return answering(`status ${code}`, (exchange) => exchange.json(code, error, headers));
}

/** A web page, as proxies send them. */
export function page(code: number, title: string, headers: Headers = {}): Fault {
	const html = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
	return outside(`page ${code}`, (exchange) => exchange.send(code, html, { 'content-type': 'text/html', ...headers }));
}

const detail = (location: string[], message: string, type: string, context: object = {}) => ({
	location,
	message,
	type,
	context,
});

export const invalidRequest = () => status(400, { type: 'request.invalid', message: 'Invalid request.', detail: [] });

export const licenseExhausted = () =>
	status(403, {
		type: 'request.forbidden',
		message: 'Request is forbidden.',
		detail: [detail(['license'], 'Licensed processing capacity exceeded.', 'licensing.capacity-exceeded')],
	});

export const forbidden = () => status(403, { type: 'request.forbidden', message: 'Request is forbidden.' });

export const expired = () => status(404, { type: 'resource.not-found', message: 'Resource not found.', detail: [] });

export const methodNotAllowed = () => status(405, { type: 'method.invalid', message: 'Invalid method.', detail: [] });

export const tooLarge = () =>
	status(413, {
		type: 'request.size-limit-exceeded',
		message: 'Request size limit exceeded.',
		detail: [
			detail(['body', 'file'], 'Input media file too large.', 'media.too-large', {
				file_size: 1_048_576_000,
				max_file_size: 524_288_000,
				size_unit: 'bytes',
			}),
		],
	});

export const notValid = () =>
	status(422, {
		type: 'request.validation-error',
		message: 'Request validation error.',
		detail: [
			detail(['query', 'channel_mode'], 'Value is not a valid enumeration member.', 'enum', { allowed: ['split', 'mix'] }),
			detail(['query', 'range_to'], 'Value must be greater than range_from.', 'range'),
		],
	});

export const rateLimited = (headers: Headers = { 'retry-after': 1 }) =>
	status(429, { type: 'request.rate-limit-exceeded', message: 'Rate limit exceeded: 1 per 5 second.', detail: [] }, headers);

export const storageFull = () =>
	status(507, { type: 'storage.capacity-exceeded', message: 'Storage capacity exceeded.', detail: [] });

export const serverError = (code = 500) => status(code, { type: 'internal', message: 'Internal error.', detail: [] });

/** As proxies answer while the server behind them restarts. */
export const unavailable = (headers: Headers = {}) => page(503, '503 Service Temporarily Unavailable', headers);

export const badGateway = () => page(502, '502 Bad Gateway');

export const loginPage = () => page(200, 'Sign in');

export const unauthorized = () => page(401, '401 Authorization Required', { 'www-authenticate': 'Basic realm="proxy"' });

export const redirect = (location: string) => page(302, '302 Found', { location });

/** As proxies refuse a body by its announced length: before they have read it, and then they hang up. */
export const earlyPage = (code: number): Fault =>
	outside(`early page ${code}`, async ({ request, response, record }) => {
		record.status = code;
		const html = `<html><head><title>${code}</title></head></html>`;
		response.writeHead(code, { 'content-type': 'text/html', 'content-length': html.length, connection: 'close' });
		response.end(html, () => setTimeout(() => request.socket.destroy(), 200));
	});

export const slow = (milliseconds: number): Fault => ({
	name: `slow ${milliseconds} ms`,
	act: async () => {
		await sleep(milliseconds);
		return false;
	},
});

/** Never answers. */
export const silent = (): Fault => outside('silent', async () => {});

/**
 * Takes the body slowly, so that an upload is under way for as long as a test looks at it; not so slowly that what is
 * already on the way hides for long that the client is gone.
 */
export const slowReader = (): Fault =>
	outside('slow reader', async ({ request, record }) => {
		request.on('data', (chunk: Buffer) => {
			record.bytes += chunk.length;
			request.pause();
			setTimeout(() => request.resume(), 3);
		});
		await new Promise((resolve) => request.once('close', resolve));
	});

/** Nothing of the request's body is read. */
export const resetAtOnce = (): Fault => outside('reset at once', async ({ request }) => void request.socket.resetAndDestroy());

/** The request is accepted, and its answer never comes: whoever sends it again does it twice. */
export const resetAfterAccepting = (): Fault =>
	outside('reset after accepting', async (exchange) => {
		await exchange.serve({ silently: true });
		exchange.request.socket.resetAndDestroy();
	});

export const invalidJson = (): Fault =>
	outside('invalid JSON', (exchange) => exchange.send(exchange.goodStatus, '{"task": {"task_id": "123', JSON_TYPE));

/** Half of an answer, then the connection is gone. */
export const cutAnswer = (): Fault =>
	outside('cut answer', async ({ response }) => {
		const text = JSON.stringify({ task: { task_id: '123e4567-e89b-12d3-a456-426614174000', state: 'pending' } });
		response.writeHead(200, { ...JSON_TYPE, 'content-length': text.length });
		response.write(text.slice(0, text.length / 2));
		await sleep(50);
		response.socket?.destroy();
	});

/** Any JSON as the answer. */
export const answer = (body: object | null, code?: number): Fault =>
	outside('other answer', (exchange) => exchange.json(code ?? exchange.goodStatus, body));

/** The task in the answer is in this state, as a newer server might call it. */
export const unknownState = (state: string): Fault => changed(({ task }) => (task.state = state));

/** The answer has more members than the documented ones. */
export const unknownFields = (fields: object): Fault => changed((body) => Object.assign(body, fields));

/** The answer that the server would give, with a change. */
const changed = (change: (body: { task: { state: string } }) => void): Fault => ({
	name: 'changed answer',
	outside: true,
	act: async (exchange) => {
		exchange.change = change as Exchange['change'];
		return false;
	},
});

/** The task that the request starts is rejected. */
export const rejected = (message = 'Input media file could not be decoded.'): Fault => ({
	name: 'rejected',
	act: async () => false,
	outcome: rejection(message),
});

/** The task that the request starts fails. */
export const failed = (): Fault => ({ name: 'failed', act: async () => false, outcome: failure() });

function answering(name: string, act: (exchange: Exchange) => Promise<void>): Fault {
	return {
		name,
		act: async (exchange) => {
			await act(exchange);
			return true;
		},
	};
}

const outside = (name: string, act: (exchange: Exchange) => Promise<void>): Fault => ({
	...answering(name, act),
	outside: true,
});

/** A mix of faults as they happen in the field, decided by a seed: about this share of requests meets one. */
export function randomFaults(share: number, seed: number): (method: string) => Fault | undefined {
	const any = [
		() => slow(300),
		() => rateLimited({ 'retry-after': 1 }),
		() => unavailable({ 'retry-after': 1 }),
		badGateway,
		serverError,
		resetAtOnce,
		cutAnswer,
		loginPage,
	];
	const starting = [...any, resetAfterAccepting, rejected, failed, storageFull, licenseExhausted];
	let state = seed >>> 0;
	const next = () => {
		// mulberry32
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	return (method) => {
		if (next() >= share) return undefined;
		const choice = method === 'POST' ? starting : any;
		return choice[Math.floor(next() * choice.length)]();
	};
}
