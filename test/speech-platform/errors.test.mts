/** Every failure as a typed error: what happened, what to do, what the server said. Each case by real HTTP. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { SpeechPlatform, TransportError, type SpeechPlatformError, type TransportFault } from '../../dist/speech-platform/index.js';
import * as faults from './server/faults.mts';
import { client, CORRELATION_ID, failureOf, fileOf, scripted, startServer, TASK_ID, virtualClock } from './support/harness.mts';

const MODULES = join(import.meta.dirname, '..', '..', 'node_modules');

/** Texts for which n8n replaces a whole message. It does not export the list. */
const REPLACED_BY_N8N = [
	...readFileSync(join(MODULES, 'n8n-workflow', 'dist', 'cjs', 'errors', 'abstract', 'node.error.js'), 'utf8').matchAll(
		/^ +(E[A-Z_]{4,}|GETADDRINFO): '/gm,
	),
].map(([, name]) => name);

const SECRET = 'Bearer top-secret-token-1';

/** What holds for every error. */
function checkTexts({ message, description, correlationId }: SpeechPlatformError): void {
	assert.ok(message.length > 10 && message.length < 500, message);
	assert.doesNotMatch(message, /\.$|\n/);
	for (const name of REPLACED_BY_N8N) assert.ok(!message.toUpperCase().includes(name), `${name} in: ${message}`);
	assert.doesNotMatch(message + description, /top-secret/);
	assert.equal(correlationId, CORRELATION_ID);
	assert.ok(description.includes(CORRELATION_ID));
}

interface Case {
	fault: faults.Fault;
	code: string;
	message: RegExp;
	description?: RegExp;
	facts?: Partial<SpeechPlatformError>;
	/** Only this kind of request meets it. */
	only?: 'POST' | 'GET';
}

const CASES: Record<string, Case> = {
	'400': {
		fault: faults.invalidRequest(),
		code: 'REQUEST_INVALID',
		message: /could not read the request: Invalid request$/,
		facts: { httpStatus: 400, type: 'request.invalid' },
	},
	'401 of a proxy': {
		fault: faults.unauthorized(),
		code: 'UNAUTHORIZED',
		message: /wants a login/,
		description: /'Authentication'.*\n.*401/s,
		facts: { httpStatus: 401 },
	},
	'403 of a proxy': {
		fault: faults.page(403, '403 Forbidden'),
		code: 'UNAUTHORIZED',
		message: /proxy in front of the API denied access/,
		description: /'Authentication'/,
		facts: { httpStatus: 403 },
	},
	'403, license': {
		fault: faults.licenseExhausted(),
		code: 'LICENSE_EXHAUSTED',
		message: /license.*Licensed processing capacity exceeded$/,
		description: /credential is right.*licensing\.capacity-exceeded/s,
		facts: { httpStatus: 403, type: 'request.forbidden' },
	},
	'403 of the API for another reason': {
		fault: faults.forbidden(),
		code: 'FORBIDDEN',
		message: /forbids the request: Request is forbidden$/,
		description: /credential is right/,
	},
	'404 of another service': {
		fault: faults.answer({ detail: 'Not Found' }, 404),
		code: 'API_NOT_FOUND',
		message: /No Speech Platform API was found/,
		description: /'Base URL'/,
	},
	'404 page': { fault: faults.page(404, '404 Not Found'), code: 'API_NOT_FOUND', message: /No Speech Platform API/ },
	'404, task': {
		fault: faults.expired(),
		only: 'GET',
		code: 'TASK_NOT_FOUND',
		message: /does not know the task, or it has expired/,
		description: /limited time/,
		facts: { httpStatus: 404, type: 'resource.not-found', taskId: TASK_ID },
	},
	'404, technology': {
		fault: { ...faults.expired(), outside: true },
		only: 'POST',
		code: 'API_NOT_FOUND',
		message: /does not offer Voice Activity Detection/,
	},
	'405': { fault: faults.methodNotAllowed(), code: 'METHOD_NOT_ALLOWED', message: /does not allow (POST|GET)/ },
	'413': {
		fault: faults.tooLarge(),
		only: 'POST',
		code: 'UPLOAD_TOO_LARGE',
		message: /^The file is larger than the server allows: it has 1048\.6 MB, and the limit is 524\.3 MB$/,
		description: /max_file_size 524288000/,
		facts: { httpStatus: 413, type: 'request.size-limit-exceeded' },
	},
	'413 of a proxy': {
		fault: faults.page(413, '413 Request Entity Too Large'),
		only: 'POST',
		code: 'UPLOAD_TOO_LARGE',
		message: /too large for a proxy/,
		description: /413 Request Entity Too Large/,
	},
	'422': {
		fault: faults.notValid(),
		code: 'REQUEST_REFUSED',
		message: /query, channel_mode: Value is not a valid enumeration member \(and 1 more\)$/,
		description: /query, range_to: Value must be greater than range_from/,
		facts: { httpStatus: 422, type: 'request.validation-error' },
	},
	'422 without details': {
		fault: faults.status(422, { type: 'request.validation-error', message: 'Request validation error.' }),
		code: 'REQUEST_REFUSED',
		message: /did not accept the request: Request validation error$/,
	},
	"400 of nginx's encrypted port": {
		fault: faults.page(400, '400 The plain HTTP request was sent to HTTPS port'),
		code: 'TLS_FAULT',
		message: /wants an encrypted connection/,
		description: /https:\/\//,
	},
	'401 of the API itself': {
		fault: faults.status(401, { type: 'request.unauthorized', message: 'No.' }),
		code: 'UNAUTHORIZED',
		message: /wants a login/,
		description: /^This answer comes from the API itself\. Check 'Authentication'/,
	},
	"422 of the API's framework": {
		fault: faults.answer({ detail: [{ loc: ['query', 'channels'], msg: 'Bad channel.', type: 'value_error' }] }, 422),
		code: 'REQUEST_REFUSED',
		message: /did not accept the request: query, channels: Bad channel$/,
		facts: { detail: [{ location: ['query', 'channels'], message: 'Bad channel.', type: 'value_error' }] },
	},
	'429': {
		fault: faults.rateLimited({
			'retry-after': 12,
			'x-ratelimit-limit': 1,
			'x-ratelimit-remaining': 0,
			'x-ratelimit-reset': 1_795_000_000,
		}),
		code: 'RATE_LIMITED',
		message: /rate limit is reached; it allows the next request in 12 seconds$/,
		description: /Limit: 1 requests.*Left: 0.*Next window: 2026-11-18T11:06:40/s,
		facts: { httpStatus: 429, retryAfter: 12 },
	},
	'429 without headers': { fault: faults.rateLimited({}), code: 'RATE_LIMITED', message: /rate limit is reached$/ },
	'507': { fault: faults.storageFull(), only: 'POST', code: 'STORAGE_FULL', message: /no storage left/, facts: { httpStatus: 507 } },
	'500': {
		fault: faults.serverError(500),
		code: 'SERVER_ERROR',
		message: /HTTP status 500: Internal error$/,
		facts: { httpStatus: 500, type: 'internal' },
	},
	'502 of a proxy': {
		fault: faults.badGateway(),
		code: 'SERVER_ERROR',
		message: /HTTP status 502$/,
		description: /502 Bad Gateway/,
	},
	'302': {
		fault: faults.redirect('https://login.example/auth?state=top-secret#x'),
		code: 'REDIRECTED',
		message: /redirects to another address/,
		description: /https:\/\/login\.example\/auth\./,
	},
	'302 without an address': { fault: faults.page(302, 'Found'), code: 'REDIRECTED', message: /redirects/ },
	'418': { fault: faults.page(418, 'Teapot'), code: 'UNEXPECTED_STATUS', message: /unexpected HTTP status 418$/ },
	'login page': {
		fault: faults.loginPage(),
		code: 'NOT_THE_API',
		message: /web page instead of the API's JSON/,
		description: /Sign in/,
	},
	'invalid JSON': { fault: faults.invalidJson(), code: 'INVALID_ANSWER', message: /not valid JSON/ },
	'JSON of another service': { fault: faults.answer({ ok: true }), code: 'INVALID_ANSWER', message: /lacks the field 'task'/ },
	'errors of an odd form': {
		fault: faults.answer({ type: 'x.y', message: 'Odd.', detail: [null, 'text', { location: 'file' }, { message: 5 }] }, 422),
		code: 'REQUEST_REFUSED',
		message: /did not accept the request/,
	},
	'a text that n8n would replace': {
		fault: faults.status(422, {
			type: 'request.validation-error',
			message: 'open /tmp/x: ENOENT',
			detail: [{ location: ['body', 'file'], message: 'fileperms.wav: EPERM', type: 'x' }],
		}),
		code: 'REQUEST_REFUSED',
		message: /^The server did not accept the request$/,
		description: /fileperms\.wav/,
	},
	'a text that repeats the credentials': {
		fault: faults.status(422, {
			type: 'request.validation-error',
			message: `Not acceptable: ${SECRET} at http://me:top-secret@host/x.`,
		}),
		code: 'REQUEST_REFUSED',
		message: /Not acceptable: Bearer … at http:\/\/host\/x$/,
	},
	'texts without end': {
		fault: faults.status(400, { type: 'request.invalid', message: 'x '.repeat(100_000) }),
		code: 'REQUEST_INVALID',
		message: /…$/,
	},
};

test("n8n's list is read", () => assert.ok(REPLACED_BY_N8N.length >= 15, REPLACED_BY_N8N.join()));

describe('answers of the server', () => {
	for (const [name, { fault, code, message, description, facts, only }] of Object.entries(CASES)) {
		for (const method of only ? [only] : (['POST', 'GET'] as const)) {
			test(`${name} (${method})`, async (t) => {
				const server = await startServer(t);
				const api = client(t, server.url, { headers: { authorization: SECRET } });
				// As often as it may be repeated.
				server.inject(method, fault, fault, fault, fault, fault);
				const error = await failureOf(
					method === 'POST'
						? api.startVoiceActivityDetection(fileOf('a'))
						: api.getTask('voice-activity-detection', TASK_ID),
				);
				checkTexts(error);
				assert.equal(error.code, code);
				assert.match(error.message, message);
				if (description) assert.match(error.description, description);
				for (const [field, value] of Object.entries(facts ?? {})) assert.deepEqual(error[field as keyof typeof error], value);
				assert.equal(error.requestId, server.requests.at(-1)!.headers['x-request-id']);
				assert.ok(error.description.includes(error.requestId!));
			});
		}
	}
});

describe('the network', () => {
	const cases: Record<TransportFault, [code: string, message: RegExp, description: RegExp]> = {
		refused: ['CONNECTION_REFUSED', /Nothing accepts connections.*appliance:8000$/, /port/],
		dns: ['HOST_NOT_FOUND', /name could not be found: appliance:8000$/, /'Base URL'/],
		tls: ['TLS_FAULT', /encrypted connection/, /'Ignore SSL Issues'/],
		timeout: ['REQUEST_TIMEOUT', /did not answer in time/, /overloaded/],
		reset: ['CONNECTION_LOST', /broke off/, /restarted/],
		blocked: ['ADDRESS_BLOCKED', /N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES/, /N8N_SSRF_PROTECTION_ENABLED/],
		aborted: ['CANCELED', /canceled/, /./],
		tooLarge: ['NETWORK_FAULT', /larger than any/, /'Base URL'/],
		notHttp: ['NETWORK_FAULT', /does not speak HTTP/, /https:\/\//],
		other: ['NETWORK_FAULT', /did not get through/, /EWEIRD/],
	};
	for (const [kind, [code, message, description]] of Object.entries(cases)) {
		test(kind, async () => {
			const fault = new TransportError(kind as TransportFault, 'EWEIRD connect http://me:top-secret@appliance:8000 ECONNREFUSED', {
				requestSent: kind !== 'refused' && kind !== 'dns',
				cause: new Error(SECRET),
			});
			const transport = scripted(fault);
			const options = { baseUrl: 'http://appliance:8000', transport, correlationId: CORRELATION_ID, ...virtualClock().options };
			for (const work of [
				async () => await new SpeechPlatform(options).startVoiceActivityDetection(fileOf('a')),
				async () => await new SpeechPlatform(options).getTask('voice-activity-detection', TASK_ID),
			]) {
				const error = await failureOf(work());
				checkTexts(error);
				assert.equal(error.code, code);
				assert.match(error.message, message);
				assert.match(error.description, description);
				assert.equal(error.cause, undefined);
			}
		});
	}

	test('the names of variables that it mentions are those of the installed n8n', () => {
		const config = readFileSync(
			join(MODULES, '@n8n', 'config', 'dist', 'configs', 'ssrf-protection.config.js'),
			'utf8',
		);
		for (const name of ['N8N_SSRF_PROTECTION_ENABLED', 'N8N_SSRF_ALLOWED_HOSTNAMES', 'N8N_SSRF_ALLOWED_IP_RANGES']) {
			assert.ok(config.includes(`'${name}'`), name);
		}
	});
});
