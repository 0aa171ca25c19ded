/** What is sent again and what is not: processing is licensed by amount, so no file is ever sent twice in doubt. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SpeechPlatform, SpeechPlatformError, TransportError } from '../../dist/speech-platform/index.js';
import * as faults from './server/faults.mts';
import * as misbehaviour from './server/misbehaviour.mts';
import { accepted, client, CORRELATION_ID, detect, failureOf, fileOf, inState, json, scripted, SPEECH, startServer, TASK_ID, virtualClock } from './support/harness.mts';

const HTTP_DATE = (milliseconds: number) => new Date(Date.now() + milliseconds).toUTCString();

describe('a start request is sent again where the server certainly did not accept it', () => {
	const cases = {
		'429 with retry-after': faults.rateLimited({ 'retry-after': 2 }),
		425: faults.page(425, '425 Too Early'),
		507: faults.storageFull(),
		'429 without retry-after': faults.rateLimited({}),
		'503 with retry-after': faults.unavailable({ 'retry-after': 2 }),
		'503 with a date as retry-after': faults.unavailable({ 'retry-after': HTTP_DATE(2000) }),
	};
	for (const [name, fault] of Object.entries(cases)) {
		test(name, async (t) => {
			const server = await startServer(t);
			server.inject('POST', fault, fault);
			const media = fileOf('the whole file');
			const handle = await client(t, server.url).startVoiceActivityDetection(media);
			assert.equal(media.opened, 3);
			assert.deepEqual(server.posts.map(({ status }) => status === 202), [false, false, true]);
			// Each time from its first byte.
			assert.equal(server.posts[2].parts[0].bytes, 'the whole file'.length);
			assert.deepEqual([...server.tasks.keys()], [handle.taskId]);
		});
	}

	test('nothing was sent: connection refused', async () => {
		const refused = new TransportError('refused', 'connect ECONNREFUSED', { requestSent: false });
		const transport = scripted(refused, refused, accepted());
		const api = new SpeechPlatform({ baseUrl: 'http://a', transport, correlationId: '1', ...virtualClock().options });
		assert.equal((await api.startVoiceActivityDetection(fileOf('a'))).taskId, TASK_ID);
		assert.equal(transport.requests.length, 3);
	});

	test('once where the server has not waited for the whole file (408): the next upload is no quicker', async (t) => {
		for (const times of [1, 2]) {
			const server = await startServer(t);
			server.inject('POST', ...Array.from({ length: times }, () => faults.page(408, '408 Request Timeout')));
			const work = client(t, server.url).startVoiceActivityDetection(fileOf('a'));
			if (times === 1) assert.ok((await work).taskId);
			else assert.match((await failureOf(work)).description, /limit how long an upload may take/);
			assert.equal(server.posts.length, 2);
		}
	});

	test('not for ever', async (t) => {
		const server = await startServer(t);
		const clock = virtualClock();
		server.inject('POST', ...Array.from({ length: 20 }, () => faults.rateLimited({ 'retry-after': 10 })));
		const error = await failureOf(client(t, server.url, clock.options).startVoiceActivityDetection(fileOf('a')));
		assert.deepEqual([error.code, error.retryAfter], ['RATE_LIMITED', 10]);
		assert.equal(server.posts.length, 5);
		assert.deepEqual(clock.pauses, [10_000, 10_000, 10_000, 10_000]);
	});

	test('not where the server wants to be left alone for long', async (t) => {
		const server = await startServer(t);
		const clock = virtualClock();
		server.inject('POST', faults.rateLimited({ 'retry-after': 3600 }));
		const error = await failureOf(client(t, server.url, clock.options).startVoiceActivityDetection(fileOf('a')));
		assert.deepEqual([error.code, error.retryAfter, clock.elapsed()], ['RATE_LIMITED', 3600, 0]);
	});
});

describe('a start request is sent once where nobody knows what the server did', () => {
	const cases = {
		'the connection breaks before the body is read': [faults.resetAtOnce(), 'CONNECTION_LOST'],
		'the connection breaks after the file was accepted': [faults.resetAfterAccepting(), 'CONNECTION_LOST'],
		'the answer is cut': [faults.cutAnswer(), 'CONNECTION_LOST'],
		'500': [faults.serverError(500), 'SERVER_ERROR'],
		'502 of a proxy': [faults.badGateway(), 'SERVER_ERROR'],
		'503 without retry-after': [faults.unavailable(), 'SERVER_ERROR'],
		'504 of a proxy': [faults.page(504, '504 Gateway Time-out'), 'SERVER_ERROR'],
		'invalid JSON': [faults.invalidJson(), 'INVALID_ANSWER'],
		'a web page': [faults.loginPage(), 'NOT_THE_API'],
	} as const;
	for (const [name, [fault, code]] of Object.entries(cases)) {
		test(name, async (t) => {
			const server = await startServer(t);
			server.inject('POST', fault);
			const media = fileOf(Buffer.alloc(200_000));
			const error = await failureOf(client(t, server.url).startVoiceActivityDetection(media));
			assert.equal(error.code, code);
			assert.equal(media.opened, 1);
			assert.equal(server.posts.length, 1);
			if (code === 'CONNECTION_LOST' || code === 'SERVER_ERROR') {
				assert.match(error.description, /not known whether the server accepted/);
			}
		});
	}

	test('no answer in time', async () => {
		const transport = scripted(new TransportError('timeout', 'timeout', { requestSent: true }));
		const api = new SpeechPlatform({ baseUrl: 'http://a', transport, correlationId: '1', ...virtualClock().options });
		assert.equal((await failureOf(api.startVoiceActivityDetection(fileOf('a')))).code, 'REQUEST_TIMEOUT');
		assert.equal(transport.requests.length, 1);
	});

	test('a transport that throws something of its own', async () => {
		const transport = scripted(new TypeError('surprise'));
		const api = new SpeechPlatform({ baseUrl: 'http://a', transport, correlationId: '1', ...virtualClock().options });
		const media = fileOf('a');
		const error = await failureOf(api.startVoiceActivityDetection(media));
		assert.equal(error.code, 'NETWORK_FAULT');
		assert.match(error.description, /surprise/);
		assert.equal(media.opened, 1);
	});
});

test('fifty at once among random faults: each ends as a result or a typed error, none is processed twice', async (t) => {
	const chooseFault = faults.randomFaults(0.3, 4);
	const server = await startServer(t, { chooseFault });
	const outcomes = await Promise.all(
		Array.from({ length: 50 }, async (_, i) => {
			const api = client(t, server.url);
			const fileName = `call-${i}.wav`;
			try {
				return { fileName, result: await detect(api, fileOf(`content ${i}`, { fileName }), 60_000) };
			} catch (error) {
				assert.ok(error instanceof SpeechPlatformError, String(error));
				return { fileName, code: error.code };
			}
		}),
	);
	const accepted = server.posts.filter(({ taskId }) => taskId).map(({ parts: [{ fileName }] }) => fileName);
	assert.equal(new Set(accepted).size, accepted.length);
	const done = outcomes.filter((outcome) => 'result' in outcome);
	assert.ok(done.length > 20 && done.length < 50, `${done.length} done`);
	for (const { fileName, result } of done) {
		assert.deepEqual(result, SPEECH);
		assert.ok(accepted.includes(fileName));
	}
	t.diagnostic(`${done.length} done; ${outcomes.flatMap(({ code }) => code ?? []).join(', ')}`);
});

describe('a request for a task', () => {
	const harmless = {
		'a broken connection': faults.resetAtOnce,
		'a cut answer': faults.cutAnswer,
		'invalid JSON': faults.invalidJson,
		'204 without an answer': () => misbehaviour.empty(204),
		408: () => faults.page(408, '408 Request Timeout'),
		425: () => faults.page(425, '425 Too Early'),
		429: () => faults.rateLimited({ 'retry-after': 1 }),
		500: faults.serverError,
		'502 of a proxy': faults.badGateway,
		'503 without retry-after': faults.unavailable,
		507: faults.storageFull,
	};
	for (const [name, fault] of Object.entries(harmless)) {
		test(`is sent again after ${name}`, async (t) => {
			const server = await startServer(t, { pendingPolls: 0, runningPolls: 0 });
			const api = client(t, server.url);
			const { taskId } = await api.startVoiceActivityDetection(fileOf('a'));
			server.inject('GET', fault(), fault());
			assert.deepEqual((await api.getTask('voice-activity-detection', taskId)).result, SPEECH);
			assert.equal(server.gets.length, 3);
		});
	}

	test('fails after four tries, which take some seconds', async (t) => {
		const server = await startServer(t);
		const clock = virtualClock();
		server.inject('GET', ...Array.from({ length: 20 }, () => faults.serverError()));
		const error = await failureOf(client(t, server.url, clock.options).getTask('voice-activity-detection', TASK_ID));
		assert.deepEqual([error.code, error.taskId, server.gets.length], ['SERVER_ERROR', TASK_ID, 4]);
		assert.deepEqual(clock.pauses, [500, 750, 1125]);
	});

	const final = {
		'an expired task': [faults.expired, 'TASK_NOT_FOUND'],
		'a web page': [faults.loginPage, 'NOT_THE_API'],
		401: [faults.unauthorized, 'UNAUTHORIZED'],
		422: [faults.notValid, 'REQUEST_REFUSED'],
	} as const;
	for (const [name, [fault, code]] of Object.entries(final)) {
		test(`is not sent again after ${name}`, async (t) => {
			const server = await startServer(t);
			const api = client(t, server.url);
			server.inject('GET', fault());
			assert.equal((await failureOf(api.getTask('voice-activity-detection', TASK_ID))).code, code);
			assert.equal(server.gets.length, 1);
		});
	}

	for (const kind of ['tls', 'blocked'] as const) {
		test(`is not sent again where the fault stays (${kind})`, async () => {
			const transport = scripted(new TransportError(kind, kind, { requestSent: false }));
			const api = new SpeechPlatform({ baseUrl: 'http://a', transport, correlationId: '1', ...virtualClock().options });
			await failureOf(api.getTask('voice-activity-detection', TASK_ID));
			await failureOf(api.startVoiceActivityDetection(fileOf('a')));
			assert.equal(transport.requests.length, 2);
		});
	}

	test('shows the task as it stands, with fields that nobody here knows', async () => {
		const transport = scripted(
			inState('running', { progress: 0.5, result: null, error: null }),
			json(200, { task: { task_id: TASK_ID, state: 'done', queue: 'q' }, result: { ...SPEECH, snr: 12 }, node: 'n1' }),
		);
		const api = new SpeechPlatform({ baseUrl: 'http://a', transport, correlationId: CORRELATION_ID });
		assert.deepEqual(await api.getTask('voice-activity-detection', ` ${TASK_ID} `), {
			task: { task_id: TASK_ID, state: 'running' },
			progress: 0.5,
		});
		assert.deepEqual(await api.getTask('voice-activity-detection', TASK_ID), {
			task: { task_id: TASK_ID, state: 'done', queue: 'q' },
			result: { ...SPEECH, snr: 12 },
			node: 'n1',
		});
		assert.equal(transport.requests[0].url, `http://a/api/technology/voice-activity-detection/${TASK_ID}`);
	});

	for (const taskId of ['', '..', '.', 'a/b', '../x', 'a?b', 'a b', '%2e%2e']) {
		test(`is not sent for the ID ${JSON.stringify(taskId)}`, async () => {
			const transport = scripted(inState('running'));
			const api = new SpeechPlatform({ baseUrl: 'http://a', transport, correlationId: CORRELATION_ID });
			assert.equal((await failureOf(api.getTask('voice-activity-detection', taskId))).code, 'INVALID_TASK_ID');
			assert.equal(transport.requests.length, 0);
		});
	}
});
