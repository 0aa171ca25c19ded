/** Several voiceprints of one speaker as one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCohort } from '../../dist/voiceprints/cohort.js';
import { mergeVoiceprints } from '../../dist/voiceprints/merge.js';
import { cosine } from '../../dist/voiceprints/vector.js';
import type { Voiceprint } from '../../dist/voiceprints/voiceprint.js';
import { cohortFile } from './support/cohorts.mts';
import { near, randomNumbers, unitVector, voiceprintOf } from './support/vectors.mts';

const X = Float32Array.of(1, 0);
const Y = Float32Array.of(0, 1);

const closeTo = (value: number, expected: number) => assert.ok(Math.abs(value - expected) < 1e-6, `${value}, not ${expected}`);

describe('merged voiceprints', () => {
	it('weigh as much as the speech behind them', () => {
		const { voiceprint, consistency, toOthers } = mergeVoiceprints([voiceprintOf(X, 30), voiceprintOf(Y, 10)]);
		closeTo(voiceprint.vector[0], 3 / Math.sqrt(10));
		closeTo(voiceprint.vector[1], 1 / Math.sqrt(10));
		assert.equal(voiceprint.speechLength, 40);
		closeTo(consistency.mean, 2 / Math.sqrt(10));
		closeTo(consistency.minimum, 1 / Math.sqrt(10));
		closeTo(toOthers[0], 0);
		closeTo(toOthers[1], 0);
	});

	it('weigh the same where nobody knows how much speech there was', () => {
		const { vector, speechLength } = mergeVoiceprints([voiceprintOf(X, 0), voiceprintOf(Y, 0)]).voiceprint;
		closeTo(vector[0], Math.SQRT1_2);
		closeTo(vector[1], Math.SQRT1_2);
		assert.equal(speechLength, 0);
	});

	it('of one are that one', () => {
		const one = voiceprintOf(unitVector(randomNumbers(21)), 7);
		const { voiceprint, consistency, toOthers } = mergeVoiceprints([one]);
		closeTo(cosine(voiceprint.vector, one.vector), 1);
		closeTo(consistency.minimum, 1);
		assert.deepEqual(toOthers, []);
	});

	it('do not depend on the order, and are of length one', () => {
		const random = randomNumbers(22);
		const voice = unitVector(random);
		const members = Array.from({ length: 9 }, () => voiceprintOf(near(voice, 0.6, random), 1 + random() * 30));
		const merged = mergeVoiceprints(members);
		const turned = mergeVoiceprints(members.toReversed());
		closeTo(cosine(merged.voiceprint.vector, turned.voiceprint.vector), 1);
		closeTo(Math.hypot(...merged.voiceprint.vector), 1);
		assert.ok(merged.toOthers.every((value, i) => Math.abs(value - turned.toOthers[8 - i]) < 1e-6));
	});

	it('are nearer to the voice than each of their members', () => {
		const random = randomNumbers(23);
		const voice = unitVector(random);
		const members = Array.from({ length: 6 }, () => voiceprintOf(near(voice, 0.7, random)));
		assert.ok(cosine(mergeVoiceprints(members).voiceprint.vector, voice) > 0.9);
	});

	it('show which member is not like the others, however long it is', () => {
		const random = randomNumbers(24);
		const voice = unitVector(random);
		const members = Array.from({ length: 4 }, () => voiceprintOf(near(voice, 0.8, random), 10));
		members[2] = voiceprintOf(unitVector(random), 500);
		const { toOthers, voiceprint } = mergeVoiceprints(members);
		// To the merged one it is next to equal, as it makes most of it.
		assert.ok(cosine(voiceprint.vector, members[2].vector) > 0.9);
		assert.ok(toOthers[2] < 0.3);
		// The others taken one by one are beside it too, so it is the sum without it that counts.
		const without = mergeVoiceprints(members.toSpliced(2, 1)).voiceprint.vector;
		closeTo(toOthers[2], cosine(members[2].vector, without));
	});

	it('are refused where they do not belong together', () => {
		const code = (...members: Parameters<typeof mergeVoiceprints>[0]) => {
			try {
				mergeVoiceprints(members);
				return undefined;
			} catch (error) {
				return (error as { code: string }).code;
			}
		};
		assert.equal(code(), 'EMPTY_VOICEPRINT');
		assert.equal(code(voiceprintOf(X), voiceprintOf(new Float32Array(0))), 'EMPTY_VOICEPRINT');
		assert.equal(code(voiceprintOf(X), voiceprintOf(X, 1, 'other')), 'MODELS_DIFFER');
		assert.equal(code(voiceprintOf(X), voiceprintOf(Float32Array.of(-1, 0))), 'INVALID_VOICEPRINT');
		assert.equal(code(voiceprintOf(X), voiceprintOf(Float32Array.of(1, 0, 0))), 'INVALID_VOICEPRINT');
	});
});

describe('the conditions of merged speech', () => {
	const heard = (voiceprint: Voiceprint, narrowBand: boolean, snr: number | null): Voiceprint => ({
		...voiceprint,
		conditions: { narrowBand, snr, cohort: { wide: { mean: 0.9, deviation: 0.5 }, narrow: { mean: 0.9, deviation: 0.5 } } },
	});
	const cohort = parseCohort(cohortFile('m', [X, Y, X, Y], [Y, Float32Array.of(-1, 0), Y]), 'm');
	const merged = (...members: Voiceprint[]) => mergeVoiceprints(members, { cohort, nearest: 3 }).voiceprint;

	it('are the band of most of it, the mean noise, and the cohort asked again', () => {
		const { vector, conditions } = merged(heard(voiceprintOf(X, 30), true, 20), heard(voiceprintOf(Y, 10), false, 10));
		assert.equal(conditions!.narrowBand, true);
		closeTo(conditions!.snr!, 17.5);
		const cosines = [vector[1], vector[1], -vector[0]];
		closeTo(conditions!.cohort!.narrow.mean, cosines.reduce((sum, one) => sum + one) / 3);
	});

	it('leave out what is not known, and the cohort where there is none', () => {
		const [one, other] = [heard(voiceprintOf(X, 30), false, null), voiceprintOf(Y, 10)];
		assert.deepEqual(mergeVoiceprints([one, other]).voiceprint.conditions, { narrowBand: false, snr: null, cohort: null });
		assert.equal(mergeVoiceprints([other, other]).voiceprint.conditions, undefined);
	});
});
