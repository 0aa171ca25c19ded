/** What many pieces together say about who speaks. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { labelVoices } from '../../../../dist/engine/process/speakers/attribution.js';
import type { Voice } from '../../../../dist/engine/process/speakers/comparison.js';
import { splitAtChanges } from '../../../../dist/engine/process/speakers/parts.js';
import { parseVoiceSpace, VoiceSpace } from '../../../../dist/engine/process/speakers/voiceSpace.js';
import { ACCURATE_MODEL, voiceSpacePath } from '../../../../dist/models/bundled.js';
import { normalize } from '../../../../dist/voiceprints/vector.js';
import { randomNumbers } from '../../../voiceprints/support/vectors.mts';

const ANYBODY = { least: 1, most: Infinity };

/** Vectors of as many numbers as axes; each number is where it lies along one axis, times `scale`. */
function spaceOf(between: number[], scale = 1): VoiceSpace {
	const size = between.length;
	const axes = Float32Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? scale : 0));
	return new VoiceSpace({ dimension: size, mean: new Float32Array(size), axes, between: Float32Array.from(between) });
}

const density = (x: number, mean: number, variance: number) => Math.exp(-((x - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);

/** Density of places along one axis if one speaker says them all: the integral over where the speaker may lie. */
function likelihoodOfOne(places: number[], between: number): number {
	const step = 0.001;
	let sum = 0;
	for (let speaker = -30; speaker < 30; speaker += step) sum += density(speaker, 0, between) * places.reduce((product, place) => product * density(place, speaker, 1), 1);
	return sum * step;
}

describe('the voice space', () => {
	it('says how much likelier one speaker is than two, as the densities do', () => {
		const between = 2.5;
		const space = spaceOf([between]);
		const evidence = (places: number[]) => space.evidence(places.map((place) => ({ place: Float64Array.of(place), weight: 1 })));
		for (const [one, other] of [[[1.2, 0.3], [0.8]], [[2, 2.4], [-1.5, -2.2, -1.9]], [[0.1], [0.2]]]) {
			const expected = Math.log(likelihoodOfOne([...one, ...other], between) / (likelihoodOfOne(one, between) * likelihoodOfOne(other, between)));
			assert.ok(Math.abs(space.measure.alike(evidence(one), evidence(other)) - expected) < 1e-4);
			const joined = space.measure.join(evidence(one), evidence(other));
			assert.ok(Math.abs(joined.ofOne - evidence([...one, ...other]).ofOne) < 1e-9);
		}
	});

	it('a piece fits the speaker whose pieces it is likelier to be one of', () => {
		const space = spaceOf([4, 0.01]);
		const [near, far] = [[3, 0], [-3, 0]].map((place) => space.evidence([{ place: Float64Array.from(place), weight: 3 }]));
		assert.ok(space.fit(Float64Array.of(1, 5), near) > space.fit(Float64Array.of(1, 5), far));
	});

	it('scatter of n pieces is what is left of their squares without their mean, per axis', () => {
		assert.equal(spaceOf([1, 1]).scatter([Float64Array.of(1, 5), Float64Array.of(3, 5)]), 1);
	});

	it('of the bundled model is one of as many axes as its card says, and another model is refused', () => {
		const bytes = readFileSync(voiceSpacePath(ACCURATE_MODEL));
		const space = parseVoiceSpace(bytes, ACCURATE_MODEL);
		const place = space.project(new Float32Array(256));
		assert.equal(place.length, 128);
		assert.ok(place.every(Number.isFinite));
		assert.throws(() => parseVoiceSpace(bytes, 'another'), /'another'/);
	});
});

describe('speakers told apart by a voice space', () => {
	const DIMENSION = 40;
	/** Along the first axes people differ, along the others chance does. */
	const space = spaceOf(Array.from({ length: DIMENSION }, (_, axis) => (axis < 5 ? 8 : 0.01)), 14);

	/** Pieces that all sound much alike: people differ in `differ` only. */
	function pieces(people: number[], noise: number, differ: number): Voice[] {
		const random = randomNumbers(3);
		const normal = () => random() + random() + random() + random() - 2;
		return people.map((person, i) => {
			const vector = Float32Array.from({ length: DIMENSION }, (_, axis) => noise * normal() + (axis === 20 ? 0.7 : 0) + (axis === 0 ? differ * (person === 0 ? 1 : -1) : 0));
			return { vector: normalize(vector), clean: 1.8, start: 2 * i, end: 2 * i + 1.8 };
		});
	}

	const TURNS = Array.from({ length: 24 }, (_, i) => Math.floor(i / 2) % 2);

	it('are two where they differ as people do, alike as they sound otherwise', () => {
		const voices = pieces(TURNS, 0.1, 0.4);
		assert.equal(labelVoices(voices, ANYBODY).centroids.length, 1, 'by their cosines');
		assert.deepEqual(labelVoices(voices, ANYBODY, space).labels, TURNS);
	});

	it('are one where chance alone sets the pieces apart, however much there is of it', () => {
		for (const noise of [0.05, 0.1, 0.25]) assert.equal(labelVoices(pieces(TURNS, noise, 0), ANYBODY, space).centroids.length, 1);
	});

	it('are ten where ten talk', () => {
		const random = randomNumbers(11);
		const normal = () => (random() + random() + random() + random() - 2) * Math.sqrt(3);
		const people = Array.from({ length: 10 }, () => Float32Array.from({ length: DIMENSION }, (_, axis) => (axis < 30 ? normal() : 0)));
		const wide = spaceOf(Array.from({ length: DIMENSION }, (_, axis) => (axis < 30 ? 8 : 0.01)), 14);
		const turns = Array.from({ length: 80 }, (_, i) => (i * 7) % 10);
		const voices = turns.map((person, i): Voice => {
			const vector = normalize(people[person].map((value) => value + 0.3 * normal()));
			return { vector, clean: 1.5, start: 2 * i, end: 2 * i + 1.5 };
		});
		const { labels, centroids } = labelVoices(voices, ANYBODY, wide);
		assert.equal(centroids.length, 10);
		assert.equal(new Set(turns.map((person, i) => `${person} ${labels[i]}`)).size, 10);
	});

	it('are at most, and if they can be told apart at least, as many as somebody knows', () => {
		const voices = pieces(TURNS, 0.1, 0.4);
		assert.equal(labelVoices(voices, { least: 1, most: 1 }, space).centroids.length, 1);
		assert.equal(labelVoices(voices, { least: 2, most: 2 }, space).centroids.length, 2);
	});

	it('pieces in which the speaker changes are cut there, where their parts show it beyond doubt', () => {
		const voices = pieces(TURNS, 0.1, 0.4);
		const [one, other] = [voices[4], voices[6]];
		const parts = (...vectors: Voice[]) => vectors.map(({ vector }, i) => ({ vector: vector!, clean: 0.6, start: one.start + 0.6 * i, end: one.start + 0.6 * (i + 1) }));
		const changing = (...of: Voice[]) => voices.map((voice, i) => (i === 4 ? { ...voice, parts: parts(...of) } : voice));
		const split = (of: Voice[]) => splitAtChanges(of, labelVoices(of, ANYBODY, space));
		const cut = split(changing(one, other, other));
		assert.deepEqual(cut.labels.labels.slice(3, 7), [TURNS[3], TURNS[4], 1 - TURNS[4], TURNS[5]]);
		assert.deepEqual(cut.voices.slice(4, 6).map(({ start, end, clean }) => [start, end, clean]), [[8, 8.6, 0.6], [8.6, 9.8, 1.2]]);
		const same = changing(one, one, one);
		assert.deepEqual(split(same), { voices: same, labels: { labels: TURNS, centroids: labelVoices(same, ANYBODY, space).centroids } });
		const between = { ...one, vector: normalize(one.vector!.map((value, i) => 0.45 * value + 0.55 * other.vector![i])) };
		assert.deepEqual(split(changing(one, between, one)).labels.labels, TURNS, 'in doubt, that of the whole');
	});
});
