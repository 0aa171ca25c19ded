/** Which pieces are one speaker, and what is reported of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { linkByAverage, SAME_SPEAKER } from '../../../../dist/engine/process/speakers/clusters.js';
import { joinSpeakers, labelVoices } from '../../../../dist/engine/process/speakers/attribution.js';
import type { Voice } from '../../../../dist/engine/process/speakers/comparison.js';
import { overlapsOf } from '../../../../dist/engine/client/talk.js';
import { speakerSegments } from '../../../../dist/engine/process/speakers/segments.js';
import { near as nearBy, randomNumbers, unitVector } from '../../../voiceprints/support/vectors.mts';

const ANYBODY = { least: 1, most: Infinity };
const RULES = { mergePauses: 0.5, shortest: 0.25 };

const PEOPLE = Array.from({ length: 6 }, (_, i) => unitVector(randomNumbers(i + 1)));

const near = (vector: Float32Array, alike: number, by: number) => nearBy(vector, alike, randomNumbers(by));

let seed = 100;
const pieceOf = (person: number, start: number, clean = 1.5): Voice => ({ vector: near(PEOPLE[person], 0.75, ++seed), clean, start, end: start + clean });

/** Two seconds apart. */
const conversation = (...people: number[]) => people.map((person, i) => pieceOf(person, 2 * i));

describe('average linkage', () => {
	it('is what its definition says, on random vectors', () => {
		const random = randomNumbers(7);
		const vectors = Array.from({ length: 40 }, (_, i) => near(PEOPLE[i % 4], 0.3 + 0.6 * random(), 1000 + i));
		const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
		const mean = (a: number[], b: number[]) => a.flatMap((i) => b.map((j) => dot(vectors[i], vectors[j]))).reduce((x, y) => x + y, 0) / (a.length * b.length);
		for (const threshold of [0.1, 0.3, 0.5]) {
			let expected = vectors.map((_, i) => [i]);
			for (;;) {
				const pairs = expected.flatMap((one, i) => expected.slice(i + 1).map((other) => ({ one, other, alike: mean(one, other) })));
				const best = pairs.reduce((most, pair) => (pair.alike > most.alike ? pair : most), pairs[0]);
				if (!best || best.alike < threshold) break;
				expected = [...expected.filter((one) => one !== best.one && one !== best.other), [...best.one, ...best.other]];
			}
			const sorted = expected.map((members) => members.sort((a, b) => a - b)).sort(([a], [b]) => a - b);
			assert.deepEqual(linkByAverage(vectors, threshold), sorted);
		}
	});

	it('takes thousands without a matrix of them all', () => {
		const vectors = Array.from({ length: 2500 }, (_, i) => near(PEOPLE[i % 5], 0.85, i));
		const found = linkByAverage(vectors, 0.3);
		assert.deepEqual(found.map((members) => new Set(members.map((i) => i % 5)).size), [1, 1, 1, 1, 1]);
	});
});

it('hundreds of voices that are unlike stay apart, however many are open', () => {
	const vectors = Array.from({ length: 500 }, (_, i) => unitVector(randomNumbers(7000 + i)));
	assert.equal(linkByAverage(vectors, 0.6).length, 500);
});

describe('speakers who turn out to be one person', () => {
	it('have one number, the others move up, and their voice is the mean of both', () => {
		const voices = conversation(0, 1, 2, 0, 1, 2);
		const labels = labelVoices(voices, ANYBODY);
		const joined = joinSpeakers(labels, voices, [0, 0, 2]);
		assert.deepEqual(joined.labels, [0, 0, 1, 0, 0, 1]);
		const alike = (one: Float32Array, other: Float32Array) => one.reduce((sum, value, i) => sum + value * other[i], 0);
		assert.ok(alike(joined.centroids[1], labels.centroids[2]) > 0.9999);
		for (const old of [0, 1]) assert.ok(alike(joined.centroids[0], labels.centroids[old]) > 0.6);
	});
});

describe('speakers', () => {
	it('are told apart, whoever comes when', () => {
		const { labels, centroids } = labelVoices(conversation(2, 0, 2, 1, 0, 0, 1, 2), ANYBODY);
		assert.equal(centroids.length, 3);
		assert.deepEqual(labels, [0, 1, 0, 2, 1, 1, 2, 0]);
	});

	it('who hardly say anything join the most alike one', () => {
		const voices = [...conversation(0, 1, 0, 1, 0, 1), pieceOf(2, 20, 0.9)];
		assert.equal(labelVoices(voices, ANYBODY).centroids.length, 2);
	});

	it('of short pieces are found by the nearest voice, of none by the nearest time', () => {
		const voices = [...conversation(0, 1, 0, 1), pieceOf(1, 8, 0.4), { vector: undefined, clean: 0.1, start: 2.5, end: 2.6 }];
		assert.deepEqual(labelVoices(voices, ANYBODY).labels, [0, 1, 0, 1, 1, 1]);
	});

	it('are at most as many as somebody knows', () => {
		const voices = conversation(0, 1, 2, 0, 1, 2, 0, 1, 2);
		assert.equal(new Set(labelVoices(voices, { least: 1, most: 2 }).labels).size, 2);
		assert.equal(new Set(labelVoices(voices, { least: 1, most: 1 }).labels).size, 1);
	});

	it('who sound alike are told apart where more are known to be there, and nobody is split by force', () => {
		const twin = near(PEOPLE[0], 0.62, 5);
		const voices = Array.from({ length: 12 }, (_, i): Voice => ({ vector: near(i % 2 ? twin : PEOPLE[0], 0.92, 300 + i), clean: 1.5, start: 2 * i, end: 2 * i + 1.5 }));
		assert.equal(labelVoices(voices, ANYBODY).centroids.length, 1);
		assert.equal(labelVoices(voices, { least: 2, most: 2 }).centroids.length, 2);
		const alone = Array.from({ length: 6 }, (_, i): Voice => ({ vector: near(PEOPLE[0], 0.99, i), clean: 1.5, start: 2 * i, end: 2 * i + 1.5 }));
		assert.equal(labelVoices(alone, { least: 3, most: 3 }).centroids.length, 1);
	});

	it('are one from a mean cosine on that is the model\'s', () => {
		const voices = [0, 1].flatMap((person) => Array.from({ length: 5 }, (_, i): Voice => {
			const vector = near(PEOPLE[0], person ? 0.27 : 0.999, person ? 77 : 500 + i);
			return { vector, clean: 1.5, start: 20 * person + 2 * i, end: 20 * person + 2 * i + 1.5 };
		}));
		assert.equal(labelVoices(voices, ANYBODY, SAME_SPEAKER.accurate).centroids.length, 2);
		assert.equal(labelVoices(voices, ANYBODY, SAME_SPEAKER.fast).centroids.length, 1);
		const further = voices.map((voice, i) => (i < 5 ? voice : { ...voice, vector: near(PEOPLE[0], 0.1, 78) }));
		assert.equal(labelVoices(further, ANYBODY, SAME_SPEAKER.fast).centroids.length, 2);
	});

	it('of nothing are nobody', () => {
		assert.deepEqual(labelVoices([], ANYBODY), { labels: [], centroids: [] });
		assert.deepEqual(labelVoices([{ vector: undefined, clean: 0, start: 0, end: 1 }], ANYBODY), { labels: [0], centroids: [] });
	});
});

describe('segments', () => {
	const voice = (start: number, end: number): Voice => ({ vector: undefined, clean: end - start, start, end });

	it('close short pauses of a speaker, leave out the shortest, and number who talks first 0', () => {
		const voices = [voice(0, 1), voice(1.4, 2), voice(3, 3.2), voice(4, 5), voice(5.6, 6)];
		const { segments, order } = speakerSegments(voices, { labels: [1, 1, 0, 0, 0], centroids: [] }, RULES);
		assert.deepEqual(segments.map(({ speaker, start, end }) => [speaker, start, end]), [[0, 0, 2], [1, 4, 5], [1, 5.6, 6]]);
		assert.deepEqual(order, [1, 0]);
	});

	it('say where others talk as well', () => {
		const { segments, overlaps } = speakerSegments([voice(0, 3), voice(2, 4), voice(5, 6)], { labels: [0, 1, 0], centroids: [] }, RULES);
		assert.deepEqual(overlaps, [{ start: 2, end: 3, speakers: [0, 1] }]);
		assert.deepEqual(segments.map(({ overlap }) => overlap), [true, true, false]);
	});

	it('are the surer the more they sound like their speaker and like nobody else', () => {
		const clear: Voice = { vector: PEOPLE[0], clean: 2, start: 0, end: 2 };
		const between: Voice = { vector: near(PEOPLE[0], 0.5, 9), clean: 2, start: 3, end: 5 };
		const labels = { labels: [0, 0], centroids: [PEOPLE[0], PEOPLE[1]] };
		const [one, other] = speakerSegments([clear, between], labels, RULES).segments;
		assert.ok(one.confidence! > 0.7 && other.confidence! < one.confidence!);
		assert.equal(speakerSegments([clear], { labels: [0], centroids: [PEOPLE[0]] }, RULES).segments[0].confidence, null);
	});

	it('of three people overlap in stretches of who talks', () => {
		const talk = (speaker: number, start: number, end: number) => ({ speaker, start, end });
		assert.deepEqual(overlapsOf([talk(0, 0, 4), talk(1, 1, 3), talk(2, 2, 5)]), [
			{ start: 1, end: 2, speakers: [0, 1] },
			{ start: 2, end: 3, speakers: [0, 1, 2] },
			{ start: 3, end: 4, speakers: [0, 2] },
		]);
	});
});
