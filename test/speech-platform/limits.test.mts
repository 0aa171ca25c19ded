/** How long what may take: uploads as long as they go on, everything else within its limits and the item's own. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { SpeechPlatform, SpeechPlatformError } from '../../dist/speech-platform/index.js';
import * as faults from './server/faults.mts';
import * as misbehaviour from './server/misbehaviour.mts';
import { client, detect, failureOf, fileOf, SPEECH, startServer } from './support/harness.mts';

/** Milliseconds; much less than the real ones, and enough for a good answer on a busy machine. */
const LIMITS = { connect: 600, uploadSilence: 800, acceptance: 900, answer: 900, answerSilence: 600, wholeAnswer: 900, look: 1900 };

/** Larger than what both systems hold of an upload between them. */
const LARGE = Buffer.alloc(24 * 2 ** 20);

const start = async (api: SpeechPlatform, content: string | Buffer = 'a', timeoutMs = 60_000) =>
	await api.startVoiceActivityDetection(fileOf(content), {}, api.budget(timeoutMs));

/** What a work fails with, and after how many milliseconds. */
async function timed(work: Promise<unknown>): Promise<{ error: SpeechPlatformError; took: number }> {
	const startedAt = performance.now();
	const error = await failureOf(work);
	return { error, took: performance.now() - startedAt };
}

const serve = async (t: TestContext, method: 'GET' | 'POST', ...all: faults.Fault[]) => {
	const server = await startServer(t, { pendingPolls: 0, runningPolls: 0 });
	server.inject(method, ...all);
	return { server, api: client(t, server.url, { realTime: true, limits: LIMITS }) };
};

describe('an upload', () => {
	test('that goes on steadily is not ended, however many limits it outlasts', async (t) => {
		const { server, api } = await serve(t, 'POST', misbehaviour.steadyReader(12 * 2 ** 20));
		const startedAt = performance.now();
		// All other limits are shorter than the upload is long, the item's own among them.
		const handle = await start(api, LARGE, 500);
		assert.ok(performance.now() - startedAt > 1500, 'the server was slow');
		assert.equal(server.posts[0].parts[0].bytes, LARGE.length);
		assert.equal(server.posts.length, 1);
		assert.deepEqual(await api.waitForTask(handle, { timeoutMs: 5000 }), SPEECH);
	});

	test('of which the server takes no more ends, and the error tells how far it came', async (t) => {
		const { server, api } = await serve(t, 'POST', misbehaviour.stalledReader(2 ** 20));
		const { error, took } = await timed(start(api, LARGE));
		assert.equal(error.code, 'REQUEST_TIMEOUT');
		assert.match(error.message, /^The server took no more of the upload, after \d+\.\d MB of 25\.2 MB$/);
		assert.match(error.description, /cannot have the whole file, so it has not accepted it/);
		assert.ok(took < 3000, `took ${took} ms`);
		assert.equal(server.posts.length, 1);
	});

	test('that breaks off is sent once more, as no server can have it whole', async (t) => {
		const { server, api } = await serve(t, 'POST', misbehaviour.brokenUpload(2 ** 20));
		await start(api, LARGE);
		assert.deepEqual(server.posts.map(({ taskId }) => taskId !== undefined), [false, true]);
	});

	test('that breaks off twice is an error that says what is true', async (t) => {
		const broken = misbehaviour.brokenUpload(2 ** 20);
		const { server, api } = await serve(t, 'POST', broken, broken);
		const error = await failureOf(start(api, LARGE));
		assert.equal(error.code, 'CONNECTION_LOST');
		assert.match(error.message, /broke off, after \d+\.\d MB of 25\.2 MB$/);
		assert.match(error.description, /has not accepted it/);
		assert.doesNotMatch(error.description, /not known whether/);
		assert.equal(server.posts.length, 2);
	});

	test('that was taken to its end is not sent again where the connection breaks then', async (t) => {
		const { server, api } = await serve(t, 'POST', faults.resetAfterAccepting());
		const error = await failureOf(start(api));
		assert.match(error.description, /not known whether the server accepted the file/);
		assert.equal(server.posts.length, 1);
	});
});

// They wait for most of their time, each for a server of its own.
describe('an answer', { concurrency: 4 }, () => {
	const cases: Record<string, [fault: () => faults.Fault, most: number]> = {
		'that does not begin': [faults.silent, LIMITS.acceptance],
		'that stops half-way': [misbehaviour.headOnly, LIMITS.answerSilence],
		'that drips': [() => misbehaviour.dripping(20), LIMITS.wholeAnswer],
	};
	for (const [name, [fault, most]] of Object.entries(cases)) {
		test(`to an upload ${name} ends after its limit`, async (t) => {
			const { server, api } = await serve(t, 'POST', fault());
			const { error, took } = await timed(start(api));
			assert.equal(error.code, 'REQUEST_TIMEOUT');
			assert.match(error.description, /not known whether the server accepted the file/);
			assert.ok(took < most + 600, `took ${took} ms`);
			assert.equal(server.posts.length, 1);
		});

		test(`to an upload ${name} ends with the item's own time, if that is shorter`, async (t) => {
			const { api } = await serve(t, 'POST', fault());
			const { took } = await timed(start(api, 'a', 150));
			assert.ok(took < 150 + 400, `took ${took} ms`);
		});

		test(`to a question ${name} is asked for again, until the task's time is over`, async (t) => {
			const { server, api } = await serve(t, 'GET', fault());
			assert.deepEqual(await detect(api, fileOf('a'), 5000), SPEECH);
			assert.ok(server.gets.length >= 2);
		});

		test(`to each question ${name} never outlasts the task's time`, async (t) => {
			const { api } = await serve(t, 'GET', ...Array.from({ length: 20 }, fault));
			const handle = await start(api);
			const { error, took } = await timed(api.waitForTask(handle, { timeoutMs: 1500 }));
			assert.equal(error.code, 'TASK_TIMEOUT');
			assert.ok(took < 2000, `took ${took} ms`);
		});

		test(`to each look at a task ${name} ends soon`, async (t) => {
			const { api } = await serve(t, 'GET', ...Array.from({ length: 20 }, fault));
			const handle = await start(api);
			const { error, took } = await timed(api.getTask('voice-activity-detection', handle.taskId));
			assert.equal(error.code, 'REQUEST_TIMEOUT');
			assert.ok(took < LIMITS.look + 600, `took ${took} ms`);
		});
	}

	test('that is no HTTP is told from other faults, and names https', async (t) => {
		// What a server that encrypts says to one who does not.
		const alert = misbehaviour.notHttp(Buffer.from('15030300020246', 'hex'));
		const { api } = await serve(t, 'GET', alert, alert, alert, alert);
		const error = await failureOf(api.getTask('voice-activity-detection', 'x'));
		assert.match(error.description, /https:\/\//);
	});
});

describe('the time of an item', () => {
	for (const [name, fault] of Object.entries({
		'429 with retry-after': () => faults.rateLimited({ 'retry-after': 20 }),
		'429 with a reset': () => faults.rateLimited({ 'x-ratelimit-reset': 20 }),
		'429 without headers': () => faults.rateLimited({}),
		'503 with retry-after': () => faults.unavailable({ 'retry-after': 20 }),
		507: faults.storageFull,
	})) {
		test(`is not waited away for a start that could not come in it (${name})`, async (t) => {
			const { server, api } = await serve(t, 'POST', ...Array.from({ length: 9 }, fault));
			const { took } = await timed(start(api, 'a', 1000));
			assert.ok(took < 1000, `took ${took} ms`);
			assert.equal(server.posts.length, 1);
		});
	}

	test('is over for its repetitions too', async (t) => {
		const { api } = await serve(t, 'POST', ...Array.from({ length: 9 }, () => faults.rateLimited({ 'retry-after': 0.3 })));
		const { error, took } = await timed(start(api, 'a', 800));
		assert.equal(error.code, 'RATE_LIMITED');
		assert.ok(took < 1000, `took ${took} ms`);
	});
});
