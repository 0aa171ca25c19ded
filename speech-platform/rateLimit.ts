/** What the server's headers say about when the next request may come. */
import type { HttpResponse } from './transport';

type Headers = HttpResponse['headers'];

export interface RateLimit {
	/** Requests per window. */
	limit?: number;
	/** Requests left in the window. */
	remaining?: number;
	/** Milliseconds since the epoch, by the server's clock. */
	resetAt?: number;
}

/** So many requests in each stretch of so many milliseconds. */
export interface WindowLimit {
	requests: number;
	windowMs: number;
}

export function header(headers: Headers, name: string): string | undefined {
	const value = headers[name];
	return Array.isArray(value) ? value[0] : value;
}

/** Seconds since the epoch are more than this, seconds of a window less. */
const EARLIEST_EPOCH = 1e9;

/** Milliseconds since the epoch are more than this. */
const EARLIEST_EPOCH_MS = 1e11;

/** @param now Milliseconds since the epoch, for servers that do not send their own time. */
export function rateLimit(headers: Headers, now: number): RateLimit {
	return {
		limit: limitNumber(headers, 'limit'),
		remaining: limitNumber(headers, 'remaining'),
		resetAt: resetTime(limitNumber(headers, 'reset'), serverTime(headers, now)),
	};
}

/** Documented as seconds since the epoch; others send milliseconds, or the seconds that are left. */
function resetTime(reset: number | undefined, serverNow: number): number | undefined {
	if (reset === undefined || reset > EARLIEST_EPOCH_MS) return reset;
	return reset > EARLIEST_EPOCH ? reset * 1000 : serverNow + reset * 1000;
}

/**
 * Milliseconds until the server allows the next request: `retry-after` (seconds or a date), else the end of the
 * window where no request is left in it. Undefined where the headers do not say.
 * @param now Milliseconds since the epoch, for servers that do not send their own time.
 * @param left Requests that are left in the window, where that is known without a header.
 */
export function serverWait(headers: Headers, now: number, left?: number): number | undefined {
	const serverNow = serverTime(headers, now);
	const retryAfter = header(headers, 'retry-after')?.trim();
	if (retryAfter) {
		const wait = /^\d+(\.\d+)?$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - serverNow;
		if (!Number.isNaN(wait)) return Math.max(0, wait);
	}
	const { remaining = left, resetAt } = rateLimit(headers, now);
	const isEmpty = left === 0 || (remaining !== undefined && remaining <= 0);
	return isEmpty && resetAt !== undefined ? Math.max(0, resetAt - serverNow) : undefined;
}

/** Whether a window's end is given no more exactly than to the second. */
export function isWholeSeconds(headers: Headers): boolean {
	return Number.isInteger(limitNumber(headers, 'reset')) && header(headers, 'retry-after') === undefined;
}

const UNITS: Record<string, number> = { second: 1000, minute: 60_000, hour: 3_600_000 };

/** The limit as the API words it: `Rate limit exceeded: 1 per 5 second.` */
export function wordedLimit(body: string): WindowLimit | undefined {
	const [, requests, count = '1', unit] = /\b(\d{1,6}) per (?:(\d{1,6}) )?(second|minute|hour)/i.exec(body.slice(0, 2000)) ?? [];
	if (!Number(requests) || !Number(count)) return undefined;
	return { requests: Number(requests), windowMs: Number(count) * UNITS[unit!.toLowerCase()]! };
}

/** Milliseconds since the epoch. The server's word has whole seconds, so where the clocks agree ours is more exact. */
function serverTime(headers: Headers, now: number): number {
	const said = Date.parse(header(headers, 'date') ?? '') || now;
	return now - said > -100 && now - said < 1100 ? now : said;
}

/** The documented name, and those that proxies use. */
const PREFIXES = ['x-ratelimit-', 'ratelimit-', 'x-rate-limit-'];

function limitNumber(headers: Headers, name: string): number | undefined {
	for (const prefix of PREFIXES) {
		const text = header(headers, prefix + name);
		const value = Number(text);
		if (text?.trim() && Number.isFinite(value)) return value;
	}
	return undefined;
}
