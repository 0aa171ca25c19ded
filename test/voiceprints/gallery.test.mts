/** Looking one voiceprint up among many. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bestEntries, Gallery, type ModelsDiffer } from '../../dist/voiceprints/gallery.js';
import { dot } from '../../dist/voiceprints/vector.js';
import { Pace } from '../../dist/voiceprints/pace.js';
import { decodeVoiceprint } from '../../dist/voiceprints/encoding.js';
import { cosine } from '../../dist/voiceprints/vector.js';
import { longestHold } from './support/hold.mts';
import { BUNDLED, NOBODY, randomNumbers, tampered, textOf, unitVector, voiceprintOf } from './support/vectors.mts';

const plain = (value: number) => value;

describe('a gallery', () => {
	const random = randomNumbers(11);
	const texts = Array.from({ length: 300 }, (_, i) => textOf(unitVector(random), 1 + (i % 20)));
	const probe = voiceprintOf(unitVector(random), 5);

	it('compares with each entry what two voiceprints alone would give', async () => {
		const gallery = new Gallery(texts.length);
		texts.forEach((text) => gallery.add(text));
		const seen: number[] = [];
		const { cosines, scores } = await gallery.compare(probe, (value, mine, other) => (seen.push(mine.speechLength * 100 + other.speechLength), value * other.speechLength), new Pace());
		for (const [i, text] of texts.entries()) {
			const { vector, speechLength } = decodeVoiceprint(text);
			const expected = cosine(probe.vector, vector);
			assert.ok(Math.abs(cosines[i] - expected) < 1e-6);
			assert.ok(Math.abs(scores[i] - expected * speechLength) < 1e-5);
			assert.equal(seen[i], 500 + speechLength);
		}
		assert.equal(scores.length, 300);
	});

	it('takes vectors of any length', () => {
		for (const length of [1, 2, 3, 4, 5, 7, 64, 65]) {
			const [a, b] = [unitVector(random, length), unitVector(random, length)];
			const block = Float32Array.of(9, 9, ...a, 9);
			assert.ok(Math.abs(dot(block, 2, b) - cosine(a, b)) < 1e-6);
		}
	});

	it('refuses what is not like the others, and goes on', async () => {
		const gallery = new Gallery(5);
		assert.throws(() => gallery.add(NOBODY), { code: 'EMPTY_VOICEPRINT' });
		assert.throws(() => gallery.add('no voiceprint'), { code: 'INVALID_VOICEPRINT' });
		gallery.add(texts[0]);
		assert.throws(() => gallery.add(textOf(unitVector(random), 5, 'other')), (error: ModelsDiffer) => {
			assert.deepEqual([error.code, error.one, error.other], ['MODELS_DIFFER', BUNDLED, 'other']);
			return true;
		});
		assert.throws(() => gallery.add(textOf(unitVector(random, 64))), { code: 'INVALID_VOICEPRINT', message: /64 numbers.* have 192/ });
		gallery.add(texts[1]);
		assert.equal(gallery.size, 2);
		await assert.rejects(gallery.compare({ ...probe, model: 'other' }, plain, new Pace()), { code: 'MODELS_DIFFER' });
		const { cosines } = await gallery.compare(decodeVoiceprint(texts[1]), plain, new Pace());
		assert.deepEqual(Array.from(cosines, (value) => value > 0.99), [false, true]);
	});

	it('is of the size of its first good entry', async () => {
		const gallery = new Gallery(2);
		const small = textOf(unitVector(random, 16));
		// Its checksum is right, its vector is of length zero.
		const zeros = tampered(small, (bytes) => void bytes.fill(0, bytes.length - 4 - 16 * 2, bytes.length - 4));
		assert.throws(() => gallery.add(zeros), { code: 'INVALID_VOICEPRINT', message: /not of length one/ });
		gallery.add(texts[0]);
		gallery.add(texts[1]);
		const { cosines } = await gallery.compare(decodeVoiceprint(texts[1]), plain, new Pace());
		assert.ok(cosines[1] > 0.999);
		assert.throws(() => gallery.add(small), { code: 'INVALID_VOICEPRINT' });
	});

	it('stops where the execution is cancelled', async () => {
		const gallery = new Gallery(1);
		gallery.add(texts[0]);
		const abort = new AbortController();
		const pace = new Pace(abort.signal);
		while (!pace.isDue);
		abort.abort();
		await assert.rejects(gallery.compare(probe, plain, pace), { code: 'CANCELED' });
	});

	it('lets others work while it searches', async () => {
		const gallery = new Gallery(40_000);
		for (let i = 0; i < 40_000; i++) gallery.add(texts[i % texts.length]);
		const pace = new Pace();
		const { hold, whole } = await longestHold(async () => {
			for (let round = 0; round < 20; round++) await gallery.compare(probe, plain, pace);
		});
		assert.ok(hold < whole / 3, `held for ${hold.toFixed(0)} of ${whole.toFixed(0)} ms`);
	});
});

describe('the best entries', () => {
	it('are in order, each name once, by its best one', () => {
		const scores = [1, 9, 5, 8, 7, 9, -3];
		assert.deepEqual(bestEntries(scores, [0, 1, 2, 1, 0, 3, 4], 3), [1, 5, 4]);
		assert.deepEqual(bestEntries(scores, [0, 1, 2, 1, 0, 3, 4], 99), [1, 5, 4, 2, 6]);
		assert.deepEqual(bestEntries(scores, [0, 0, 0, 0, 0, 0, 0], 5), [1]);
		assert.deepEqual(bestEntries([], [], 5), []);
	});

	it('are those of sorting all of them', () => {
		const random = randomNumbers(12);
		for (let round = 0; round < 200; round++) {
			const labels = Array.from({ length: 1 + Math.floor(random() * 60) }, (_, i) => i);
			// Few values, so that there are ties.
			const scores = labels.map(() => Math.floor(random() * 12));
			const count = 1 + Math.floor(random() * 8);
			const sorted = labels.toSorted((one, other) => scores[other] - scores[one] || one - other).slice(0, count);
			assert.deepEqual(bestEntries(scores, labels, count), sorted);
		}
	});
});
