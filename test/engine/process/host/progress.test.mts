/** What is told of a job at work: once a second, of each phase, and never more than there is. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { beforeEach, describe, it, type TestContext } from 'node:test';
import type { Progress } from '../../../../dist/engine/client/protocol.js';

const { followed, progressed, reportTo } = createRequire(import.meta.url)(
	'../../../../dist/engine/process/host/progress.js',
) as typeof import('../../../../dist/engine/process/host/progress.js');

const RATE = 16_000;

describe('progress', () => {
	let told: Progress[];
	let now: number;

	/** A clock that the test moves. */
	function withClock(t: TestContext): void {
		t.mock.method(performance, 'now', () => now);
		reportTo((progress) => told.push(progress));
	}
	beforeEach(() => {
		told = [];
		now = 5000;
	});

	/** Reads the whole sound in blocks of a second, each of which takes `milliseconds`. */
	function readAll(channel: { index: number; count: number }, seconds: number, milliseconds: number): void {
		const audio = followed({ length: seconds * RATE, read: (_start, target) => target.fill(0.5) }, 'listening', channel);
		const target = new Float32Array(RATE);
		for (let start = 0; start < audio.length; start += RATE) {
			now += milliseconds;
			audio.read(start, target);
			assert.ok(target.every((sample) => sample === 0.5), 'the sound is handed on');
		}
	}

	it('is told once a second, however often it is made', (t) => {
		withClock(t);
		for (let i = 1; i <= 1000; i++) {
			now += 10;
			progressed('decoding', i);
		}
		assert.deepEqual(told.map(({ position }) => position), [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
		assert.ok(told.every((one) => one.phase === 'decoding' && !('duration' in one)));
	});

	it('is not told of a job that is done within a second, and each job has its own second', (t) => {
		withClock(t);
		for (let job = 0; job < 5; job++) {
			reportTo((progress) => told.push(progress));
			now += 900;
			progressed('decoding', 60);
		}
		assert.deepEqual(told, []);
	});

	it('has the speed of its own phase', (t) => {
		withClock(t);
		progressed('decoding', 0);
		now += 4000;
		progressed('decoding', 400);
		progressed('listening', 0, 400);
		now += 2000;
		progressed('listening', 50, 400);
		assert.deepEqual(told, [
			{ phase: 'decoding', position: 400, speed: 100 },
			{ phase: 'listening', position: 50, duration: 400, speed: 25 },
		]);
	});

	it('of several channels goes up to the recording’s length, and not beyond it', (t) => {
		withClock(t);
		for (const index of [0, 1, 2, 3]) readAll({ index, count: 4 }, 20, 1000);
		assert.equal(told.length, 80);
		assert.ok(told.every(({ position, duration }) => position > 0 && position <= duration! && duration === 20));
		assert.deepEqual([told[19], told[39], told[79]].map(({ position }) => position), [5, 10, 20]);
	});

	it('does not go back where sound is read once more, or around its ends', (t) => {
		withClock(t);
		readAll({ index: 0, count: 1 }, 3, 1000);
		readAll({ index: 0, count: 1 }, 3, 1000);
		const audio = followed({ length: 3 * RATE, read: () => {} }, 'listening', { index: 0, count: 1 });
		for (const start of [-RATE / 2, 2.5 * RATE, 9 * RATE]) {
			now += 1000;
			audio.read(start, new Float32Array(RATE));
		}
		assert.deepEqual(told.map(({ position }) => position), [1, 2, 3, 3, 3, 3, 3, 3, 3]);
	});
});
