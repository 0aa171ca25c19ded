/** The texts of errors: advice first, then what the server said and the IDs to quote to its administrator. */
import type { ErrorFacts } from './errors';
import type { ApiErrorBody, ErrorDetail } from './types';

/** Details that are kept; a server may send one for each of many voiceprints. */
const MAXIMUM_DETAILS = 20;

/** Characters of a server's text that are shown. */
const MAXIMUM_TEXT = 300;

/** n8n replaces a whole message in which it finds, in any case, one of these names. */
const REPLACED_BY_N8N =
	/ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|ERRADDRINUSE|EADDRNOTAVAIL|ECONNABORTED|EHOSTUNREACH|EAI_AGAIN|ENOENT|EISDIR|ENOTDIR|EACCES|EEXIST|EPERM|GETADDRINFO/i;

/** Characters of an error's type, which names something. */
const LONGEST_TYPE = 200;

/** Characters of JSON that the details of an error may have in all. */
const MOST_DETAIL = 7500;

/** The body of an error, if it is one of the API's own. Its details are kept as far as they have the documented form. */
export function apiError(value: unknown): ApiErrorBody | undefined {
	if (!isObject(value)) return undefined;
	const { type, message, detail } = value;
	if (typeof type !== 'string' || typeof message !== 'string') return undefined;
	return { type: type.slice(0, LONGEST_TYPE), message, ...(Array.isArray(detail) ? { detail: bounded(detail) } : {}) };
}

/** What the web framework of the API says itself of a request that it does not understand, as if the API had said it. */
export function frameworkError(value: unknown): ApiErrorBody | undefined {
	const detail = isObject(value) ? value.detail : undefined;
	if (typeof detail === 'string') return { type: 'request.invalid', message: detail };
	if (!Array.isArray(detail)) return undefined;
	const entries = detail.filter(isObject).map(({ loc, msg, type }) => ({ location: loc, message: msg, type }));
	if (entries.length === 0) return undefined;
	return { type: 'request.validation-error', message: 'Request validation error.', detail: bounded(entries) };
}

/** What a description cannot show, an item need not carry. */
function bounded(detail: unknown[]): ErrorDetail[] {
	const entries = detail.filter(isObject);
	const kept: ErrorDetail[] = [];
	let size = 0;
	for (const entry of entries) {
		size += JSON.stringify(entry).length;
		const isLast = kept.length === MAXIMUM_DETAILS - 1 && entries.length > MAXIMUM_DETAILS;
		if (size > MOST_DETAIL || isLast) return [...kept, { message: `${entries.length - kept.length} more are left out` }];
		kept.push(entry);
	}
	return kept;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
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
		...details.map((detail): [string, string] => ['Detail', withContext(detail)]),
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
