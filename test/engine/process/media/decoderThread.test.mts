/** FFmpeg in a thread of its own gives what it gives in this one: the same samples, errors and warnings. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import workerThreads from 'node:worker_threads';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { decodeMedia } from '../../../../dist/engine/process/media/decode.js';
import { worthWhile } from '../../../../dist/engine/process/media/ffmpeg/decoder.js';
import { allowThreads } from '../../../../dist/engine/process/threads.js';
import { decode, failure, useThreads, type Options } from './support/decode.mts';
import { encode, file } from './support/encode.mts';
import { signal } from './support/signal.mts';

const RATE = 44100;
const source = { channels: signal(RATE, 6, 2), rate: RATE };
/** As it is where no test has set it; `THREADS=2` has. */
const USUAL = 2 * 2 ** 20;

const { Worker } = workerThreads;
let begun: workerThreads.Worker[] = [];

/** Threads are counted. */
workerThreads.Worker = class extends Worker {
	constructor(...args: ConstructorParameters<typeof Worker>) {
		super(...args);
		begun.push(this);
	}
};

beforeEach(() => {
	begun = [];
});

after(() => {
	workerThreads.Worker = Worker;
	allowThreads(1);
	worthWhile.bytes = USUAL;
});

/** @returns what one thread gives, and what two do */
async function bothWays<Result>(work: () => Promise<Result>): Promise<[Result, Result]> {
	useThreads(1);
	const one = await work();
	assert.equal(begun.length, 0);
	useThreads(2);
	const two = await work();
	assert.ok(begun.length > 0, 'no thread was begun');
	return [one, two];
}

const mp3 = await encode(source, 'thread.mp3', '-c:a', 'libmp3lame', '-b:a', '128k');
const m4a = await encode(source, 'thread.m4a', '-c:a', 'aac');
const fragmented = await encode(source, 'fragmented.m4a', '-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov');
const opus = await encode({ ...source, channels: signal(RATE, 6, 1) }, 'thread.opus', '-c:a', 'libopus');
const twice = () => file('twice.mp3', Buffer.concat([readFileSync(mp3), readFileSync(mp3)]));
const cutOff = () => file('cut.m4a', readFileSync(fragmented).subarray(0, 60_000));

describe('FFmpeg in a thread', () => {
	const cases: Array<[string, () => string, Options]> = [
		['MP3', () => mp3, {}],
		['M4A, mixed', () => m4a, { channelMode: 'mix' }],
		['Opus, a range that is sought', () => opus, { rangeFrom: 2.5, rangeTo: 4 }],
		['M4A, the end of the range is reached', () => m4a, { rangeTo: 1 }],
		['two recordings that were joined', twice, {}],
		['a recording that was cut off', cutOff, {}],
	];
	for (const [name, path, options] of cases) {
		it(`gives the same samples and warnings: ${name}`, async () => {
			const at = path();
			const [one, two] = await bothWays(async () => await decode(at, options));
			assert.ok(one.samples > 8000);
			assert.deepEqual(two, one);
		});
	}

	it('waits for who is slow with its samples, and overwrites none of them', async () => {
		// Many times as much as lies between the threads.
		const path = await encode({ channels: signal(RATE, 40, 2), rate: RATE }, 'slow.flac', '-c:a', 'flac');
		const first = async () => {
			const sums: number[] = [];
			await decodeMedia({ path, channelMode: 'split' }, {
				onBlock(block) {
					Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 15);
					sums.push(block.flatMap((samples) => [...samples]).reduce((sum, sample) => sum + Math.abs(sample), 0));
				},
			});
			return sums;
		};
		const [one, two] = await bothWays(first);
		assert.ok(one.length > 30);
		assert.deepEqual(two, one);
	});

	const failures: Array<[string, () => string, Options, string]> = [
		['too long', () => mp3, { maximumDuration: 1 }, 'FILE_TOO_LONG'],
		['no such channel', () => m4a, { channels: [7] }, 'CHANNEL_NOT_FOUND'],
		['no media', () => file('noise.mp3', Buffer.from('no sound at all '.repeat(400))), {}, 'NOT_MEDIA'],
	];
	for (const [name, path, options, code] of failures) {
		it(`fails as in this thread: ${name}`, async () => {
			const at = path();
			const [one, two] = await bothWays(async () => await failure(at, options));
			assert.equal(one.code, code);
			assert.deepEqual(two.toData(), one.toData());
		});
	}

	it('is there for long files, and where there is a core for it', async () => {
		useThreads(2);
		worthWhile.bytes = USUAL;
		await decode(mp3);
		useThreads(1);
		await decode(mp3);
		assert.equal(begun.length, 0);
	});

	it('ends with its file', async () => {
		useThreads(2);
		await decode(mp3);
		await failure(mp3, { maximumDuration: 1 });
		assert.deepEqual(begun.map(({ threadId }) => threadId), [-1, -1]);
	});

	it('that dies fails the file, and the next one is decoded', { timeout: 20_000 }, async () => {
		useThreads(2);
		const failing = failure(mp3);
		while (begun.length === 0) await new Promise((resolve) => setImmediate(resolve));
		await once(begun[0], 'message');
		await begun[0].terminate();
		const { code, message } = await failing;
		assert.equal(code, 'ENGINE_CRASHED');
		assert.match(message, /thread/);
		assert.ok((await decode(mp3)).samples > 8000);
	});

	describe('that never comes up', { timeout: 20_000 }, () => {
		const counting = workerThreads.Worker;
		let tried = 0;
		afterEach(() => {
			workerThreads.Worker = counting;
			tried = 0;
		});

		type Arguments = ConstructorParameters<typeof Worker>;
		const faults: Array<[string, (...given: Arguments) => Arguments]> = [
			['as the system gives none', () => assert.fail('there are too many')],
			['as its script is not there', (_, options) => [file('nowhere.js', Buffer.from('throw new Error("no script")')), options]],
			['as it ends before it says anything', (_, options) => [file('silent.js', Buffer.from('process.exit(0)')), options]],
		];
		for (const [name, fault] of faults) {
			it(`${name}: this thread decodes, to the same samples, and no other is tried`, async () => {
				useThreads(1);
				const one = await decode(m4a);
				workerThreads.Worker = class extends Worker {
					constructor(...given: Arguments) {
						tried++;
						super(...fault(...given));
					}
				};
				useThreads(2);
				assert.deepEqual([await decode(m4a), await decode(m4a)], [one, one]);
				assert.equal(tried, 1);
			});
		}
	});
});
