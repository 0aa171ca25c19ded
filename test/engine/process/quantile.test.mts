/** Numbers by their rank. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nthSmallest } from '../../../dist/engine/process/quantile.js';

test('the number of each rank is that of the sorted ones, whatever their sizes', () => {
	const random = Float32Array.from({ length: 3000 }, (_, i) => Math.abs(Math.sin(i * i)) ** 9 * 10 ** ((i % 7) - 3));
	const few = Float32Array.of(2, 0, 1e-40, 2, 2, 3e38, 1, 1.0000001);
	for (const values of [random, few, Float32Array.of(7), random.subarray(5, 70)]) {
		const sorted = values.slice().sort();
		assert.deepEqual(Float32Array.from(sorted, (_, index) => nthSmallest(values, index)), sorted);
	}
});
