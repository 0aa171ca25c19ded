/** Waiting for a task: when the server is asked, what it may answer, when the wait ends. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SpeechPlatform, TransportError, type HttpResponse, type WaitOptions } from '../../dist/speech-platform/index.js';
import * as faults from './server/faults.mts';
import { accepted, client, CORRELATION_ID, detect, failureOf, fileOf, inState, json, scripted, SPEECH, startServer, TASK_ID, virtualClock, VOICEPRINT } from './support/harness.mts';

const done = () => inState('done', { result: SPEECH });

const withHeaders = (response: HttpResponse, headers: HttpResponse['headers']): HttpResponse => ({
	...response,
	headers: { ...response.headers, ...headers },
});

/** Waits on a clock that takes no time, with the given answers; the outcome is a result or an error. */
async function wait(answers: Array<HttpResponse | Error>, options: Partial<WaitOptions> = {}) {
	const clock = virtualClock();
	const transport = scripted(accepted(), ...answers);
	const api = new SpeechPlatform({ baseUrl: 'http://a', transport, correlationId: CORRELATION_ID, ...clock.options });
	const handle = await api.startVoiceActivityDetection(fileOf('a'));
	const result = api.waitForTask(handle, { timeoutMs: 60_000, ...options });
	await result.catch(() => {});
	return { result, clock, polls: transport.requests.length - 1, transport };
}

describe('when the server is asked', () => {
	test('soon at first, then in growing intervals up to 5 s', async () => {
		const { result, clock } = await wait([...Array.from({ length: 9 }, () => inState('running')), done()]);
		assert.deepEqual(await result, SPEECH);
		assert.deepEqual(clock.pauses, [500, 750, 1125, 1688, 2531, 3797, 5000, 5000, 5000, 5000]);
	});

	test("the user's polling interval is the cap", async () => {
		const running = () => Array.from({ length: 4 }, () => inState('running'));
		assert.deepEqual((await wait([...running(), done()], { pollingIntervalMs: 1000 })).clock.pauses, [500, 750, 1000, 1000, 1000]);
		assert.deepEqual((await wait([...running(), done()], { pollingIntervalMs: 100 })).clock.pauses, [100, 100, 100, 100, 100]);
		assert.deepEqual((await wait([...running(), done()], { pollingIntervalMs: 0 })).clock.pauses, [100, 100, 100, 100, 100]);
		assert.equal((await wait([...Array.from({ length: 19 }, () => inState('running')), done()], { pollingIntervalMs: 60_000, timeoutMs: 1e7 })).clock.pauses.at(-1), 60_000);
	});

	const soon = () => new Date(Date.now() + 9500).toUTCString();
	const inSeconds = (seconds: number) => `${Math.round(Date.now() / 1000) + seconds}`;
	const limits: Array<[name: string, headers: HttpResponse['headers'], from: number, to: number, except?: string]> = [
		['retry-after in seconds', { 'retry-after': '12' }, 12_000, 12_000],
		['retry-after with a fraction', { 'retry-after': '1.5' }, 1500, 1500],
		['retry-after as a date', { 'retry-after': soon() }, 7000, 10_000],
		['retry-after as a date, by the clock of a server that is an hour ahead', {
			date: new Date(Date.now() + 3_600_000).toUTCString(),
			'retry-after': new Date(Date.now() + 3_608_000).toUTCString(),
		}, 7000, 9000],
		['the end of a window without requests left', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(9) }, 7000, 10_000],
		['the same in milliseconds', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${inSeconds(9)}000` }, 7000, 10_000],
		['no wait where requests are left', { 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': inSeconds(9) }, 750, 750, 'except 429'],
		['the seconds that are left of a window', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9' }, 9000, 9000],
		['no wait for a window that is over', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(-9) }, 750, 750],
		['its own interval where the headers make no sense', { 'retry-after': 'later', 'x-ratelimit-remaining': '', 'x-ratelimit-reset': 'x' }, 750, 750],
	];
	for (const [name, headers, from, to, except] of limits) {
		for (const response of [inState('running'), json(429, { type: 'request.rate-limit-exceeded', message: '' })]) {
			if (except && response.status === 429) continue;
			test(`obeys ${name} (status ${response.status})`, async () => {
				const { result, clock } = await wait([withHeaders(response, headers), done()]);
				assert.deepEqual(await result, SPEECH);
				assert.ok(clock.pauses[1] >= from && clock.pauses[1] <= to, `waited ${clock.pauses[1]} ms`);
			});
		}
	}

	test('without a deadline for as long as it takes', async () => {
		const running = Array.from({ length: 1000 }, () => inState('running'));
		assert.deepEqual(await (await wait([...running, done()], { timeoutMs: Infinity })).result, SPEECH);
	});

	test('faults postpone the next request, however many there are', async () => {
		const troubles = [
			new TransportError('reset', 'reset', { requestSent: true }),
			new TransportError('refused', 'refused', { requestSent: false }),
			new TransportError('timeout', 'timeout', { requestSent: true }),
			new TransportError('dns', 'dns', { requestSent: false }),
			json(500, { type: 'internal', message: 'Internal error.' }),
			json(502, {}),
			json(503, {}),
			json(429, {}),
		];
		const { result, polls } = await wait([...troubles, ...troubles, done()], { timeoutMs: 600_000 });
		assert.deepEqual(await result, SPEECH);
		assert.equal(polls, 17);
	});
});

describe('what the server may answer', () => {
	test('states over time are reported once each', async (t) => {
		const server = await startServer(t, { pendingPolls: 3, runningPolls: 3 });
		const states: string[] = [];
		const api = client(t, server.url);
		const handle = await api.startVoiceActivityDetection(fileOf('a'));
		assert.deepEqual(await api.waitForTask(handle, { timeoutMs: 60_000, onState: (state) => states.push(state) }), SPEECH);
		assert.deepEqual(states, ['pending', 'running', 'done']);
		assert.equal(server.gets.length, 7);
	});

	for (const [name, options] of Object.entries({
		'null instead of absent members': { nulls: true },
		'compressed answers': { gzip: true },
		'a task that is done at the first request': { pendingPolls: 0, runningPolls: 0 },
	})) {
		test(name, async (t) => {
			const server = await startServer(t, options);
			assert.deepEqual(await detect(client(t, server.url)), SPEECH);
		});
	}

	test('a state that nobody knows is waited out', async (t) => {
		const server = await startServer(t, { pendingPolls: 1, runningPolls: 1 });
		server.inject('GET', undefined, faults.unknownState('archiving'));
		const states: string[] = [];
		const api = client(t, server.url);
		const handle = await api.startVoiceActivityDetection(fileOf('a'));
		assert.deepEqual(await api.waitForTask(handle, { timeoutMs: 60_000, onState: (state) => states.push(state) }), SPEECH);
		assert.deepEqual(states, ['pending', 'archiving', 'done']);
	});

	test('but not longer than until the deadline', async () => {
		const error = await failureOf((await wait([inState('archiving')])).result);
		assert.deepEqual([error.code, error.taskState], ['TASK_TIMEOUT', 'archiving']);
	});

	test('fields that nobody knows are kept in the result and do no harm elsewhere', async (t) => {
		const rich = { ...SPEECH, processed_audio_length: 61.3, channels: [{ ...SPEECH.channels[0], snr: 20 }] };
		const server = await startServer(t, { compute: async () => ({ state: 'done', result: rich }) });
		const more = () => faults.unknownFields({ usage: 1, links: [] });
		server.inject('POST', more());
		server.inject('GET', more(), more(), more());
		assert.deepEqual(await detect(client(t, server.url)), rich);
	});

	test('slow answers', async (t) => {
		const server = await startServer(t);
		server.inject('POST', faults.slow(400));
		server.inject('GET', faults.slow(400));
		assert.deepEqual(await detect(client(t, server.url)), SPEECH);
	});

	test('an answer of many megabytes', async (t) => {
		const segments = Array.from({ length: 200_000 }, (_, i) => ({ segment_type: 'voice', start_time: i, end_time: i + 0.5 }));
		const result = { channels: [{ channel_number: 0, speech_length: 100_000, segments }] };
		const server = await startServer(t, { compute: async () => ({ state: 'done', result }), pendingPolls: 0, runningPolls: 0 });
		assert.equal((await detect(client(t, server.url))).channels[0].segments.length, segments.length);
	});

	for (const [name, result, field] of [
		['no result', undefined, 'result'],
		['null', null, 'result'],
		['no channels', {}, 'result.channels'],
		['channels that are no list', { channels: {} }, 'result.channels'],
		['a channel without segments', { channels: [{ channel_number: 0, speech_length: 1 }] }, 'result.channels[0].segments'],
		['a segment without an end', { channels: [{ ...SPEECH.channels[0], segments: [{ segment_type: 'voice', start_time: 1 }] }] }, 'result.channels[0].segments[0].end_time'],
		['a time as text', { channels: [{ ...SPEECH.channels[0], speech_length: '1' }] }, 'result.channels[0].speech_length'],
	] as const) {
		test(`a task that is done with ${name} is an error that names ${field}`, async () => {
			const error = await failureOf((await wait([inState('done', { result })])).result);
			assert.deepEqual([error.code, error.taskId], ['INVALID_ANSWER', TASK_ID]);
			assert.ok(error.message.includes(`'${field}'`), error.message);
		});
	}

	test('a voiceprint of a file without speech is a result', async (t) => {
		const silent = { channels: [{ ...VOICEPRINT.channels[0], speech_length: 0, vector_voiceprint: [] }] };
		const server = await startServer(t, { compute: async () => ({ state: 'done', result: silent }) });
		const api = client(t, server.url);
		assert.deepEqual(await api.waitForTask(await api.startVoiceprintExtraction(fileOf('a')), { timeoutMs: 60_000 }), silent);
	});
});

describe('the end of the wait', () => {
	test('at the deadline: an error that says how to go on', async () => {
		const { result, clock, polls } = await wait([inState('pending'), inState('running')], { timeoutMs: 12_000 });
		const error = await failureOf(result);
		assert.equal(error.code, 'TASK_TIMEOUT');
		assert.match(error.message, /within 12 seconds.*'running'/);
		assert.match(error.description, new RegExp(`Get Result.*${TASK_ID}`));
		assert.deepEqual([error.taskId, error.taskState, error.correlationId], [TASK_ID, 'running', CORRELATION_ID]);
		// The last request comes early enough for its answer.
		assert.equal(clock.elapsed(), 11_000);
		assert.equal(polls, clock.pauses.length);
	});

	test('at the deadline in the middle of faults: the error names the last one', async () => {
		const error = await failureOf((await wait([inState('running'), json(502, {})], { timeoutMs: 10_000 })).result);
		assert.equal(error.code, 'TASK_TIMEOUT');
		assert.match(error.description, /HTTP status 502/);
		assert.equal(error.taskState, 'running');
	});

	test('no request where the server allows the next one after the deadline only', async () => {
		const limited = withHeaders(inState('running'), { 'retry-after': '3600' });
		const { result, clock, polls } = await wait([limited], { timeoutMs: 20_000 });
		assert.equal((await failureOf(result)).code, 'TASK_TIMEOUT');
		assert.equal(polls, 1);
		assert.equal(clock.elapsed(), 20_000);
	});

	test('a request that hangs does not outlast the deadline by much', async (t) => {
		const server = await startServer(t);
		const api = client(t, server.url, { realTime: true });
		const handle = await api.startVoiceActivityDetection(fileOf('a'));
		server.inject('GET', faults.silent());
		const startedAt = Date.now();
		assert.equal((await failureOf(api.waitForTask(handle, { timeoutMs: 1500 }))).code, 'TASK_TIMEOUT');
		assert.ok(Date.now() - startedAt < 5000, `took ${Date.now() - startedAt} ms`);
	});

	for (const [state, fault, code, message] of [
		['rejected', faults.rejected(), 'TASK_REJECTED', /rejected the file: Input media file could not be decoded$/],
		['failed', faults.failed(), 'TASK_FAILED', /failed to process the file: Internal error$/],
	] as const) {
		test(`the task ends as ${state}`, async (t) => {
			const server = await startServer(t);
			server.inject('POST', fault);
			const error = await failureOf(detect(client(t, server.url)));
			assert.deepEqual([error.code, error.taskState, error.taskId], [code, state, server.posts[0].taskId]);
			assert.match(error.message, message);
			assert.equal(error.type, state === 'rejected' ? 'task.validation-error' : 'internal');
		});

		test(`the task is ${state} without any reason, or in the answer to the start`, async () => {
			assert.equal((await failureOf((await wait([inState(state, { error: null })])).result)).code, code);
			const transport = scripted(json(202, { task: { task_id: TASK_ID, state } }));
			const api = new SpeechPlatform({ baseUrl: 'http://a', transport, correlationId: CORRELATION_ID });
			assert.equal((await failureOf(api.startVoiceActivityDetection(fileOf('a')))).code, code);
		});
	}

	test('the task expires meanwhile', async (t) => {
		const server = await startServer(t);
		server.inject('GET', undefined, faults.expired());
		const error = await failureOf(detect(client(t, server.url)));
		assert.equal(error.code, 'TASK_NOT_FOUND');
		assert.equal(server.gets.length, 2);
	});
});
