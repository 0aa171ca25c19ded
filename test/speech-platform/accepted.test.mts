/** A task that the server has accepted is charged: no odd answer loses it, and no other one is taken for it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as faults from './server/faults.mts';
import * as misbehaviour from './server/misbehaviour.mts';
import { client, detect, failureOf, fileOf, SPEECH, startServer } from './support/harness.mts';

const ODD: Record<string, () => faults.Fault> = {
	'404 of a proxy': () => faults.page(404, '404 page not found'),
	'404 of another service': () => faults.answer({ detail: 'Not Found' }, 404),
	400: () => faults.page(400, '400 Bad Request'),
	401: faults.unauthorized,
	403: () => faults.page(403, '403 Forbidden'),
	405: faults.methodNotAllowed,
	408: () => faults.page(408, '408 Request Timeout'),
	409: () => faults.page(409, '409 Conflict'),
	410: () => faults.page(410, '410 Gone'),
	421: () => faults.page(421, '421 Misdirected Request'),
	425: () => faults.page(425, '425 Too Early'),
	204: () => misbehaviour.empty(204),
	'200 without an answer': () => misbehaviour.empty(200),
	'a redirect': () => faults.redirect('/login'),
	'a login page': faults.loginPage,
	'JSON that is cut': faults.invalidJson,
	'JSON of another service': () => faults.answer({ ok: true }),
	'a list': () => faults.answer([]),
	'null': () => faults.answer(null),
	'an answer that breaks off': faults.cutAnswer,
	'the answer to another task': () => misbehaviour.otherTask({ channels: [] }),
};

describe('one odd answer to a question loses nothing', () => {
	for (const [name, fault] of Object.entries(ODD)) {
		test(name, async (t) => {
			const server = await startServer(t);
			server.inject('GET', undefined, fault(), undefined, fault());
			assert.deepEqual(await detect(client(t, server.url)), SPEECH);
			assert.equal(server.posts.length, 1);
		});
	}

	test('however many there are, each another', async (t) => {
		const server = await startServer(t);
		const passing = ['408', '425', '204', 'JSON that is cut', '200 without an answer', 'an answer that breaks off'];
		server.inject('GET', ...passing.map((name) => ODD[name]()), ...passing.map((name) => ODD[name]()));
		assert.deepEqual(await detect(client(t, server.url), fileOf('a'), 600_000), SPEECH);
	});
});

describe('what stays odd is an error that says how the result is had', () => {
	for (const name of ['401', 'a login page', 'a redirect', 'the answer to another task', '404 of a proxy']) {
		test(name, async (t) => {
			const server = await startServer(t);
			server.inject('GET', ...Array.from({ length: 50 }, ODD[name]));
			const error = await failureOf(detect(client(t, server.url), fileOf('a'), 60_000));
			const { taskId } = server.posts[0];
			assert.equal(error.taskId, taskId);
			assert.match(error.description, new RegExp(`goes on.*'Get Result' and the task ID ${taskId}`));
			assert.equal(error.taskState, 'pending');
		});
	}

	test("the API's own word is final at once", async (t) => {
		const server = await startServer(t);
		server.inject('GET', faults.expired());
		const error = await failureOf(detect(client(t, server.url)));
		assert.equal(error.code, 'TASK_NOT_FOUND');
		assert.doesNotMatch(error.description, /goes on/);
		assert.equal(server.gets.length, 1);
	});

	test("another task's result is taken neither for one that was waited for nor for one that is asked for", async (t) => {
		const server = await startServer(t);
		const other = Array.from({ length: 9 }, () => misbehaviour.otherTask(SPEECH));
		const api = client(t, server.url);
		const handle = await api.startVoiceActivityDetection(fileOf('a'));
		server.inject('GET', ...other);
		for (const work of [
			async () => await api.getTask('voice-activity-detection', handle.taskId),
			async () => await api.waitForTask(handle, { timeoutMs: 60_000 }),
		]) {
			const error = await failureOf(work());
			assert.deepEqual([error.code, error.taskId], ['INVALID_ANSWER', handle.taskId]);
			assert.match(error.message, /another task/);
		}
	});

	test('a state that nobody knows is not said to go on', async (t) => {
		const server = await startServer(t);
		server.inject('GET', ...Array.from({ length: 50 }, () => faults.unknownState('canceled')));
		const error = await failureOf(detect(client(t, server.url)));
		assert.equal(error.code, 'TASK_TIMEOUT');
		assert.doesNotMatch(error.description, /It goes on/);
		assert.match(error.description, /not known whether the task goes on/);
	});
});

describe('an accepted task whose answer says little', () => {
	for (const body of ['', '{}', 'null', '[]', '{"task": {}}', '{"task": {"task_id": "123', '{"task": null}', 'accepted']) {
		test(`is found by the header where the answer is ${JSON.stringify(body)}`, async (t) => {
			const server = await startServer(t);
			server.inject('POST', misbehaviour.acceptedWith(body));
			assert.deepEqual(await detect(client(t, server.url)), SPEECH);
			assert.equal(server.posts.length, 1);
		});
	}

	for (const location of ['/', '/login', '/api/technology/voice-activity-detection/', '/api/technology/voice-activity-detection/a/b']) {
		test(`is an error in doubt where the header is ${location}`, async (t) => {
			const server = await startServer(t);
			server.inject('POST', misbehaviour.acceptedWith('{}', { 'x-location': location }));
			const error = await failureOf(client(t, server.url).startVoiceActivityDetection(fileOf('a')));
			assert.equal(error.code, 'INVALID_ANSWER');
			assert.match(error.description, /not known whether the server accepted the file/);
			assert.equal(server.posts.length, 1);
		});
	}
});
