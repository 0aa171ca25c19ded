/** A stopped execution leaves the server at once, whatever the node is doing, and is recorded as stopped. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { rateLimited, silent, slowReader } from '../speech-platform/server/faults.mts';
import { until } from '../support/engine.mts';
import { DETECT, EXTRACT, startApi } from './support/api.mts';
import { fileItem, harness } from './support/node.mts';

/** Milliseconds from Stop until the server sees that the client is gone. */
const AT_ONCE = 1000;

const folder = mkdtempSync(join(tmpdir(), 'cancel-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A file that takes no room on the disk. */
function largeFile(bytes: number): string {
	const path = join(folder, 'large.wav');
	writeFileSync(path, '');
	truncateSync(path, bytes);
	return path;
}

describe('an execution that is stopped', () => {
	for (const onError of ['stopWorkflow', 'continueRegularOutput'] as const) {
		it(`during an upload lets go of the connection and the file (${onError})`, async (t) => {
			const { server, optionsOf } = await startApi(t);
			server.inject('POST', slowReader());
			const item = { files: { data: { path: largeFile(200 * 2 ** 20) } } };
			const execution = harness.start(optionsOf(DETECT, {}, [item, fileItem()], { onError }));
			await until(() => server.posts.length > 0 && server.posts[0].bytes > 0, 'the upload');
			const stoppedAt = Date.now();
			execution.cancel();
			assert.equal((await execution.done).status, 'canceled');
			assert.ok(Date.now() - stoppedAt < AT_ONCE);
			await until(() => server.posts[0].aborted, 'the connection to go', AT_ONCE);
			assert.ok(server.posts[0].abortedAt! - stoppedAt < AT_ONCE);
			await sleep(300);
			assert.equal(server.requests.length, 1, 'nothing more is sent');
		});
	}

	it('between two questions about its task asks no more', async (t) => {
		const { server, optionsOf } = await startApi(t, { runningMs: 60_000 });
		const execution = harness.start(optionsOf(EXTRACT, { options: { pollingInterval: 60 } }));
		await until(() => server.gets.length > 0, 'the first question');
		const stoppedAt = Date.now();
		execution.cancel();
		assert.equal((await execution.done).status, 'canceled');
		assert.ok(Date.now() - stoppedAt < AT_ONCE);
		const { length } = server.requests;
		await sleep(1200);
		assert.equal(server.requests.length, length);
	});

	it('while it waits for an answer lets go of the connection', async (t) => {
		const { server, optionsOf } = await startApi(t);
		server.inject('GET', silent());
		const execution = harness.start(optionsOf(DETECT));
		await until(() => server.gets.length > 0, 'the question');
		const stoppedAt = Date.now();
		execution.cancel();
		assert.equal((await execution.done).status, 'canceled');
		await until(() => server.gets[0].aborted, 'the connection to go', AT_ONCE);
		assert.ok(server.gets[0].abortedAt! - stoppedAt < AT_ONCE);
	});

	it('while the server lets it wait waits no more', async (t) => {
		const { server, optionsOf } = await startApi(t);
		server.inject('POST', rateLimited({ 'retry-after': 60 }));
		const execution = harness.start(optionsOf(DETECT));
		await until(() => server.posts[0]?.status === 429, 'the refusal');
		const stoppedAt = Date.now();
		execution.cancel();
		assert.equal((await execution.done).status, 'canceled');
		assert.ok(Date.now() - stoppedAt < AT_ONCE);
		assert.equal(server.posts.length, 1);
	});
});
