/** What decoding does to the process it runs in: bounded memory, nothing left behind. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { decode } from './support/decode.mts';
import { encode, temporaryFolder } from './support/encode.mts';
import { signal } from './support/signal.mts';
import { writeSparseWav, type WavHeader } from './support/wav.mts';

function peakOf(path: string): { peak: number; samples: number } {
	const script = join(import.meta.dirname, 'support', 'peak.mts');
	return JSON.parse(execFileSync(process.execPath, [script, path], { encoding: 'utf8' })) as never;
}

for (const [reader, header] of [
	['FFmpeg', { rate: 24000, channels: 2 }],
	['the WAV reader', { rate: 16000, channels: 2 }],
] as Array<[string, WavHeader]>) {
	test(`an hour takes no more memory than 5 minutes (${reader})`, () => {
		const folder = temporaryFolder();
		const [short, long] = [300, 3600].map((seconds) => {
			const path = join(folder, `${seconds}.wav`);
			writeSparseWav(path, seconds, header);
			const { peak, samples } = peakOf(path);
			assert.equal(samples, seconds * 16000);
			return peak;
		});
		assert.ok(long / short <= 1.1, `${long.toFixed(0)} MB against ${short.toFixed(0)} MB`);
	});
}

test('decoding leaves no handlers, globals or open files behind', async () => {
	const path = await encode({ channels: signal(16000, 2, 1), rate: 16000 }, 'clean.mp3');
	const openFiles = () => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
	const state = () => ({
		globals: Object.getOwnPropertyNames(globalThis).sort(),
		uncaught: process.listenerCount('uncaughtException'),
		unhandled: process.listenerCount('unhandledRejection'),
		openFiles: openFiles(),
	});
	const before = state();
	await decode(path);
	await assert.rejects(decode(path, { channels: [7] }));
	assert.deepEqual(state(), before);
});

test('many files one after the other do not add up', async () => {
	const path = await encode({ channels: signal(16000, 2, 1), rate: 16000 }, 'many.mp3');
	for (let count = 0; count < 10; count++) await decode(path);
	const before = process.memoryUsage.rss();
	for (let count = 0; count < 40; count++) await decode(path);
	const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
	assert.ok(grown < 250, `${grown.toFixed(0)} MB more after 40 files`);
});
