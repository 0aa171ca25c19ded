/** Who of many unknown speakers is the same. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cluster, emptySimilarities, MOST_TO_CLUSTER, setSimilarity, type Similarities } from '../../dist/voiceprints/cluster.js';
import { Pace } from '../../dist/voiceprints/pace.js';
import { cosine } from '../../dist/voiceprints/vector.js';
import { longestHold } from './support/hold.mts';
import { near, randomNumbers, unitVector } from './support/vectors.mts';

function similaritiesOf(size: number, similarity: (one: number, other: number) => number): Similarities {
	const similarities = emptySimilarities(size);
	for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) setSimilarity(similarities, i, j, similarity(i, j));
	return similarities;
}

const clusters = async (size: number, similarity: (one: number, other: number) => number, threshold: number) =>
	await cluster(similaritiesOf(size, similarity), threshold, new Pace());

/** The definition, step by step: join the two groups that are most alike on average, as long as they are alike enough. */
function slowly(size: number, similarity: (one: number, other: number) => number, threshold: number): number[] {
	let groups = Array.from({ length: size }, (_, i) => [i]);
	const average = (one: number[], other: number[]) => {
		let sum = 0;
		for (const i of one) for (const j of other) sum += similarity(Math.max(i, j), Math.min(i, j));
		return sum / one.length / other.length;
	};
	for (;;) {
		let best = { value: -Infinity, pair: [0, 0] };
		for (let i = 0; i < groups.length; i++) {
			for (let j = 0; j < i; j++) {
				const value = average(groups[i], groups[j]);
				if (value > best.value) best = { value, pair: [j, i] };
			}
		}
		if (groups.length < 2 || best.value < threshold) break;
		const [one, other] = best.pair;
		groups = groups.map((group, i) => (i === one ? [...group, ...groups[other]] : group)).filter((_, i) => i !== other);
	}
	const numbers = Array.from({ length: size }, (_, i) => groups.findIndex((group) => group.includes(i)));
	const order = [...new Set(numbers)];
	return numbers.map((number) => order.indexOf(number));
}

describe('small cases by hand', () => {
	it('nothing and one', async () => {
		assert.deepEqual(await clusters(0, () => 0, 0), []);
		assert.deepEqual(await clusters(1, () => 0, 0), [0]);
	});

	it('two are one speaker from the threshold on', async () => {
		assert.deepEqual(await clusters(2, () => 1, 1), [0, 0]);
		assert.deepEqual(await clusters(2, () => 0.999, 1), [0, 1]);
	});

	it('three in a row: the average counts, not the nearest one', async () => {
		// 0 and 1 are alike, 1 and 2 are, 0 and 2 are not at all.
		const row = (i: number, j: number) => [[], [5], [-6, 4]][i][j];
		assert.deepEqual(await clusters(3, row, 0), [0, 0, 1]);
		assert.deepEqual(await clusters(3, row, -1), [0, 0, 0]); // (4 - 6) / 2
	});

	it('all alike, all different', async () => {
		assert.deepEqual(await clusters(5, () => 2, 0), [0, 0, 0, 0, 0]);
		assert.deepEqual(await clusters(5, () => -2, 0), [0, 1, 2, 3, 4]);
	});

	it('groups are numbered in the order of their first members', async () => {
		const isSame = (i: number, j: number) => (i % 3 === j % 3 ? 3 : -3);
		assert.deepEqual(await clusters(7, isSame, 0), [0, 1, 2, 0, 1, 2, 0]);
	});
});

describe('on random data', () => {
	const random = randomNumbers(31);

	it('it does what the definition says', async () => {
		for (let round = 0; round < 60; round++) {
			const size = 2 + Math.floor(random() * 28);
			const table = Float32Array.from({ length: size * size }, () => random() * 10 - 5);
			const similarity = (i: number, j: number) => table[i * size + j];
			const threshold = random() * 6 - 3;
			assert.deepEqual(await clusters(size, similarity, threshold), slowly(size, similarity, threshold));
		}
	});

	it('the order of the voiceprints does not matter', async () => {
		const size = 60;
		const table = Float32Array.from({ length: size * size }, () => random() * 10 - 5);
		const similarity = (i: number, j: number) => table[Math.max(i, j) * size + Math.min(i, j)];
		const order = Array.from({ length: size }, (_, i) => i).sort(() => random() - 0.5);
		const straight = await clusters(size, similarity, 1);
		const turned = await clusters(size, (i, j) => similarity(order[i], order[j]), 1);
		assert.ok(new Set(straight).size > 3);
		for (let i = 0; i < size; i++) {
			for (let j = 0; j < i; j++) {
				assert.equal(turned[i] === turned[j], straight[order[i]] === straight[order[j]]);
			}
		}
	});

	it('speakers are found again', async () => {
		const voices = Array.from({ length: 12 }, () => unitVector(random));
		const vectors = Array.from({ length: 150 }, (_, i) => near(voices[i % 12], 0.75, random));
		const found = await clusters(150, (i, j) => cosine(vectors[i], vectors[j]), 0.35);
		assert.deepEqual(found, Array.from({ length: 150 }, (_, i) => i % 12));
	});
});

describe('large ones', () => {
	it('are refused before memory is taken', () => {
		assert.throws(() => emptySimilarities(MOST_TO_CLUSTER + 1), { code: 'TOO_MANY_VOICEPRINTS', message: /5001 .* 5000 is the most/ });
	});

	it('let others work, and can be stopped', async () => {
		const size = 2500;
		const random = randomNumbers(32);
		const similarities = similaritiesOf(size, () => random());
		const { hold, whole } = await longestHold(async () => {
			const pace = new Pace();
			for (let round = 0; round < 4; round++) await cluster({ size, values: similarities.values.slice() }, 0, pace);
		});
		assert.ok(hold < whole / 3, `held for ${hold.toFixed(0)} of ${whole.toFixed(0)} ms`);
		const abort = new AbortController();
		const pace = new Pace(abort.signal);
		while (!pace.isDue);
		abort.abort();
		await assert.rejects(cluster(similarities, 0, pace), { code: 'CANCELED' });
	});
});
