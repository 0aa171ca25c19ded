/** The texts of errors: advice first, then what the server said and the IDs to quote to its administrator. */
import type { ErrorFacts } from './errors';
import type { ApiErrorBody, ErrorDetail } from './types';

/** Details shown in full; a server may send one for each of many voiceprints. */
const MAXIMUM_DETAILS = 20;

/** Characters of a server's text that are shown. */
const MAXIMUM_TEXT = 300;

/** n8n replaces a whole message in which it finds, in any case, one of these names. */
const REPLACED_BY_N8N =
	/ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|ERRADDRINUSE|EADDRNOTAVAIL|ECONNABORTED|EHOSTUNREACH|EAI_AGAIN|ENOENT|EISDIR|ENOTDIR|EACCES|EEXIST|EPERM|GETADDRINFO/i;

/** The body of an error, if it is one of the API's own. Its details are kept as far as they have the documented form. */
export function apiError(value: unknown): ApiErrorBody | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	const { type, message, detail } = value as Record<string, unknown>;
	if (typeof type !== 'string' || typeof message !== 'string') return undefined;
	const isObject = (entry: unknown): entry is ErrorDetail => typeof entry === 'object' && entry !== null;
	return { type, message, ...(Array.isArray(detail) ? { detail: detail.filter(isObject) } : {}) };
}

/** A text of somebody else in one line, without a final period, of bearable length, and without what may be a secret. */
export function oneLine(text: unknown): string {
	const line = (typeof text === 'string' ? text : (JSON.stringify(text) ?? ''))
		.replace(/\s+/g, ' ')
		.replace(/\b(bearer|basic) (?=\S*[\d=])[\w.~+/=-]+/gi, '$1 …')
		.replace(/\/\/[^/@\s]+@/g, '//')
		.trim();
	const short = line.length > MAXIMUM_TEXT ? `${line.slice(0, MAXIMUM_TEXT)}…` : line;
	return short.replace(/\.$/, '');
}

/** `: text` to end a message with, or nothing where the text would make n8n replace the message. */
export function quoted(text: unknown): string {
	const line = oneLine(text);
	return line && !REPLACED_BY_N8N.test(line) ? `: ${line}` : '';
}

/** `query, channel_mode: Value is not a valid enumeration member`. */
export function detailText({ location, message, type }: ErrorDetail): string {
	const place = Array.isArray(location) ? location.map(String).join(', ') : '';
	return [place, oneLine(message ?? type ?? '')].filter(Boolean).join(': ');
}

/** All facts of an error under the advice, each in a line of its own that ends like a sentence. */
export function describe(advice: string, facts: ErrorFacts, serverMessage?: string, technical?: string): string {
	const details = facts.detail ?? [];
	const lines: Array<[string, string | number | undefined]> = [
		['HTTP status', facts.httpStatus],
		['Type', facts.type],
		["Server's message", serverMessage && oneLine(serverMessage)],
		...details.slice(0, MAXIMUM_DETAILS).map((detail): [string, string] => ['Detail', withContext(detail)]),
		['Further details', details.length > MAXIMUM_DETAILS ? details.length - MAXIMUM_DETAILS : undefined],
		['Technical detail', technical && oneLine(technical)],
		['Task ID', facts.taskId],
		['Last state', facts.taskState],
		['Request ID', facts.requestId],
		['Correlation ID', facts.correlationId],
	];
	const shown = lines.filter(([, value]) => value !== undefined && value !== '');
	return [advice, ...shown.map(([label, value]) => `${label}: ${value}.`)].filter(Boolean).join('\n');
}

function withContext(detail: ErrorDetail): string {
	const more = [
		detail.type,
		...Object.entries(detail.context ?? {}).map(([name, value]) => `${name} ${oneLine(value)}`),
	].filter(Boolean);
	return detailText(detail) + (more.length > 0 ? ` (${more.join('; ')})` : '');
}
