/** Threads beside the main one: what they answer, how their errors come back, and that nobody waits for one that is gone. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, test } from 'node:test';
import workerThreads from 'node:worker_threads';
import { VoiceprintError } from '../../../dist/errors.js';
import { startThread, Thread, ThreadNeverCameUp } from '../../../dist/engine/process/thread.js';
import { allowThreads, hasSecondThread } from '../../../dist/engine/process/threads.js';

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

describe('a thread that never comes up', { timeout: 20_000 }, () => {
	const { Worker } = workerThreads;
	const never = (code: string, description: RegExp) => (error: unknown) =>
		error instanceof ThreadNeverCameUp && isOurs(code, /speech engine/, description)(error);

	beforeEach(() => allowThreads(2));
	afterEach(() => {
		workerThreads.Worker = Worker;
		allowThreads(1);
	});

	test('as its script cannot be loaded: whoever asks is told, and the process does without', async () => {
		const thread = new Thread<string, unknown>(script('nowhere'), undefined);
		await assert.rejects(thread.ask('data'), never('ENGINE_CRASHED', /nowhere/));
		assert.equal(hasSecondThread(), false);
	});

	test('as the system gives none: the same, and nothing is thrown before', async () => {
		workerThreads.Worker = class {
			constructor() {
				throw new Error('no more of them');
			}
		} as never;
		const thread = start();
		assert.deepEqual([thread.isGone, hasSecondThread()], [true, false]);
		await assert.rejects(thread.ask('data'), never('ENGINE_CRASHED', /no more of them/));
		thread.stop();
	});

	test('as there is no memory for it: the same', async () => {
		const thread = new Thread<string, unknown>(script('greedy'), undefined, 16);
		await assert.rejects(thread.ask('data'), never('OUT_OF_MEMORY', /memory limit/));
		assert.equal(hasSecondThread(), false);
	});

	test('is none that has answered, nor one that was stopped', async () => {
		const thread = start();
		await thread.ask('later');
		await assert.rejects(thread.ask('exit'), (error) => !(error instanceof ThreadNeverCameUp));
		let ended: Promise<unknown> | undefined;
		workerThreads.Worker = class extends Worker {
			constructor(...given: ConstructorParameters<typeof Worker>) {
				super(...given);
				ended = once(this, 'exit');
			}
		};
		const stopped = start();
		const asked = stopped.ask('later');
		stopped.stop();
		await assert.rejects(asked, (error) => !(error instanceof ThreadNeverCameUp));
		await ended!;
		assert.equal(hasSecondThread(), true);
	});

	test('ends once, and nothing is heard of it afterwards', () => {
		workerThreads.Worker = EventEmitter as never;
		const heard: unknown[] = [];
		const hearer = { onMessage: (message: unknown) => heard.push(message), onEnd: (reason: Error) => heard.push(reason.constructor) };
		const worker = startThread({ file: '', data: undefined, heapMiB: 1 }, hearer);
		worker.emit('error', new Error('gone'));
		worker.emit('message', 'said before');
		worker.emit('exit', 1);
		assert.deepEqual(heard, [ThreadNeverCameUp]);
	});
});

test('a process waits for an answer, and not for a thread that nobody asks', () => {
	const run = (...deeds: string[]) => spawnSync(process.execPath, [script('asking'), ...deeds], { encoding: 'utf8', timeout: 5000 });
	assert.deepEqual([run('later').status, run('later').stdout.trim()], [0, 'done']);
	const idle = run();
	assert.deepEqual([idle.status, idle.signal], [0, null]);
});
