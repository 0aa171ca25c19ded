/** Threads beside the main one: what they answer, how their errors come back, and that nobody waits for one that is gone. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { VoiceprintError } from '../../../dist/errors.js';
import { Thread } from '../../../dist/engine/process/thread.js';

const script = (name: string) => join(import.meta.dirname, 'support', `${name}.mts`);
const start = (data: unknown = undefined, heapMiB?: number) => new Thread<string, unknown>(script('answering'), data, heapMiB);

const isOurs = (code: string, message: RegExp, description: RegExp) => (error: unknown) => {
	assert.ok(error instanceof VoiceprintError, String(error));
	assert.deepEqual([error.code, message.test(error.message), description.test(error.description!)], [code, true, true], JSON.stringify(error.toData()));
	return true;
};

test('a thread answers one question after the other, and shares what it was given', async () => {
	const shared = new Int32Array(new SharedArrayBuffer(4));
	const thread = start(shared);
	const given = (await thread.ask('data')) as Int32Array;
	given[0] = 7;
	assert.equal(shared[0], 7);
	assert.equal(await thread.ask('later'), 'done');
	const asked = thread.ask('later');
	await assert.rejects(thread.ask('data'), /another question/);
	assert.equal(await asked, 'done');
	thread.stop();
});

test('an error comes back as what it was, and the next question is answered', async () => {
	const thread = start();
	await assert.rejects(thread.ask('ours'), isOurs('NO_AUDIO', /^Nothing to hear$/, /^Send sound\.$/));
	await assert.rejects(thread.ask('other'), (error) => error instanceof RangeError && error.message === 'too far');
	assert.equal(await thread.ask('later'), 'done');
	thread.stop();
});

describe('a thread that is gone', { timeout: 20_000 }, () => {
	const ENDS = { exit: /ended with exit code 3/, uncaught: /nobody catches this/ };
	for (const [deed, how] of Object.entries(ENDS)) {
		test(`${deed}: whoever waits is told, and whoever asks later`, async () => {
			const thread = start();
			await assert.rejects(thread.ask(deed), isOurs('ENGINE_CRASHED', /thread of the speech engine stopped/, how));
			assert.equal(thread.isGone, true);
			await assert.rejects(thread.ask('data'), isOurs('ENGINE_CRASHED', /thread of the speech engine stopped/, how));
		});
	}

	test('without its script it is gone, which is told', async () => {
		const thread = new Thread<string, unknown>(script('nowhere'), undefined);
		await assert.rejects(thread.ask('data'), isOurs('ENGINE_CRASHED', /thread of the speech engine stopped/, /nowhere/));
	});

	test('too much JavaScript is out of memory, and ends the thread alone', async () => {
		await assert.rejects(start(undefined, 16).ask('greedy'), isOurs('OUT_OF_MEMORY', /out of memory/, /memory limit/));
	});

	test('stopped, it lets nobody wait', async () => {
		const thread = start();
		const asked = thread.ask('later');
		thread.stop();
		await assert.rejects(asked, isOurs('ENGINE_CRASHED', /stopped/, /It was stopped/));
	});
});

test('a process waits for an answer, and not for a thread that nobody asks', () => {
	const run = (...deeds: string[]) => spawnSync(process.execPath, [script('asking'), ...deeds], { encoding: 'utf8', timeout: 5000 });
	assert.deepEqual([run('later').status, run('later').stdout.trim()], [0, 'done']);
	const idle = run();
	assert.deepEqual([idle.status, idle.signal], [0, null]);
});
