/** What decoding does to the process it runs in: bounded memory, nothing left behind. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { decode } from './support/decode.mts';
import { encode, temporaryFolder } from './support/encode.mts';
import { signal } from './support/signal.mts';
import { writeSparseWav, type WavHeader } from './support/wav.mts';

/** What a script in `support/` prints about a file, in a process of its own. */
function runScript(name: string, path: string): unknown {
	const script = join(import.meta.dirname, 'support', name);
	return JSON.parse(execFileSync(process.execPath, [script, path], { encoding: 'utf8' }));
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
			const { peak, samples } = runScript('peak.mts', path) as { peak: number; samples: number };
			assert.equal(samples, seconds * 16000);
			return peak;
		});
		assert.ok(long / short <= 1.1, `${long.toFixed(0)} MB against ${short.toFixed(0)} MB`);
	});
}

test('decoding leaves no handlers, globals or open files behind', async () => {
	const path = await encode({ channels: signal(16000, 2, 1), rate: 16000 }, 'clean.mp3');
	const { before, after } = runScript('leftovers.mts', path) as Record<string, unknown>;
	assert.deepEqual(after, before);
});

test('many files one after the other do not add up', async () => {
	const path = await encode({ channels: signal(16000, 2, 1), rate: 16000 }, 'many.mp3');
	for (let count = 0; count < 10; count++) await decode(path);
	const before = process.memoryUsage.rss();
	for (let count = 0; count < 40; count++) await decode(path);
	const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
	assert.ok(grown < 250, `${grown.toFixed(0)} MB more after 40 files`);
});
