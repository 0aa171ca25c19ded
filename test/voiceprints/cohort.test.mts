/** Other speakers by whom scores are normalised: their file, and how much a voiceprint resembles them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCalibration } from '../../dist/voiceprints/calibration.js';
import { conditionsFor, parseCohort, resemblance } from '../../dist/voiceprints/cohort.js';
import { cosine } from '../../dist/voiceprints/vector.js';
import { cohortFile, withChecksum } from './support/cohorts.mts';
import { randomNumbers, unitVector } from './support/vectors.mts';

const random = randomNumbers(31);
const wide = Array.from({ length: 9 }, () => unitVector(random, 16));
const narrow = Array.from({ length: 7 }, () => unitVector(random, 16));
const FILE = cohortFile('mine', wide, narrow);
const body = FILE.subarray(0, -4);

describe('the file of a cohort', () => {
	it('is read as it was written, to half precision', () => {
		const cohort = parseCohort(FILE, 'mine');
		assert.deepEqual([cohort.dimension, cohort.wide.length, cohort.narrow.length], [16, 9 * 16, 7 * 16]);
		for (const [i, value] of narrow.flatMap((vector) => [...vector]).entries()) {
			assert.ok(Math.abs(cohort.narrow[i] - value) <= Math.abs(value) * 2 ** -11 + 2 ** -25);
		}
	});

	const changed = (change: (bytes: Buffer) => void) => {
		const copy = Buffer.from(body);
		change(copy);
		return withChecksum(copy);
	};
	const cases: Array<[string, Buffer, RegExp]> = [
		['nothing', Buffer.alloc(0), /it is none/],
		['something else', Buffer.from('{"of": "something else entirely"}'), /it is none/],
		['a newer version', changed((bytes) => void bytes.writeUInt8(2, 4)), /of version 2/],
		['a changed byte', Buffer.concat([body.subarray(0, 60), Buffer.from([body[60] ^ 1]), FILE.subarray(61)]), /checksum is wrong/],
		['the half of it', FILE.subarray(0, 100), /checksum is wrong/],
		['more vectors than are there', changed((bytes) => void bytes.writeUInt32LE(10, 8)), /not as many bytes/],
		['a vector twice as long', changed((bytes) => void bytes.writeUInt16LE(0x4000, 24)), /not of length one/],
	];
	for (const [name, bytes, message] of cases) {
		it(`that is ${name} is refused`, () => assert.throws(() => parseCohort(bytes, 'mine'), { code: 'INVALID_MODEL', message }));
	}

	it('of another model is refused', () => {
		assert.throws(() => parseCohort(FILE, 'yours'), { code: 'INVALID_MODEL', message: /that of the model 'mine'/ });
	});
});

describe('the resemblance to a cohort', () => {
	const cohort = parseCohort(FILE, 'mine');
	const voice = unitVector(random, 16);

	it('is mean and deviation over those that are most alike, in each band', () => {
		const found = resemblance(voice, { cohort, nearest: 4 })!;
		for (const [vectors, { mean, deviation }] of [[wide, found.wide], [narrow, found.narrow]] as const) {
			const top = vectors.map((one) => cosine(one, voice)).sort((a, b) => b - a).slice(0, 4);
			const expected = top.reduce((sum, one) => sum + one) / 4;
			assert.ok(Math.abs(mean - expected) < 1e-3);
			assert.ok(Math.abs(deviation - Math.sqrt(top.reduce((sum, one) => sum + (one - expected) ** 2, 0) / 4)) < 1e-3);
		}
		assert.ok(Math.abs(found.wide.mean - found.narrow.mean) > 0.01);
	});

	it('is unknown where there are too few of them, or of another size', () => {
		assert.equal(resemblance(voice, { cohort, nearest: 8 }), null);
		assert.equal(resemblance(unitVector(random, 8), { cohort, nearest: 4 }), null);
	});

	it('is unknown where the cohort is one voice', () => {
		const one = Array.from({ length: 5 }, () => Float32Array.of(1, 0));
		assert.equal(resemblance(Float32Array.of(0, 1), { cohort: parseCohort(cohortFile('one', one, one), 'one'), nearest: 3 }), null);
	});
});

describe('the conditions that a voiceprint says', () => {
	const cohort = parseCohort(FILE, 'mine');
	const voice = unitVector(random, 16);
	const measured = { narrowBand: true, snr: 12 };
	const conditionsBy = (file: object, normalizer?: { cohort: typeof cohort; nearest: number }) =>
		conditionsFor(parseCalibration(file, 'mine'), voice, measured, normalizer);
	const byNoise = { llr: { terms: [{ of: ['snr'], weight: 1 }] } };

	it('are none where its calibration asks for none', () => {
		assert.equal(conditionsBy({ llr: { slope: 1, offset: 0, slope_by_length: 1 } }), undefined);
		assert.equal(conditionsBy({ llr: { terms: [{ of: ['cosine', 'log_length'], weight: 1 }] } }, { cohort, nearest: 4 }), undefined);
	});

	it('are what was measured, and the cohort of the band where there is one', () => {
		assert.deepEqual(conditionsBy(byNoise), { ...measured, cohort: null });
		assert.deepEqual(conditionsBy(byNoise, { cohort, nearest: 4 }), { ...measured, cohort: resemblance(voice, { cohort, nearest: 4 }) });
	});

	it('are also for a calibration that covers but some speech, or whose errors are known by band', () => {
		const line = { slope: 1, offset: 0 };
		const rates = { band: 'narrow', shortest_seconds: 1, thresholds: [0], false_accept_rate: [0], false_reject_rate: [0] };
		assert.ok(conditionsBy({ llr: line, covers: { lowest_snr: 5 } }));
		assert.ok(conditionsBy({ llr: line, error_rates: [rates] }));
	});
});
