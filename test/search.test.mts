/** Searching in what is sorted. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countWhile } from '../dist/search.js';

describe('the count of those that hold something', () => {
	it('is that of a look at each, whatever the length', () => {
		for (let length = 0; length < 20; length++) {
			for (let count = 0; count <= length; count++) assert.equal(countWhile(length, (i) => i < count), count);
		}
	});

	it('takes few looks, none beyond the list', () => {
		const seen: number[] = [];
		assert.equal(countWhile(1_000_000, (i) => seen.push(i) > 0 && i < 123_456), 123_456);
		assert.ok(seen.length <= 20);
		assert.ok(seen.every((i) => i >= 0 && i < 1_000_000));
	});
});
