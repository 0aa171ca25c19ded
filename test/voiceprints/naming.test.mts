/** Which known people the speakers of a recording are. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recognise } from '../../dist/voiceprints/naming.js';

const knownOf = (scores: Array<Array<number | null>>, threshold = 0) => recognise(scores, threshold).map((one) => one?.known ?? null);

describe('a speaker', () => {
	it('is the likeliest person from the threshold on', () => {
		assert.deepEqual(recognise([[-3, 4.5], [1, -2]], 0), [{ known: 1, score: 4.5 }, { known: 0, score: 1 }]);
		assert.deepEqual(knownOf([[-3, 4.4], [1, -2]], 4.5), [null, null]);
		assert.deepEqual(knownOf([[4.5]], 4.5), [0]);
	});

	it('is nobody else than another one where only one of them can be it', () => {
		assert.deepEqual(knownOf([[5, 1], [1.5, -1]]), [0, null]);
		assert.deepEqual(knownOf([[5, 4], [6, -1]]), [1, 0]);
	});

	it('is the same person as another one where that is clear: one was taken for two', () => {
		assert.deepEqual(knownOf([[7, -5], [4, -6]]), [0, 0]);
	});

	it('whose voiceprint cannot be compared is nobody', () => assert.deepEqual(knownOf([[null, null], [3, null]]), [null, 0]));

	it('is nobody where nobody is known', () => assert.deepEqual(knownOf([[], []]), [null, null]));
});
