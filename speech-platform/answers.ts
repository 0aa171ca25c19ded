/** From an HTTP answer to what it says, or to the error it stands for. Statuses and types are those of the API's pages. */
import { apiError, describe, detailText, frameworkError, quoted } from './description';
import { SpeechPlatformError, type ErrorFacts, type SpeechPlatformErrorCode } from './errors';
import { header, rateLimit, serverWait } from './rateLimit';
import { TECHNOLOGIES } from './technologies';
import { seconds } from './time';
import type { HttpResponse } from './transport';
import type { ApiErrorBody, ErrorDetail, Technology } from './types';

/** What a request was about. */
export interface Subject {
	method: 'GET' | 'POST';
	technology: Technology;
	taskId?: string;
	correlationId: string;
	requestId: string;
	/** Host and port as messages show them. */
	host: string;
	/** The base URL begins with https://. */
	isEncrypted: boolean;
}

/** Code, message without final period, advice. */
type Verdict = [code: SpeechPlatformErrorCode, message: string, advice: string];

const CHECK_CREDENTIAL =
	"The API itself asks for no login, so this comes from a proxy in front of it. Check 'Authentication' in the " +
	"credential, and the proxy's rules.";

const CHECK_BASE_URL =
	"Check 'Base URL' in the credential: scheme, host, port (8000 on the appliance) and, behind a proxy, the path prefix.";

/** The JSON of an answer; undefined where it is none. */
export function parseJson(body: string): unknown {
	try {
		return JSON.parse(body) as unknown;
	} catch {
		return undefined;
	}
}

/**
 * The error for an answer whose status is not 2xx.
 * @param json Its body, where that is JSON.
 * @param now Milliseconds since the epoch.
 */
export function statusError(response: HttpResponse, json: unknown, subject: Subject, now: number): SpeechPlatformError {
	const body = apiError(json) ?? (response.status === 422 ? frameworkError(json) : undefined);
	const wait = serverWait(response.headers, now, response.status === 429 ? 0 : undefined);
	const facts = factsOf(subject, {
		httpStatus: response.status,
		type: body?.type,
		detail: body?.detail ?? undefined,
		retryAfter: wait === undefined ? undefined : wait / 1000,
	});
	const [code, message, advice] = verdict(response, body, subject, { wait, now });
	return new SpeechPlatformError(code, message, describe(advice, facts, body?.message ?? webPageTitle(response)), facts);
}

/** The error for a 2xx answer that is not the JSON it should be. */
export function answerError(response: HttpResponse, subject: Subject, missing?: string): SpeechPlatformError {
	const facts = factsOf(subject, { httpStatus: response.status });
	if (missing === undefined && isWebPage(response)) {
		return new SpeechPlatformError(
			'NOT_THE_API',
			"The server answered with a web page instead of the API's JSON",
			describe(`It may be a proxy's login or error page. ${CHECK_BASE_URL}`, facts, webPageTitle(response)),
			facts,
		);
	}
	const isOfTask = subject.taskId !== undefined;
	const advice = isOfTask
		? `The task may be one of another technology than ${TECHNOLOGIES[subject.technology].name}, or of a version of the ` +
			'Speech Platform that the node does not know.'
		: 'The address may belong to another service or to a version of the Speech Platform that the node does not ' +
			`know. ${CHECK_BASE_URL}`;
	return new SpeechPlatformError(
		'INVALID_ANSWER',
		missing === undefined
			? noJson(response)
			: `The server's answer lacks the field '${missing}', or it has another type than documented`,
		describe(doubt(subject) + advice, facts),
		facts,
	);
}

function noJson({ body, status }: HttpResponse): string {
	return body.trim() === '' ? `The server's answer is empty (HTTP status ${status})` : "The server's answer is not valid JSON";
}

/** The error for an answer that is about another task than the one that was asked for. */
export function otherTaskError(subject: Subject): SpeechPlatformError {
	const facts = factsOf(subject, {});
	return new SpeechPlatformError(
		'INVALID_ANSWER',
		'The server answered with another task than the one asked for; its result was not taken',
		describe('Something between n8n and the Speech Platform, such as a cache, may mix up answers. Ask its administrator.', facts),
		facts,
	);
}

export function factsOf(subject: Subject, facts: ErrorFacts): ErrorFacts {
	const { correlationId, requestId, taskId } = subject;
	const all = { ...facts, correlationId, requestId, taskId };
	return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Whether the start request may have been accepted although no answer says so; for descriptions. */
export function doubt({ method, technology }: Subject): string {
	return method === 'POST'
		? `It is not known whether the server accepted the ${TECHNOLOGIES[technology].input}; it was not sent again, as ` +
				'processing is licensed by amount. '
		: '';
}

function verdict(
	response: HttpResponse,
	body: ApiErrorBody | undefined,
	subject: Subject,
	clock: { wait: number | undefined; now: number },
): Verdict {
	const { status } = response;
	switch (status) {
		case 400:
			return unreadable(response, body);
		case 401:
			return [
				'UNAUTHORIZED',
				'The server wants a login, or other credentials than the ones sent',
				body ? "This answer comes from the API itself. Check 'Authentication' in the credential." : CHECK_CREDENTIAL,
			];
		case 403:
			return forbidden(body);
		case 404:
			return notFound(body, subject);
		case 405:
			return ['METHOD_NOT_ALLOWED', `The server does not allow ${subject.method} requests here`, CHECK_BASE_URL];
		case 413:
			return tooLarge(body, subject);
		case 422:
			return refused(body);
		case 429:
			return rateLimited(response, clock);
		case 507:
			return [
				'STORAGE_FULL',
				`The server has no storage left for the ${TECHNOLOGIES[subject.technology].input}`,
				'Ask its administrator to free space, and try again then.',
			];
		default:
			return otherStatus(response, body, subject);
	}
}

function unreadable(response: HttpResponse, body: ApiErrorBody | undefined): Verdict {
	if (!body && /plain HTTP request was sent to (an )?HTTPS port|HTTP request to an HTTPS server/i.test(response.body)) {
		return [
			'TLS_FAULT',
			'The server wants an encrypted connection at this address',
			"Begin the 'Base URL' of the credential with https:// instead of http://.",
		];
	}
	const advice = body
		? 'The request came through to the API, which could not make sense of it: the server may be of a version that the ' +
			'node does not know. Give the IDs below to its administrator.'
		: CHECK_BASE_URL;
	return ['REQUEST_INVALID', `The server could not read the request${quoted(body?.message)}`, advice];
}

function forbidden(body: ApiErrorBody | undefined): Verdict {
	if (!body) return ['UNAUTHORIZED', 'A proxy in front of the API denied access', CHECK_CREDENTIAL];
	const isLicense = (detail: ErrorDetail) =>
		detail.type?.startsWith('licensing.') || (Array.isArray(detail.location) && detail.location[0] === 'license');
	if (body.detail?.some(isLicense)) {
		return [
			'LICENSE_EXHAUSTED',
			"The server's license does not allow this processing" + quoted(body.detail.find(isLicense)?.message),
			'The credential is right. Ask the administrator of the Speech Platform about its license, or try again when ' +
				'its capacity is renewed.',
		];
	}
	return [
		'FORBIDDEN',
		`The Speech Platform forbids the request${quoted(body.message)}`,
		'The credential is right: this answer comes from the API itself. Ask the administrator of the Speech Platform.',
	];
}

function notFound(body: ApiErrorBody | undefined, { method, technology, taskId }: Subject): Verdict {
	const { name } = TECHNOLOGIES[technology];
	if (!body) return ['API_NOT_FOUND', 'No Speech Platform API was found at the base URL', CHECK_BASE_URL];
	if (method === 'GET' && taskId) {
		return [
			'TASK_NOT_FOUND',
			'The server does not know the task, or it has expired',
			`Check the task ID, and that it is one of ${name}. Servers keep results for a limited time; if that is over, ` +
				'start the task again.',
		];
	}
	return ['API_NOT_FOUND', `The server does not offer ${name}`, `Ask its administrator. ${CHECK_BASE_URL}`];
}

function tooLarge(body: ApiErrorBody | undefined, { technology }: Subject): Verdict {
	const { input } = TECHNOLOGIES[technology];
	if (!body) {
		return [
			'UPLOAD_TOO_LARGE',
			`The ${input} is too large for a proxy in front of the API`,
			'Ask its administrator to raise the limit for request bodies, or send a smaller file, such as FLAC instead of WAV.',
		];
	}
	const context = body.detail?.find((detail) => detail.context?.max_file_size !== undefined)?.context ?? {};
	const size = sizeText(context.file_size, context.size_unit);
	const limit = sizeText(context.max_file_size, context.size_unit);
	const sizes = size && limit ? `: it has ${size}, and the limit is ${limit}` : limit ? `: the limit is ${limit}` : '';
	return [
		'UPLOAD_TOO_LARGE',
		`The ${input} is larger than the server allows${sizes}`,
		'Ask its administrator to raise the limit, or send a smaller file, such as FLAC instead of WAV, or one in parts.',
	];
}

/** `524.3 MB`; a unit other than the documented one is shown as it is. */
function sizeText(value: unknown, unit: unknown): string | undefined {
	if (typeof value !== 'number') return undefined;
	if (typeof unit === 'string' && unit !== 'bytes') return `${value} ${unit}`;
	return `${(value / 1e6).toFixed(1)} MB`;
}

function refused(body: ApiErrorBody | undefined): Verdict {
	const [first, ...others] = (body?.detail ?? []).map(detailText).filter(Boolean);
	const more = others.length > 0 ? ` (and ${others.length} more)` : '';
	return [
		'REQUEST_REFUSED',
		`The server did not accept the request${quoted(first ? first + more : body?.message)}`,
		"Correct what is named below: 'query' means a parameter of the node, 'body, file' the file.",
	];
}

function rateLimited({ headers }: HttpResponse, { wait, now }: { wait: number | undefined; now: number }): Verdict {
	const { limit, remaining, resetAt } = rateLimit(headers, now);
	const figures = [
		limit === undefined ? '' : `Limit: ${limit} requests per window.`,
		remaining === undefined ? '' : `Left: ${remaining}.`,
		resetAt === undefined ? '' : `Next window: ${new Date(resetAt).toISOString()}.`,
	];
	return [
		'RATE_LIMITED',
		`The server's rate limit is reached${wait === undefined ? '' : `; it allows the next request in ${seconds(wait)}`}`,
		['Send fewer files at the same time, or ask the administrator to raise the limit.', ...figures]
			.filter(Boolean)
			.join(' '),
	];
}

function otherStatus(response: HttpResponse, body: ApiErrorBody | undefined, subject: Subject): Verdict {
	const { status } = response;
	if (status >= 300 && status < 400) {
		return [
			'REDIRECTED',
			`The server redirects to another address (HTTP status ${status})`,
			`It points to ${redirectTarget(response) ?? 'no readable address'}. The node does not follow, as the credentials ` +
				"would go along. If that is the Speech Platform, make it the 'Base URL' of the credential; if it is a login " +
				"page, check the credential's 'Authentication'.",
		];
	}
	if (status >= 500) {
		return [
			'SERVER_ERROR',
			`The server failed with HTTP status ${status}${quoted(body?.message)}`,
			`${doubt(subject)}Try again later; if it stays so, give the IDs below to the server's administrator.`,
		];
	}
	if (status === 408 || status === 425) {
		return [
			'SERVER_ERROR',
			`The server did not take the request (HTTP status ${status})${quoted(body?.message)}`,
			`It did not act on it. ${status === 408 ? 'It, or a proxy, may limit how long an upload may take; ask its administrator.' : 'Try again later.'}`,
		];
	}
	return ['UNEXPECTED_STATUS', `The server answered with the unexpected HTTP status ${status}`, CHECK_BASE_URL];
}

/** Without its query, which may hold secrets of a login. */
function redirectTarget({ headers }: HttpResponse): string | undefined {
	const location = header(headers, 'location');
	if (!location) return undefined;
	if (!URL.canParse(location)) return location.split(/[?#]/)[0];
	const { origin, pathname } = new URL(location);
	return origin + pathname;
}

function isWebPage({ headers, body }: HttpResponse): boolean {
	return /html/i.test(header(headers, 'content-type') ?? '') || /^\s*<(!doctype|html|head|body|\?xml)/i.test(body);
}

/** What a web page calls itself; the rest of it may hold what nobody should read in a log. */
function webPageTitle(response: HttpResponse): string | undefined {
	if (!isWebPage(response)) return undefined;
	return /<title[^>]*>([^<]{1,200})/i.exec(response.body.slice(0, 10_000))?.[1]?.trim();
}
