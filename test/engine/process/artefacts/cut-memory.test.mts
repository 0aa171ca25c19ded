/** Cutting takes no more memory for a long recording than for a short one. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../media/support/encode.mts';
import { writeSparseWav } from '../media/support/wav.mts';

const folder = temporaryFolder();

/** Seconds: the first one is for what any cut takes, such as FFmpeg and the collector's heap. */
const LENGTHS = [60, 900];

test('a quarter of an hour of cut audio takes no more memory than a minute', () => {
	const files = LENGTHS.map((seconds) => {
		const path = join(folder, `${seconds}.wav`);
		writeSparseWav(path, seconds, { rate: 44_100 });
		return `${path}=${seconds}`;
	});
	const script = join(import.meta.dirname, 'support', 'cutPeak.mts');
	const printed = execFileSync(process.execPath, ['--max-semi-space-size=1', script, folder, ...files], { encoding: 'utf8' });
	const measured = JSON.parse(printed) as Array<{ length: number; peak: number }>;
	for (const [i, { length }] of measured.entries()) assert.ok(Math.abs(length - 0.9 * LENGTHS[i]) < 0.01);
	const [before, after] = measured.map(({ peak }) => peak);
	// The samples alone would be 71 MB; what the collector leaves lying is below 30.
	assert.ok(after - before < 45, `${before.toFixed(0)} MB after a minute, ${after.toFixed(0)} MB after a quarter of an hour`);
});

/** MiB that many files take beside what the first instance of FFmpeg takes. */
function growth(attempt: number): number {
	const script = join(import.meta.dirname, 'support', 'encodePeak.mts');
	const own = join(folder, `attempt-${attempt}`);
	mkdirSync(own);
	const [some, many] = JSON.parse(execFileSync(process.execPath, ['--expose-gc', script, own], { encoding: 'utf8' })) as [number, number];
	return many - some;
}

test('many files take no more memory than some', () => {
	// An instance with its encoders has 60 MiB, given back beside our thread: on a busy machine two may be there for a moment.
	const grown: number[] = [];
	while (grown.length < 3 && !(grown.at(-1)! < 35)) grown.push(growth(grown.length));
	assert.ok(Math.min(...grown) < 35, `${grown.map((one) => one.toFixed(0)).join(', ')} MiB`);
});
