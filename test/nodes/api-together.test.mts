/** Many items on a server at once: in order, each with its own, and none lost where the run ends early. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as faults from '../speech-platform/server/faults.mts';
import * as misbehaviour from '../speech-platform/server/misbehaviour.mts';
import { until } from '../support/engine.mts';
import { canned, DETECT, EXTRACT, startApi } from './support/api.mts';
import { fileItem, harness } from './support/node.mts';

const files = (count: number) => Array.from({ length: count }, (_, i) => fileItem(`content ${i}`, `call-${i}.wav`));

const idsOf = (description: string | undefined) => [...(description ?? '').matchAll(/item (\d+): ([0-9a-f-]{36})/g)].map(([, item, id]) => [Number(item), id]);

describe('items on a server', () => {
	it('are under way five at a time, and come out in their order', async (t) => {
		// Those that were sent first are done last.
		const runningMs = 1000;
		const { server, run } = await startApi(t, { runningMs });
		const startedAt = Date.now();
		const { output, error } = await run(DETECT, {}, files(20));
		const took = Date.now() - startedAt;
		assert.equal(error?.message, undefined);
		assert.deepEqual(output.map(({ json, pairedItem }) => [json.file_name, pairedItem]), files(20).map(({ json }, item) => [json!.id, { item }]));
		const byName = new Map(server.posts.map(({ parts: [{ fileName }], taskId }) => [fileName, taskId]));
		assert.deepEqual(output.map(({ json }) => json.task_id), output.map(({ json }) => byName.get(json.file_name as string)));
		assert.equal(server.posts.length, 20);
		// Five at a time would take 4 s on a machine that has nothing else to do.
		assert.ok(took < 20 * runningMs * 0.6, `took ${took} ms`);
		t.diagnostic(`${took} ms; one after the other they would take ${20 * runningMs} ms`);
	});

	it('are never more than asked for', async (t) => {
		let [now, most] = [0, 0];
		const counted = async (technology: string) => {
			most = Math.max(most, (now += 1));
			await new Promise((resolve) => setTimeout(resolve, 50));
			now -= 1;
			return await canned(technology);
		};
		const { run } = await startApi(t, { compute: counted });
		await run(DETECT, { options: { filesAtOnce: 2 } }, files(8));
		assert.equal(most, 2);
	});

	it('keep to a rate limit without failing or being sent twice', async (t) => {
		const { server, run } = await startApi(t, { rateLimit: { requests: 1, windowMs: 100, tells: 'always' } });
		const { output, error } = await run(DETECT, {}, files(20));
		assert.equal(error?.message, undefined);
		assert.equal(output.length, 20);
		assert.deepEqual(server.posts.map(({ status }) => status), Array(20).fill(202));
	});

	it('that fail become errors in their place, and the others go on', async (t) => {
		const { server, run } = await startApi(t);
		server.inject('POST', undefined, faults.notValid(), undefined, faults.tooLarge());
		const { output } = await run(EXTRACT, {}, files(8), { onError: 'continueRegularOutput' });
		assert.deepEqual(output.map(({ pairedItem }) => pairedItem), files(8).map((_, item) => ({ item })));
		const failed = output.filter(({ json }) => json.error !== undefined);
		assert.equal(failed.length, 2);
		for (const { json, pairedItem } of failed) assert.match((json.error as { message: string }).message, new RegExp(`\\[item ${(pairedItem as { item: number }).item}\\]`));
	});

	it('are named where one fails and the node stops: the server goes on with them', async (t) => {
		const { server, run } = await startApi(t, { runningMs: 60_000 });
		server.inject('POST', undefined, undefined, undefined, faults.notValid());
		const startedAt = Date.now();
		const { error, status } = await run(DETECT, {}, files(9));
		assert.equal(status, 'error');
		assert.ok(Date.now() - startedAt < 5000, 'nobody waits for the others');
		assert.equal(error!.context.code, 'REQUEST_REFUSED');
		const accepted = server.posts.flatMap(({ taskId }) => taskId ?? []);
		assert.deepEqual(idsOf(error!.description).map(([, id]) => id).sort(), accepted.sort());
		assert.ok(accepted.length >= 3 && server.posts.length <= 5, 'no further item was sent');
		assert.deepEqual((error!.context.tasks as Array<{ task_id: string }>).map(({ task_id }) => task_id).sort(), accepted.sort());
	});

	it('are named where the execution is stopped', async (t) => {
		const { server, optionsOf } = await startApi(t, { runningMs: 60_000 });
		const execution = harness.start(optionsOf(DETECT, {}, files(3)));
		await until(() => server.gets.length >= 3, 'the questions');
		execution.cancel();
		const { status, error } = await execution.done;
		assert.equal(status, 'canceled');
		assert.deepEqual(idsOf(error?.description).map(([, id]) => id).sort(), server.posts.map(({ taskId }) => taskId!).sort());
	});

	it('one after the other where the number is none, and each says so', async (t) => {
		const { server, run } = await startApi(t);
		const { output } = await run(DETECT, { options: { filesAtOnce: 'many' } }, files(2), { onError: 'continueRegularOutput' });
		for (const { json } of output) assert.match((json.error as { message: string }).message, /'Files at the Same Time' must be a number/);
		assert.equal(server.requests.length, 0);
	});
});

describe('Get Result', () => {
	it('waits until the task is done, where that is asked for', async (t) => {
		const { server, run } = await startApi(t, { runningMs: 400 });
		const started = await run(DETECT, { waitForCompletion: false }, files(2));
		const items = started.output.map(({ json }) => ({ json }));
		const looked = await run(DETECT, { operation: 'getResult' }, items);
		assert.deepEqual(looked.output.map(({ json }) => json.state), ['pending', 'pending']);
		const waited = await run(DETECT, { operation: 'getResult', waitUntilDone: true }, items);
		assert.deepEqual(waited.output.map(({ json }) => [json.state, json.task_id]), items.map(({ json }) => ['done', json.task_id]));
		assert.ok(waited.output.every(({ json }) => Array.isArray(json.channels)));
		assert.equal(server.posts.length, 2);
	});

	it('waits no longer than its time', async (t) => {
		const { run } = await startApi(t, { runningMs: 60_000 });
		const started = await run(DETECT, { waitForCompletion: false });
		const parameters = { operation: 'getResult', waitUntilDone: true, options: { timeout: 1.5 } };
		const startedAt = Date.now();
		const { error } = await run(DETECT, parameters, [{ json: started.output[0].json }]);
		assert.equal(error?.context.code, 'TASK_TIMEOUT');
		assert.match(error.message, /within 1\.5 seconds/);
		assert.ok(Date.now() - startedAt < 2500);
	});

	it('says of an answer that does not fit that the ID may be of another technology', async (t) => {
		const { server, run } = await startApi(t);
		server.inject('GET', faults.answer({ task: { task_id: 'abc', state: 'done' }, result: { scores: {} } }));
		const { error } = await run(DETECT, { operation: 'getResult', taskId: 'abc' }, [{}]);
		assert.equal(error?.context.code, 'INVALID_ANSWER');
		assert.match(error.description!, /another technology than Voice Activity Detection/);
	});
});

describe('the node on a server', () => {
	it('ends with the time of the item, however the server hangs', async (t) => {
		for (const fault of [faults.silent(), misbehaviour.headOnly(), misbehaviour.dripping(20), faults.rateLimited({ 'retry-after': 20 })]) {
			const { server, run } = await startApi(t);
			server.inject('POST', fault);
			const startedAt = Date.now();
			const { error } = await run(DETECT, { options: { timeout: 0.5 } });
			assert.ok(error, fault.name);
			assert.ok(Date.now() - startedAt < 1200, `${fault.name} took ${Date.now() - startedAt} ms`);
		}
	});
});
