/** Names for speakers, from voiceprints of known people. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Names } from '../../../../dist/engine/process/host/names.js';
import { ACCURATE_MODEL } from '../../../../dist/models/bundled.js';
import { parseCalibration } from '../../../../dist/voiceprints/calibration.js';
import { BUNDLED, near, NOBODY, randomNumbers, textOf, unitVector, voiceprintOf } from '../../../voiceprints/support/vectors.mts';

const [anna, ben] = [1, 2].map((seed) => unitVector(randomNumbers(seed)));
const like = (vector: Float32Array, seed: number) => near(vector, 0.9, randomNumbers(seed));

const calibration = parseCalibration({ llr: { slope: 10, offset: -5 } }, BUNDLED);
const model = { embedder: { id: BUNDLED }, calibration, normalizer: undefined } as unknown as ConstructorParameters<typeof Names>[0];

const namesOf = (known: Array<[string, string]>, threshold: 'balanced' | number = 'balanced') =>
	new Names(model, { known: known.map(([name, voiceprint]) => ({ name, voiceprint })), threshold });

describe('a speaker', () => {
	it('gets the name of who is most alike, by any of several voiceprints', () => {
		const names = namesOf([['Anna', textOf(unitVector(randomNumbers(9)))], ['Ben', textOf(ben)], ['Anna', textOf(anna)]]);
		const found = names.of([voiceprintOf(like(ben, 3)), voiceprintOf(like(anna, 4)), voiceprintOf(unitVector(randomNumbers(5)))]);
		assert.deepEqual(found.map(({ name }) => name), ['Ben', 'Anna', null]);
		assert.ok(Math.abs(found[0].score! - 4) < 0.1 && found[2].score! < -3);
	});

	it('of less than three seconds of speech gets none', () => {
		const names = namesOf([['Anna', textOf(anna)]]);
		assert.deepEqual(names.of([voiceprintOf(like(anna, 3), 2.9), voiceprintOf(like(anna, 3), 3)]).map(({ name }) => name), [null, 'Anna']);
		assert.equal(names.of([voiceprintOf(like(anna, 3), 2.9)])[0].score, null);
	});

	it('gets one from the threshold on only', () => {
		assert.equal(namesOf([['Anna', textOf(anna)]], 4.2).of([voiceprintOf(like(anna, 3))])[0].name, null);
	});

	it('gets none of a silent voiceprint', () => {
		assert.deepEqual(namesOf([['Anna', NOBODY]]).of([voiceprintOf(like(anna, 3))]), [{ name: null, score: null }]);
	});
});

describe('a known person is named in the error', () => {
	it('whose voiceprint is of another model', () => {
		assert.throws(() => namesOf([['Anna', textOf(anna, 10, 'other-v2')]]), { code: 'MODELS_DIFFER', message: /'Anna' is of the model 'other-v2'/ });
	});

	it('with the model that is needed', () => {
		for (const [id, other, label] of [[ACCURATE_MODEL, BUNDLED, 'Accurate'], [BUNDLED, ACCURATE_MODEL, 'Fast']]) {
			const voiceprint = textOf(anna, 10, other);
			const make = () => new Names({ ...model, embedder: { ...model.embedder, id } }, { known: [{ name: 'Anna', voiceprint }], threshold: 'balanced' });
			assert.throws(make, (error: { description: string }) => error.description.startsWith(`Make it again with 'Model' ${label} in Extract Voiceprint`));
		}
	});

	it('whose voiceprint is damaged', () => {
		assert.throws(() => namesOf([['Anna', textOf(anna).slice(0, 80)]]), { code: 'INVALID_VOICEPRINT', message: /'Anna' cannot be used/ });
	});
});
