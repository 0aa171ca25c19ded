/** Several voiceprints of one speaker as one, which is better than each of them: what they share stays, chance averages out. */
import { VoiceprintError } from '../errors';
import { resemblance, type Normalizer } from './cohort';
import { clampCosine } from './scoring';
import { ModelsDiffer, noSpeechBehind } from './gallery';
import { cosine, normalize, weightedSum } from './vector';
import type { SpeechConditions, Voiceprint } from './voiceprint';

export interface Merged {
	/** Mean of the members weighted by their speech length, of length one again; speech lengths added. */
	voiceprint: Voiceprint;
	/** How alike the members are to the merged one, cosines. */
	consistency: { mean: number; minimum: number };
	/** Of each member, its cosine to all the others merged; empty for one member, which has no others. */
	toOthers: number[];
}

/**
 * @param members at least one, of one model, all with speech behind them
 * @param normalizer where the model has a cohort
 * @throws VoiceprintError EMPTY_VOICEPRINT, INVALID_VOICEPRINT; ModelsDiffer
 */
export function mergeVoiceprints(members: Voiceprint[], normalizer?: Normalizer): Merged {
	const [first] = members;
	if (!first) throw noSpeechBehind();
	for (const { model, vector } of members) {
		if (vector.length === 0) throw noSpeechBehind();
		if (model !== first.model) throw new ModelsDiffer(first.model, model);
		if (vector.length !== first.vector.length) throw contrary();
	}
	const weights = weightsOf(members);
	const sum = weightedSum(members.map(({ vector }) => vector), weights);
	const vector = normalize(Float32Array.from(sum));
	if (vector.every((value) => value === 0)) throw contrary();
	const cosines = members.map((member) => clampCosine(cosine(member.vector, vector)));
	const speechLength = members.reduce((total, one) => total + one.speechLength, 0);
	const conditions = mergedConditions(members, weights, vector, normalizer);
	return {
		voiceprint: { model: first.model, speechLength, vector, ...(conditions ? { conditions } : {}) },
		consistency: {
			mean: cosines.reduce((total, one) => total + one, 0) / cosines.length,
			minimum: Math.min(...cosines),
		},
		toOthers: members.length < 2 ? [] : members.map((one, member) => toOthers(one, weights[member]!, sum)),
	};
}

/** The band of most of the speech; the mean signal-to-noise ratio. Undefined where nothing is known of any member. */
function mergedConditions(
	members: Voiceprint[],
	weights: number[],
	vector: Float32Array,
	normalizer: Normalizer | undefined,
): SpeechConditions | undefined {
	const known = members.flatMap(({ conditions }, member) => (conditions ? [{ ...conditions, weight: weights[member]! }] : []));
	if (known.length === 0) return undefined;
	const total = (of: typeof known) => of.reduce((sum, { weight }) => sum + weight, 0);
	const narrowBand = total(known.filter((one) => one.narrowBand)) * 2 > total(known);
	const measured = known.filter(({ snr }) => snr !== null);
	const weight = total(measured);
	return {
		narrowBand,
		snr: weight > 0 ? measured.reduce((sum, one) => sum + one.snr! * one.weight, 0) / weight : null,
		cohort: normalizer ? resemblance(vector, normalizer) : null,
	};
}

/** Seconds of speech; where nobody knows them, all weigh the same. */
function weightsOf(members: Voiceprint[]): number[] {
	const known = members.some(({ speechLength }) => speechLength > 0);
	return members.map(({ speechLength }) => (known ? speechLength : 1));
}

/** Against a sum that it is part of, every member looks better than it is. */
function toOthers({ vector }: Voiceprint, weight: number, sum: Float64Array): number {
	const others = normalize(Float32Array.from(sum, (value, i) => value - weight * vector[i]!));
	return clampCosine(cosine(vector, others));
}

function contrary(): VoiceprintError {
	return new VoiceprintError(
		'INVALID_VOICEPRINT',
		'The voiceprints cannot be merged: they have nothing in common',
		'Merge voiceprints of one speaker only.',
	);
}
