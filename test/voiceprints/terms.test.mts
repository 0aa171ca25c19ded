/** Log-likelihood ratios by terms: cosine, cosine beside a cohort, length, band and noise. What lies outside a calibration. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCalibration } from '../../dist/voiceprints/calibration.js';
import { outsideCalibration, pairOutsideCalibration } from '../../dist/voiceprints/coverage.js';
import { expectedErrors, scoreWith } from '../../dist/voiceprints/scoring.js';
import type { Side, SpeechConditions } from '../../dist/voiceprints/voiceprint.js';

const COHORT = { wide: { mean: 0.2, deviation: 0.1 }, narrow: { mean: 0.1, deviation: 0.2 } };

const heard = (conditions: Partial<SpeechConditions> = {}, speechLength = 10): Side => ({
	speechLength,
	conditions: { narrowBand: false, snr: 20, cohort: COHORT, ...conditions },
});
const unheard: Side = { speechLength: 10 };
const phone = { narrowBand: true };

const term = (weight: number, ...of: string[]) => ({ of, weight });
const FILE = {
	shortest_seconds: 1,
	longest_seconds: 40,
	snr: { lowest: 5, highest: 30 },
	unknown: { snr: 25, cohort_mean: 0.3, cohort_deviation: 0.05 },
	covers: { shortest_seconds: 1, longest_seconds: 100, lowest_snr: 5, bands: ['wide', 'narrow'] },
};
const calibrationOf = (...terms: object[]) => parseCalibration({ ...FILE, llr: { terms } }, 'x');
const scoreOf = (...terms: object[]) => scoreWith(calibrationOf(...terms));
const closeTo = (value: number, expected: number) => assert.ok(Math.abs(value - expected) < 1e-9, `${value}, not ${expected}`);

describe('a score by terms', () => {
	it('is the sum of products', () => {
		const score = scoreOf(term(-3), term(10, 'cosine'), term(2, 'cosine', 'log_length'), term(-1, 'both_narrow', 'snr'));
		closeTo(score(0.5, heard(), heard()), -3 + 5 + Math.log(10));
		closeTo(score(0.5, heard(phone), heard({ ...phone, snr: 12 })), -3 + 5 + Math.log(10) - 12);
	});

	it('knows both bands, the same and different', () => {
		const score = scoreOf(term(1, 'both_narrow'), term(10, 'bands_differ'));
		const bands = [heard(), heard(phone), unheard];
		assert.deepEqual(bands.map((one) => bands.map((other) => score(0, one, other))), [[0, 10, 0], [10, 1, 10], [0, 10, 0]]);
	});

	it('normalises the cosine by either side\'s cohort, as the other side sounds', () => {
		const score = scoreOf(term(1, 'normalized_cosine'));
		const other = { ...COHORT, wide: { mean: 0.4, deviation: 0.05 } };
		closeTo(score(0.5, heard(), heard({ cohort: other })), (3 + 2) / 2);
		closeTo(score(0.5, heard(phone), heard({ ...phone, cohort: other })), 2);
		// The first beside telephone speech, the second beside that of good microphones.
		closeTo(score(0.5, heard(), heard({ ...phone, cohort: other })), (2 + 2) / 2);
		closeTo(score(0.5, heard(), unheard), (3 + 4) / 2);
	});

	it('takes the noisier side, within its bounds, and what is known before what is not', () => {
		const score = scoreOf(term(1, 'snr'));
		assert.equal(score(0, heard({ snr: 11 }), heard({ snr: 17 })), 11);
		assert.equal(score(0, heard({ snr: 50 }), heard({ snr: 40 })), 30);
		assert.equal(score(0, heard({ snr: -5 }), heard()), 5);
		assert.equal(score(0, heard({ snr: null }), heard({ snr: 9 })), 9);
		assert.equal(score(0, unheard, unheard), 25);
	});

	it('is the same from both sides', () => {
		const score = scoreOf(term(1, 'normalized_cosine', 'log_length'), term(3, 'bands_differ', 'cosine'), term(0.1, 'snr'));
		const [one, other] = [heard({ snr: 8, cohort: { ...COHORT, wide: { mean: 0.1, deviation: 0.3 } } }, 3), heard(phone, 30)];
		closeTo(score(0.4, one, other), score(0.4, other, one));
	});

	const wrong: Array<[string, object, RegExp]> = [
		['an unknown factor', { llr: { terms: [term(1, 'pitch')] } }, /llr\.terms\[0\]\.of must be one of "cosine"/],
		['a term without weight', { llr: { terms: [{ of: [] }] } }, /llr\.terms\[0\]\.weight must be a number/],
		['no list of factors', { llr: { terms: [{ of: 'cosine', weight: 1 }] } }, /llr\.terms\[0\]\.of must be a list/],
		['an unknown band', { llr: { terms: [] }, covers: { bands: ['broad'] } }, /covers\.bands must be one of "wide", "narrow", "mixed"/],
		['a cohort of a half', { llr: { terms: [] }, cohort: { nearest: 1.5 } }, /cohort\.nearest must be a whole number/],
		['a cohort without a file\'s name', { llr: { terms: [] }, cohort: { nearest: 5, file: 7 } }, /cohort\.file must be the path/],
		['a deviation of nothing', { llr: { terms: [] }, unknown: { cohort_deviation: 0 } }, /unknown\.cohort_deviation must be above 0/],
		['noise in words', { llr: { terms: [] }, snr: { lowest: 'low' } }, /snr\.lowest must be a number/],
	];
	for (const [name, file, message] of wrong) {
		it(`with ${name} is refused`, () => assert.throws(() => parseCalibration(file, 'x'), { code: 'INVALID_MODEL', message }));
	}
});

describe('the expected errors by band', () => {
	const rates = (band: string | undefined, rate: number) => ({
		...(band ? { band } : {}), shortest_seconds: 1, longest_seconds: 5, thresholds: [0, 1], false_accept_rate: [rate, rate], false_reject_rate: [0, 0],
	});
	it('are those of the pair\'s band', () => {
		const calibration = parseCalibration({ llr: { terms: [] }, error_rates: [rates('wide', 0.1), rates('narrow', 0.2), rates('mixed', 0.3)] }, 'x');
		const of = (one: Side, other: Side) => expectedErrors(calibration, 0)(one, other).falseAccept;
		assert.deepEqual([of(heard(), heard()), of(heard(phone), heard(phone)), of(heard(), heard(phone)), of(unheard, unheard)], [0.1, 0.2, 0.3, 0.1]);
	});

	it('are those of all bands where they are not told apart, and unknown where a band is missing', () => {
		const all = parseCalibration({ llr: { terms: [] }, error_rates: [rates(undefined, 0.4)] }, 'x');
		assert.equal(expectedErrors(all, 0)(heard(phone), heard()).falseAccept, 0.4);
		const some = parseCalibration({ llr: { terms: [] }, error_rates: [rates('wide', 0.1)] }, 'x');
		assert.equal(expectedErrors(some, 0)(heard(phone), heard()).falseAccept, null);
	});
});

describe('speech unlike the calibration\'s', () => {
	const calibration = calibrationOf(term(1, 'normalized_cosine'));
	const said = (side: Side) => outsideCalibration(calibration, side, 'It').join();

	it('is told by length, noise and what is not known', () => {
		assert.equal(said(heard()), '');
		assert.match(said(heard({}, 0.7)), /^It has 0\.7 s of speech, less than the 1\.0 s that the calibration was made with$/);
		assert.match(said(heard({}, 130)), /more than the 100\.0 s/);
		assert.match(said(heard({ snr: -2 })), /is -2 dB above its noise, less than the 5 dB/);
		assert.equal(said(heard({ snr: null })), '');
		assert.match(said(unheard), /does not say how it was recorded/);
	});

	it('is told by the bands of both', () => {
		assert.deepEqual(pairOutsideCalibration(calibration, heard(), heard()), []);
		assert.match(pairOutsideCalibration(calibration, heard(phone), heard()).join(), /^One voiceprint is of telephone speech and the other is not/);
	});

	it('is not told where the calibration does not say what it covers', () => {
		const plain = parseCalibration({ llr: { slope: 1, offset: 0 } }, 'x');
		assert.deepEqual([outsideCalibration(plain, heard({}, 0.1), 'It'), pairOutsideCalibration(plain, heard(), heard(phone))], [[], []]);
	});
});
