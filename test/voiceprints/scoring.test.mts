/** From cosines to log-likelihood ratios and probabilities, and what to expect of a threshold. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ACCURATE_MODEL, calibrationPath, FAST_MODEL } from '../../dist/models/bundled.js';
import { calibrationOf } from '../../dist/models/calibrations.js';
import { normalizerOf } from '../../dist/models/cohorts.js';
import { parseCalibration } from '../../dist/voiceprints/calibration.js';
import { expectedErrors, harmonicMean, probabilityOf, scoreWith, type Score } from '../../dist/voiceprints/scoring.js';
import type { Side } from '../../dist/voiceprints/voiceprint.js';
import { BUNDLED } from './support/vectors.mts';

const JSON_OF = {
	llr: { slope: 10, offset: -2, slope_by_length: 4, offset_by_length: -1 },
	shortest_seconds: 1,
	longest_seconds: 12,
	operating_points: { few_false_accepts: { threshold: 3.8 }, few_false_rejects: { threshold: -0.8 } },
	error_rates: [
		{ shortest_seconds: 5, longest_seconds: 10, thresholds: [-2, 0, 2], false_accept_rate: [0.1, 0.02, 0], false_reject_rate: [0, 0.01, 0.05] },
		{ shortest_seconds: 1, longest_seconds: 5, thresholds: [-2, 0, 2], false_accept_rate: [0.4, 0.2, 0.1], false_reject_rate: [0.1, 0.2, 0.6] },
	],
};

const calibration = parseCalibration(JSON_OF, 'x');

const side = (speechLength: number): Side => ({ speechLength });
const bySeconds = (score: Score) => (cosine: number, one: number, other: number) => score(cosine, side(one), side(other));
const bandless = (threshold: number, by = calibration) => {
	const expected = expectedErrors(by, threshold);
	return (one: number, other: number) => expected(side(one), side(other));
};

const closeTo = (value: number | null, expected: number) => assert.ok(Math.abs(value! - expected) < 1e-9, `${value}, not ${expected}`);

describe('the score', () => {
	const score = bySeconds(scoreWith(calibration));

	it('is the formula of the calibration', () => {
		closeTo(score(0.5, 1, 1), 10 * 0.5 - 2);
		closeTo(score(0.5, Math.E, Math.E), 14 * 0.5 - 3);
		closeTo(score(-0.25, 8, 2), (10 + 4 * Math.log(3.2)) * -0.25 - 2 - Math.log(3.2));
	});

	it('counts speech lengths within their limits only', () => {
		assert.equal(score(0.5, 0, 10), score(0.5, 1, 1));
		assert.equal(score(0.5, 0, 0), score(0.5, 1, 1));
		assert.equal(score(0.5, 3600, 3600), score(0.5, 12, 12));
	});

	it('is the same from both sides', () => {
		assert.equal(score(0.3, 2, 9), score(0.3, 9, 2));
		assert.equal(harmonicMean(2, 6), 3);
	});

	it('takes no cosine above one', () => {
		assert.equal(score(1.0004, 5, 5), score(1, 5, 5));
		assert.equal(score(-1.2, 5, 5), score(-1, 5, 5));
	});

	it('is the cosine itself without a calibration', () => {
		assert.equal(bySeconds(scoreWith(undefined))(0.42, 1, 100), 0.42);
		assert.equal(bySeconds(scoreWith(undefined))(1.0004, 1, 1), 1);
	});
});

describe('the probability', () => {
	it('follows from score and prior by Bayes', () => {
		assert.equal(probabilityOf(0, 0.5), 0.5);
		closeTo(probabilityOf(Math.log(3), 0.5), 0.75);
		closeTo(probabilityOf(0, 0.01), 0.01);
		// Odds of 1 to 99, times 99.
		closeTo(probabilityOf(Math.log(99), 0.01), 0.5);
	});

	it('stays within 0 and 1, however large the score', () => {
		assert.equal(probabilityOf(5000, 0.5), 1);
		assert.equal(probabilityOf(-5000, 0.5), 0);
	});
});

describe('the expected errors', () => {
	it('are those of the threshold, between two measured ones in between', () => {
		const at = (threshold: number) => bandless(threshold)(6, 6);
		closeTo(at(0).falseAccept, 0.02);
		assert.equal(at(-2).falseReject, 0);
		closeTo(at(1).falseAccept, 0.01);
		closeTo(at(-0.5).falseAccept, 0.04);
		closeTo(at(1.5).falseReject, 0.04);
	});

	it('are those of the speech length, in whatever order the file has them', () => {
		const of = bandless(0);
		closeTo(of(2, 6).falseAccept, 0.2); // 3 s
		closeTo(of(5, 5).falseAccept, 0.02);
		closeTo(of(60, 60).falseAccept, 0.02);
	});

	it('are unknown beyond what was measured', () => {
		const unknown = { falseAccept: null, falseReject: null };
		for (const threshold of [-2.01, 2.01]) {
			const { falseAccept, falseReject } = bandless(threshold)(6, 6);
			assert.deepEqual({ falseAccept, falseReject }, unknown);
		}
		assert.deepEqual(bandless(0)(0.9, 0.9), unknown);
		assert.deepEqual(bandless(0, parseCalibration({ llr: JSON_OF.llr }, 'x'))(6, 6), unknown);
	});
});

describe('a calibration', () => {
	it('needs no more than the formula', () => {
		const plain = parseCalibration({ llr: { slope: 9, offset: -3 } }, 'x');
		closeTo(bySeconds(scoreWith(plain))(0.5, 100, 100), 1.5);
		assert.deepEqual(plain.operatingPoints, { balanced: 0, fewFalseAccepts: 4.6, fewFalseRejects: -4.6 });
	});

	it('brings its own operating points', () => {
		assert.deepEqual(calibration.operatingPoints, { balanced: 0, fewFalseAccepts: 3.8, fewFalseRejects: -0.8 });
	});

	const [band] = JSON_OF.error_rates;
	const wrong: Array<[string, unknown, RegExp]> = [
		['no object', [], /calibration must be an object/],
		['no formula', {}, /llr must be an object/],
		['text for a number', { llr: { slope: '9', offset: 0 } }, /llr\.slope must be a number/],
		['a length of nothing', { ...JSON_OF, shortest_seconds: 0 }, /shortest_seconds must be above 0/],
		['a point without threshold', { ...JSON_OF, operating_points: { balanced: {} } }, /balanced\.threshold must be a number/],
		['a missing rate', { ...JSON_OF, error_rates: [{ ...band, false_accept_rate: [0.1] }] }, /a rate of both kinds/],
		['thresholds that do not ascend', { ...JSON_OF, error_rates: [{ ...band, thresholds: [0, 0, 2] }] }, /must ascend/],
		['no list of rates', { ...JSON_OF, error_rates: {} }, /error_rates must be a list/],
	];
	for (const [name, json, message] of wrong) {
		it(`with ${name} is refused`, () => assert.throws(() => parseCalibration(json, 'x'), { code: 'INVALID_MODEL', message }));
	}
});

describe('the calibration of a model', () => {
	it('is read again after it could not be read', async (test) => {
		const { mock } = test.mock.method(files, 'readFile', async () => {
			throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
		});
		await assert.rejects(calibrationOf(BUNDLED), { code: 'RUNTIME_UNAVAILABLE', message: /could not be read/ });
		mock.restore();
		assert.ok((await calibrationOf(BUNDLED))!.terms[0].weight > 0);
	});

	it('comes with the bundled model, and grows with the cosine', async () => {
		const bundled = (await calibrationOf(BUNDLED))!;
		const { llr } = JSON.parse(readFileSync(calibrationPath(FAST_MODEL), 'utf8'));
		assert.equal(bundled.terms[0].weight, llr.slope);
		const score = bySeconds(scoreWith(bundled));
		assert.ok(score(0.8, 10, 10) > 3 && score(0, 10, 10) < -3);
		for (const seconds of [1, 3, 30]) assert.ok(score(0.9, seconds, seconds) > score(0.5, seconds, seconds) + 4);
		assert.equal(bundled.operatingPoints.balanced, 0);
	});

	it('of the accurate model tells voices apart in every band, by its cohort, and promises no more than it has seen', async () => {
		const accurate = (await calibrationOf(ACCURATE_MODEL))!;
		const score = scoreWith(accurate);
		const { cohort } = (await normalizerOf(accurate))!;
		assert.deepEqual([cohort.dimension, cohort.wide.length], [256, cohort.narrow.length]);
		const { cohortMean: mean, cohortDeviation: deviation } = accurate.unknowns;
		const typical = { mean, deviation };
		const heard = (narrowBand: boolean, speechLength: number): Side => ({
			speechLength,
			conditions: { narrowBand, snr: 30, cohort: { wide: typical, narrow: typical } },
		});
		for (const [one, other] of [[false, false], [true, true], [false, true]]) {
			for (const seconds of [3, 10, 30]) {
				const at = (cosine: number) => score(cosine, heard(one, seconds), heard(other, seconds));
				assert.ok(at(0.75) > 2 && at(0.05) < -2 && at(0.75) > at(0.4) && at(0.4) > at(0.05), `${one} ${other} ${seconds}`);
			}
		}
		assert.deepEqual(accurate.covers!.bands, ['wide', 'narrow', 'mixed']);
		const { fewFalseAccepts, fewFalseRejects } = accurate.operatingPoints;
		assert.ok(fewFalseAccepts > 2 && fewFalseRejects < -0.5);
		for (const [one, other] of [[false, false], [true, true], [false, true]]) {
			const { falseAccept } = expectedErrors(accurate, fewFalseAccepts)(heard(one, 8), heard(other, 8));
			assert.ok(falseAccept! < 0.004, `${one} ${other}: ${falseAccept}`);
		}
	});

	it('is read once', async () => assert.equal(await calibrationOf(BUNDLED), await calibrationOf(BUNDLED)));

	it('is that of the description of a model of one\'s own, where its ID fits', async (t) => {
		const folder = mkdtempSync(join(tmpdir(), 'calibration-'));
		t.after(() => rmSync(folder, { recursive: true }));
		const file = join(folder, 'mine.json');
		const description = { id: 'mine', file: 'mine.onnx', dimension: 64, input: { kind: 'waveform' } };
		writeFileSync(file, JSON.stringify({ ...description, calibration: JSON_OF }));
		assert.equal((await calibrationOf('mine', file))?.terms[0].weight, 10);
		assert.equal(await calibrationOf('yours', file), undefined);
		assert.equal(await calibrationOf('mine'), undefined);
		writeFileSync(file, JSON.stringify(description));
		assert.equal(await calibrationOf('mine', file), undefined);
		await assert.rejects(calibrationOf('mine', join(folder, 'other.json')), { code: 'INVALID_MODEL' });
	});
});
