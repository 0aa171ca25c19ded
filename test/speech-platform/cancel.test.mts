/** Cancelling: whatever is under way ends at once, on both sides. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { SpeechPlatform, type Transport } from '../../dist/speech-platform/index.js';
import { until } from '../support/engine.mts';
import * as faults from './server/faults.mts';
import type { RecordedRequest } from './server/server.mts';
import { accepted, client, CORRELATION_ID, failureOf, fileOf, inState, scripted, startServer, TASK_ID } from './support/harness.mts';

/** Milliseconds within which everything must be over; a busy machine needs some. */
const AT_ONCE = 1000;

/** Cancels once `ready`, and expects the work to end as cancelled at once. */
async function cancelDuring(work: Promise<unknown>, controller: AbortController, ready: () => boolean) {
	const failure = failureOf(work);
	await until(ready, 'the right moment to cancel');
	const canceledAt = Date.now();
	controller.abort();
	const error = await failure;
	assert.deepEqual([error.code, error.message], ['CANCELED', 'The execution was canceled']);
	assert.ok(Date.now() - canceledAt < AT_ONCE, `took ${Date.now() - canceledAt} ms`);
	return { error, canceledAt };
}

/** The answer has been there for a while. */
const pausing = (request: RecordedRequest | undefined) => request?.status === 429 && Date.now() - request.at > 500;

test('during the upload: the connection and the file are closed', async (t) => {
	const server = await startServer(t);
	const controller = new AbortController();
	let source: Readable | undefined;
	const endless = fileOf('', {
		bytes: undefined,
		open: async () =>
			(source = Readable.from(
				(async function* () {
					for (;;) {
						yield Buffer.alloc(64 * 1024);
						await sleep(1);
					}
				})(),
			)),
	});
	const api = client(t, server.url, { signal: controller.signal });
	const { canceledAt } = await cancelDuring(
		api.startVoiceActivityDetection(endless),
		controller,
		() => server.requests[0]?.bytes > 1e6,
	);
	await until(() => server.requests[0].aborted, 'the server to see the end');
	assert.ok(server.requests[0].abortedAt! - canceledAt < AT_ONCE);
	assert.equal(source!.destroyed, true);
	assert.equal(server.tasks.size, 0);
	assert.equal(server.requests.length, 1);
});

test('during a request for the task: the connection is closed', async (t) => {
	const server = await startServer(t);
	const controller = new AbortController();
	const api = client(t, server.url, { signal: controller.signal, realTime: true });
	const handle = await api.startVoiceActivityDetection(fileOf('a'));
	server.inject('GET', faults.silent());
	const { error } = await cancelDuring(
		api.waitForTask(handle, { timeoutMs: 60_000 }),
		controller,
		() => server.gets.length === 1,
	);
	await until(() => server.gets[0].aborted, 'the server to see the end');
	assert.equal(error.taskId, handle.taskId);
	assert.match(error.description, /goes on on the server/);
});

test('between two requests: the pause ends', async (t) => {
	const server = await startServer(t, { runningPolls: 1000 });
	const controller = new AbortController();
	const api = client(t, server.url, { signal: controller.signal, realTime: true });
	const handle = await api.startVoiceActivityDetection(fileOf('a'));
	server.inject('GET', faults.rateLimited({ 'retry-after': 600 }));
	// The server allows no further request before the deadline: still it is no timeout.
	await cancelDuring(api.waitForTask(handle, { timeoutMs: 60_000 }), controller, () => pausing(server.gets[0]));
	const asked = server.gets.length;
	await sleep(700);
	assert.equal(server.gets.length, asked);
});

test('between two tries of a start request', async (t) => {
	const server = await startServer(t);
	const controller = new AbortController();
	server.inject('POST', faults.rateLimited({ 'retry-after': 100 }));
	const api = client(t, server.url, { signal: controller.signal, realTime: true });
	await cancelDuring(api.startVoiceActivityDetection(fileOf('a')), controller, () => pausing(server.posts[0]));
	assert.equal(server.posts.length, 1);
});

test('while the file is opened: it is closed and nothing is sent', async () => {
	const controller = new AbortController();
	const transport = scripted(accepted());
	const api = new SpeechPlatform({ baseUrl: 'http://a', transport, correlationId: '1', signal: controller.signal });
	const file = Readable.from([Buffer.from('a')]);
	let hand: (file: Readable) => void = () => {};
	const media = fileOf('a', { open: async () => await new Promise<Readable>((resolve) => (hand = resolve)) });
	await cancelDuring(api.startVoiceActivityDetection(media), controller, () => true);
	hand(file);
	await until(() => file.destroyed, 'the file to be closed');
	assert.equal(transport.requests.length, 0);
});

test('before anything began: nothing is sent', async () => {
	const transport = scripted(accepted());
	const signal = AbortSignal.abort();
	const api = new SpeechPlatform({ baseUrl: 'http://a', transport, correlationId: CORRELATION_ID, signal });
	const media = fileOf('a');
	assert.equal((await failureOf(api.startVoiceActivityDetection(media))).code, 'CANCELED');
	assert.equal((await failureOf(api.getTask('voice-activity-detection', TASK_ID))).code, 'CANCELED');
	assert.equal(transport.requests.length, 0);
	assert.equal(media.opened, 0);
});

describe('a transport that does not react', () => {
	const deaf: Transport = { send: async () => await new Promise(() => {}) };
	test('keeps nobody waiting', async () => {
		const controller = new AbortController();
		const api = new SpeechPlatform({ baseUrl: 'http://a', transport: deaf, correlationId: '1', signal: controller.signal });
		await cancelDuring(api.startVoiceActivityDetection(fileOf('a')), controller, () => true);
	});
});

test('no listener stays on the signal', async () => {
	const { signal } = new AbortController();
	let listeners = 0;
	const add = signal.addEventListener.bind(signal);
	const remove = signal.removeEventListener.bind(signal);
	signal.addEventListener = (...args: Parameters<typeof add>) => ((listeners += 1), add(...args));
	signal.removeEventListener = (...args: Parameters<typeof remove>) => ((listeners -= 1), remove(...args));
	const transport = scripted(accepted(), inState('running'), inState('done', { result: { channels: [] } }));
	const api = new SpeechPlatform({ baseUrl: 'http://a', transport, correlationId: '1', signal });
	const handle = await api.startVoiceActivityDetection(fileOf('a'));
	await api.waitForTask(handle, { timeoutMs: 60_000, pollingIntervalMs: 10 });
	assert.equal(listeners, 0);
});
