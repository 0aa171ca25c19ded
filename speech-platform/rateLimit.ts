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

export function header(headers: Headers, name: string): string | undefined {
	const value = headers[name];
	return Array.isArray(value) ? value[0] : value;
}

export function rateLimit(headers: Headers): RateLimit {
	const reset = numberIn(headers, 'x-ratelimit-reset');
	return {
		limit: numberIn(headers, 'x-ratelimit-limit'),
		remaining: numberIn(headers, 'x-ratelimit-remaining'),
		// Documented as seconds; such a number of seconds would be in the far future, so it is milliseconds.
		resetAt: reset === undefined || reset > 1e11 ? reset : reset * 1000,
	};
}

/**
 * Milliseconds until the server allows the next request: `retry-after` (seconds or a date), else the end of the
 * window where no request is left in it. Undefined where the headers do not say.
 * @param now Milliseconds since the epoch, for servers that do not send their own time.
 */
export function serverWait(headers: Headers, now: number): number | undefined {
	const serverNow = Date.parse(header(headers, 'date') ?? '') || now;
	const retryAfter = header(headers, 'retry-after')?.trim();
	if (retryAfter) {
		const wait = /^\d+(\.\d+)?$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - serverNow;
		if (!Number.isNaN(wait)) return Math.max(0, wait);
	}
	const { remaining, resetAt } = rateLimit(headers);
	if (remaining !== undefined && remaining <= 0 && resetAt !== undefined) return Math.max(0, resetAt - serverNow);
	return undefined;
}

function numberIn(headers: Headers, name: string): number | undefined {
	const text = header(headers, name);
	const value = Number(text);
	return text?.trim() && Number.isFinite(value) ? value : undefined;
}
