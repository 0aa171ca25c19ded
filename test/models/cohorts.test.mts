/** Which cohort goes with which model, and that it is read from beside the description alone. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { normalizerOf } from '../../dist/models/cohorts.js';
import { parseCalibration } from '../../dist/voiceprints/calibration.js';
import { cohortFile } from '../voiceprints/support/cohorts.mts';
import { randomNumbers, unitVector } from '../voiceprints/support/vectors.mts';

const random = randomNumbers(61);
const speakers = (count: number) => Array.from({ length: count }, () => unitVector(random, 8));
const FILE = cohortFile('mine', speakers(6), speakers(4));

const calibrationWith = (cohort?: object) =>
	parseCalibration({ llr: { terms: [{ of: ['normalized_cosine'], weight: 1 }] }, ...(cohort ? { cohort } : {}) }, 'mine');

function folderOf(t: TestContext): { folder: string; description: string } {
	const folder = mkdtempSync(join(tmpdir(), 'cohorts-'));
	t.after(() => rmSync(folder, { recursive: true }));
	mkdirSync(join(folder, 'model', 'more'), { recursive: true });
	writeFileSync(join(folder, 'model', 'mine.json'), '{}');
	writeFileSync(join(folder, 'model', 'more', 'cohort.bin'), FILE);
	writeFileSync(join(folder, 'elsewhere.bin'), FILE);
	return { folder, description: join(folder, 'model', 'mine.json') };
}

describe('the cohort of a model of one\'s own', () => {
	it('is read from beside its description', async (t) => {
		const { description } = folderOf(t);
		const { cohort, nearest } = (await normalizerOf(calibrationWith({ nearest: 3, file: 'more/cohort.bin' }), description))!;
		assert.deepEqual([nearest, cohort.wide.length, cohort.narrow.length], [3, 48, 32]);
	});

	it('is none where the calibration names none', async (t) => {
		const { description } = folderOf(t);
		assert.equal(await normalizerOf(calibrationWith(), description), undefined);
		assert.equal(await normalizerOf(calibrationWith({ nearest: 3 }), description), undefined);
	});

	it('is refused where it lies elsewhere, is missing, is none, or is too small', async (t) => {
		const { folder, description } = folderOf(t);
		symlinkSync(join(folder, 'elsewhere.bin'), join(folder, 'model', 'link.bin'));
		const cases: Array<[string, RegExp]> = [
			['../elsewhere.bin', /lies outside the folder/],
			[join(folder, 'elsewhere.bin'), /lies outside the folder/],
			['link.bin', /lies outside the folder/],
			['missing.bin', /calibration\.cohort\.file.* is not there/],
			['mine.json', /it is none/],
		];
		for (const [file, message] of cases) {
			await assert.rejects(normalizerOf(calibrationWith({ nearest: 3, file }), description), { code: 'INVALID_MODEL', message });
		}
		const many = calibrationWith({ nearest: 5, file: 'more/cohort.bin' });
		await assert.rejects(normalizerOf(many, description), { code: 'INVALID_MODEL', message: /fewer than 5 speakers of a band/ });
	});
});
