/** The network's faults as they really happen, and the connection test. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NO_OPENSSL, selfSigned } from '../support/certificate.mts';
import * as faults from './server/faults.mts';
import * as misbehaviour from './server/misbehaviour.mts';
import type { StandInOptions } from './server/server.mts';
import { client, detect, failureOf, fileOf, SPEECH, startServer, TASK_ID, TECHNOLOGY_COUNT } from './support/harness.mts';

describe('a self-signed certificate', { skip: NO_OPENSSL }, () => {
	const tls = NO_OPENSSL ? undefined : selfSigned();

	test('is an error that names the switch, and nothing is sent', async (t) => {
		const server = await startServer(t, { tls });
		const error = await failureOf(client(t, server.url).startVoiceActivityDetection(fileOf('a')));
		assert.equal(error.code, 'TLS_FAULT');
		assert.match(error.description, /'Ignore SSL Issues'/);
		assert.equal(server.requests.length, 0);
	});

	test('is no matter with the switch on', async (t) => {
		const server = await startServer(t, { tls });
		assert.deepEqual(await detect(client(t, server.url, { ignoreSslIssues: true })), SPEECH);
	});
});

test('https:// for a server that does not encrypt', async (t) => {
	const server = await startServer(t);
	const error = await failureOf(client(t, server.url.replace('http:', 'https:')).startVoiceActivityDetection(fileOf('a')));
	assert.equal(error.code, 'TLS_FAULT');
	assert.match(error.description, /http:\/\//);
});

test('a port where nothing listens', async (t) => {
	const error = await failureOf(client(t, 'http://127.0.0.1:1').startVoiceActivityDetection(fileOf('a')));
	assert.equal(error.code, 'CONNECTION_REFUSED');
});

test('a host that does not exist', async (t) => {
	const error = await failureOf(client(t, 'http://nowhere.invalid').getTask('voice-activity-detection', TASK_ID));
	assert.equal(error.code, 'HOST_NOT_FOUND');
});

test('an upload that is refused before it is read', async (t) => {
	const server = await startServer(t);
	server.inject('POST', faults.earlyPage(413));
	const media = fileOf(Buffer.alloc(30_000_000));
	const error = await failureOf(client(t, server.url).startVoiceActivityDetection(media));
	// Whether the answer arrives before the broken connection is seen is a matter of chance.
	assert.ok(['UPLOAD_TOO_LARGE', 'CONNECTION_LOST'].includes(error.code), error.code);
	assert.equal(media.opened, 1);
});

test("a proxy's password is sent with each request", async (t) => {
	const authorization = 'Basic bWU6c2VjcmV0';
	const server = await startServer(t, { authorization });
	assert.deepEqual(await detect(client(t, server.url, { headers: { authorization } })), SPEECH);
	assert.equal((await failureOf(detect(client(t, server.url)))).code, 'UNAUTHORIZED');
});

describe('the connection test', () => {
	const good: Record<string, StandInOptions> = {
		'a server': {},
		'a server behind a prefix': { prefix: '/speech' },
		'compressed answers': { gzip: true },
	};
	for (const [name, options] of Object.entries(good)) {
		test(`${name}: success, without an upload`, async (t) => {
			const server = await startServer(t, options);
			assert.deepEqual(await client(t, server.url).probe(), { ok: true, missing: [] });
			assert.deepEqual(server.requests.map(({ method, bytes }) => [method, bytes]), Array(TECHNOLOGY_COUNT).fill(['GET', 0]));
		});
	}

	const accepted: Record<string, faults.Fault> = {
		'a task with that ID': faults.answer({ task: { task_id: TASK_ID, state: 'done' } }),
		'an ID of the wrong form (422)': faults.notValid(),
		'an ID of the wrong form (400)': faults.invalidRequest(),
	};
	for (const [name, fault] of Object.entries(accepted)) {
		test(`${name}: success`, async (t) => {
			const server = await startServer(t);
			server.inject('GET', fault);
			assert.deepEqual(await client(t, server.url).probe(), { ok: true, missing: [] });
		});
	}

	const refused: Record<string, [fault: faults.Fault, message: RegExp]> = {
		'a login page': [faults.loginPage(), /web page/],
		'a redirect': [faults.redirect('/login'), /redirects/],
		'401 of a proxy': [faults.unauthorized(), /login/],
		'403 of a proxy': [faults.page(403, 'Forbidden'), /denied access/],
		'404 of a proxy': [faults.page(404, 'Not Found'), /No Speech Platform API/],
		'404 of another service': [faults.answer({ detail: 'Not Found' }, 404), /No Speech Platform API/],
		'404 of a service with errors of a like form': [faults.answer({ type: 'not-found', message: 'No.' }, 404), /does not know/],
		'JSON of another service': [faults.answer({ ok: true }), /not one of the Speech Platform API/],
		'400 of another service': [faults.answer({ error: 'no' }, 400), /could not read/],
		'no JSON': [faults.invalidJson(), /not valid JSON/],
		'500': [faults.serverError(), /HTTP status 500/],
		'429': [faults.rateLimited(), /rate limit/],
		'a broken connection': [faults.resetAtOnce(), /broke off/],
	};
	for (const [name, [fault, message]] of Object.entries(refused)) {
		test(`${name}: failure at the first try, with the cause`, async (t) => {
			const server = await startServer(t);
			server.inject('GET', ...Array<faults.Fault>(TECHNOLOGY_COUNT).fill(fault));
			const result = await client(t, server.url).probe();
			assert.ok(!result.ok);
			assert.match(result.message, message);
			// One that knows no such address may still know one of the other technologies.
			assert.equal(server.requests.length, name.startsWith('404 of') && !name.includes('like form') ? TECHNOLOGY_COUNT : 1);
		});
	}

	test('a wrong prefix, a wrong port, a cancelled test', async (t) => {
		const server = await startServer(t, { prefix: '/speech' });
		for (const [api, message] of [
			[client(t, server.origin), /No Speech Platform API/],
			[client(t, 'http://127.0.0.1:1'), /Nothing accepts connections/],
			[client(t, server.url, { signal: AbortSignal.abort() }), /canceled/],
		] as const) {
			const result = await api.probe();
			assert.ok(!result.ok);
			assert.match(result.message, message);
		}
	});

	test('a server without some technologies: success that names them', async (t) => {
		const server = await startServer(t, { without: ['voice-activity-detection', 'speaker-identification-voiceprint-comparison'] });
		const result = await client(t, server.url).probe();
		assert.deepEqual(result, { ok: true, missing: ['Voice Activity Detection', 'Voiceprint Comparison'] });
	});

	test('a cause that can be mended is said with its remedy', async (t) => {
		const server = await startServer(t);
		server.inject('GET', faults.redirect('https://elsewhere.example/x'));
		const result = await client(t, server.url).probe();
		assert.ok(!result.ok && /https:\/\/elsewhere\.example\/x.*make it the 'Base URL'/.test(result.message), JSON.stringify(result));
	});

	for (const [name, fault] of Object.entries({ 'does not answer': faults.silent(), 'never comes to an end': misbehaviour.dripping(20) })) {
		test(`nobody waits long for a server that ${name}`, async (t) => {
			const server = await startServer(t);
			server.inject('GET', fault);
			const startedAt = Date.now();
			const result = await client(t, server.url, { limits: { answer: 200, wholeAnswer: 200 } }).probe();
			assert.ok(!result.ok);
			assert.match(result.message, /in time/);
			assert.ok(Date.now() - startedAt < 1500);
		});
	}
});
