/** The 8 kHz model in a thread of its own: the same numbers as here, and what becomes of those who wait for it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { VoiceprintError } from '../../../../dist/errors.js';
import type { RuntimeName } from '../../../../dist/engine/client/protocol.js';
import { chooseRuntime } from '../../../../dist/engine/process/runtime/chooseRuntime.js';
import { ThreadNeverCameUp } from '../../../../dist/engine/process/thread.js';
import { allowThreads } from '../../../../dist/engine/process/threads.js';
import { loadSileroModels } from '../../../../dist/engine/process/vad/detect.js';
import { loadSilero } from '../../../../dist/engine/process/vad/narrow.js';
import { NarrowBeside } from '../../../../dist/engine/process/vad/narrowBeside.js';
import { speechProbabilities, type SileroModels } from '../../../../dist/engine/process/vad/probabilities.js';
import { audioOf, CALL, concatenate, decodeChannels } from '../../../support/recordings.mts';

const MINUTE = 60 * 16_000;
const RUNTIMES: RuntimeName[] = ['native', 'wasm'];
/** A minute of speech, then some more and a part of a block; silence inside makes the models forget. */
let speech: Float32Array;

before(async () => {
	allowThreads(2);
	const [one, other] = await decodeChannels(CALL);
	const once = concatenate([one.subarray(0, MINUTE / 4), new Float32Array(10 * 16_000), other.subarray(0, MINUTE / 4)]);
	speech = concatenate([once, once, one.subarray(0, 12_345)]);
});

const nowhere = () => Promise.reject(new Error('the model here was asked'));

async function probabilities(samples: Float32Array, models: SileroModels): Promise<number[]> {
	const all: number[] = [];
	for await (const block of speechProbabilities(audioOf(samples), models, { gain: 1.1, resetAfterSilence: true })) all.push(...block);
	return all;
}

/** Both models, the narrow one in a thread or nowhere. */
async function besideOnly(runtime: RuntimeName) {
	return { wide: await loadSilero(chooseRuntime(runtime), 16_000), narrow: new NarrowBeside(nowhere, runtime) };
}

for (const runtime of RUNTIMES) {
	test(`${runtime}: a thread gives the same numbers, one recording after the other`, async () => {
		allowThreads(1);
		const here = await loadSileroModels(chooseRuntime(runtime));
		allowThreads(2);
		const beside = await besideOnly(runtime);
		const short = speech.subarray(MINUTE / 4, MINUTE / 2);
		for (const samples of [speech, short]) {
			assert.deepEqual(await probabilities(samples, beside), await probabilities(samples, here));
		}
	});
}

test('where there is a core for a second thread the model is in it, from a minute of sound on', async () => {
	const runtime = chooseRuntime('native');
	const { narrow } = await loadSileroModels(runtime);
	assert.ok(narrow instanceof NarrowBeside);
	allowThreads(1);
	assert.ok(!((await loadSileroModels(runtime)).narrow instanceof NarrowBeside));
	allowThreads(2);
	const here = { reset() {}, run: async () => Float32Array.of(0.5) };
	const beside = new NarrowBeside(async () => here, 'native');
	const block = new Float32Array(512 + 128);
	const heardWith = async (samples: number) => {
		beside.expect(samples);
		beside.reset();
		return (await beside.run(block, 1))[0] === 0.5 ? 'here' : 'thread';
	};
	assert.deepEqual([await heardWith(MINUTE - 1), await heardWith(MINUTE), await heardWith(16_000)], ['here', 'thread', 'thread']);
});

describe('faults', () => {
	test('where the system gives no thread, the model is here, for all of the recording and the next ones', async () => {
		const heard: string[] = [];
		const here = { reset: () => heard.push('reset'), run: async () => (heard.push('here'), Float32Array.of(0.5)) };
		const beside = new NarrowBeside(async () => here, 'native');
		const never = { isGone: false, reset() {}, stop() {}, run: () => Promise.reject(new ThreadNeverCameUp('No thread.')) };
		Object.assign(beside, { here, thread: never });
		const block = new Float32Array(512 + 128);
		beside.reset();
		assert.deepEqual([await beside.run(block, 1), await beside.run(block, 1)], [Float32Array.of(0.5), Float32Array.of(0.5)]);
		assert.deepEqual(heard, ['reset', 'here', 'here']);
		Object.assign(never, { isGone: true });
		allowThreads(1);
		beside.expect(MINUTE);
		beside.reset();
		await beside.run(block, 1);
		allowThreads(2);
		assert.deepEqual(heard, ['reset', 'here', 'here', 'reset', 'here']);
	});

	test('a thread that cannot load its model says why to each job', async () => {
		const models = await besideOnly('native');
		const narrow = new NarrowBeside(nowhere, 'neither' as RuntimeName);
		for (const round of [1, 2]) await assert.rejects(probabilities(speech, { ...models, narrow }), /is not a function/, `round ${round}`);
	});

	test('a thread that is gone fails the job, and the next job gets another', async () => {
		// Native code does not survive it that its thread is ended.
		const models = await besideOnly('wasm');
		const expected = await probabilities(speech.subarray(0, MINUTE), models);
		const { thread } = (models.narrow as unknown as { thread: { thread: { worker: { terminate(): Promise<number> } } } }).thread;
		const failing = probabilities(speech, models);
		await thread.worker.terminate();
		await assert.rejects(failing, (error) => error instanceof VoiceprintError && error.code === 'ENGINE_CRASHED');
		assert.deepEqual(await probabilities(speech.subarray(0, MINUTE), models), expected);
	});

	test('a fault of the other model is thrown when the thread has answered', async () => {
		const models = await besideOnly('native');
		const wide = { ...models.wide, reset() {}, run: () => Promise.reject(new Error('the wide one failed')) };
		await assert.rejects(probabilities(speech, { ...models, wide }), /the wide one failed/);
		assert.equal((await probabilities(speech, models)).length, Math.ceil(speech.length / 512));
	});

	test('a process that ends in the middle of a block lets the thread finish it', () => {
		const script = join(import.meta.dirname, 'support', 'ending.mts');
		// Blocks at work when the end was called for, and when the process ended: else native code is torn down at work.
		const counts = Array.from({ length: 5 }, () => {
			const { status, signal, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: 20_000 });
			assert.deepEqual([status, signal], [0, null], stderr);
			return stdout.split('\n');
		});
		for (const [, atTheEnd] of counts) assert.equal(atTheEnd, '0');
		// A block takes 3 ms; where the machine has other work, it may be over when it is looked at.
		assert.ok(counts.some(([atWork]) => atWork === '1'), String(counts));
	});
});
