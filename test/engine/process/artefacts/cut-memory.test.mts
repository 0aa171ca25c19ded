/** Cutting takes no more memory for a long recording than for a short one. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../media/support/encode.mts';
import { writeSparseWav } from '../media/support/wav.mts';

const folder = temporaryFolder();

/** Peak of a process that cuts so many seconds, MB. */
function peakOf(seconds: number): number {
	const path = join(folder, `${seconds}.wav`);
	writeSparseWav(path, seconds, { rate: 44_100 });
	const script = join(import.meta.dirname, 'support', 'cutPeak.mts');
	const { peak, length } = JSON.parse(execFileSync(process.execPath, [script, path, mkdtempSync(join(folder, 'job-')), String(seconds)], { encoding: 'utf8' }));
	assert.ok(Math.abs(length - 0.9 * seconds) < 0.01);
	return peak;
}

test('ten minutes of cut audio take no more memory than half a minute', () => {
	const [short, long] = [peakOf(30), peakOf(600)];
	// The samples alone would be 48 MB.
	assert.ok(long < short + 40, `${short.toFixed(0)} MB for half a minute, ${long.toFixed(0)} MB for ten`);
});
