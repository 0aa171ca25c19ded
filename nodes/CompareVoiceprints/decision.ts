/** From scores to decisions: which threshold holds, how probable the same speaker is, how often that goes wrong. */
import type { IExecuteFunctions } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import type { Calibration, OperatingPoint } from '../../voiceprints/calibration';
import { expectedErrors, probabilityOf, scoreWith, type ExpectedErrors, type Score } from '../../voiceprints/scoring';
import type { Side } from '../../voiceprints/voiceprint';
import { choice, invalid, number, read, readCollection } from '../common/read';
import { OPERATING_POINT, OPTIONS, PRIOR, THRESHOLD } from './parameters';

/** What the user asks for. */
export interface Wish {
	operatingPoint: OperatingPoint | 'custom';
	/** Only for `custom`. */
	threshold: number;
	/** Above 0 and below 1. */
	prior: number;
}

/** How scores of one model are judged. */
export interface Decision {
	scoreType: 'llr' | 'cosine';
	score: Score;
	threshold: number;
	/** What stands in every result, named as there. */
	fields: { score_type: string; operating_point: string; threshold: number };
	/** Probability of the same speaker; null for cosines, from which none can be told. */
	probability(score: number): number | null;
	expected(one: Side, other: Side): ExpectedErrors;
	/** What the scores are by; undefined for cosines and for scores of a server. */
	calibration: Calibration | undefined;
}

const POINT_NAMES: Record<Wish['operatingPoint'], string> = {
	balanced: 'balanced',
	custom: 'custom',
	fewFalseAccepts: 'few_false_accepts',
	fewFalseRejects: 'few_false_rejects',
};

/**
 * Of the Speech Platform's scores, as far as its makers say: 0 is undecided, above 2 is very probably the same speaker.
 * The third one is our own mirror image of the second.
 */
const THRESHOLDS_OF_API: Record<OperatingPoint, number> = { balanced: 0, fewFalseAccepts: 2, fewFalseRejects: -2 };

export function readWish(ctx: IExecuteFunctions, itemIndex: number): Wish {
	const operatingPoint = choice<Wish['operatingPoint']>(OPERATING_POINT, read(ctx, itemIndex, OPERATING_POINT));
	const given = readCollection(ctx, itemIndex, OPTIONS).prior;
	const prior = number(PRIOR, given);
	if (prior <= 0 || prior >= 1) throw invalid(PRIOR, 'must be above 0 and below 1', given);
	const threshold = operatingPoint === 'custom' ? number(THRESHOLD, read(ctx, itemIndex, THRESHOLD)) : 0;
	return { operatingPoint, threshold, prior };
}

/**
 * @param calibration of the model; undefined where there is none
 * @throws VoiceprintError NO_CALIBRATION where only a calibration could tell a threshold
 */
export function decideLocally(wish: Wish, calibration: Calibration | undefined, model: string): Decision {
	if (calibration) {
		const { operatingPoint } = wish;
		const threshold = operatingPoint === 'custom' ? wish.threshold : calibration.operatingPoints[operatingPoint];
		const expected = expectedErrors(calibration, threshold);
		return { ...decision(wish, threshold, 'llr'), score: scoreWith(calibration), expected, calibration };
	}
	if (wish.operatingPoint === 'custom') return { ...decision(wish, wish.threshold, 'cosine'), score: scoreWith(undefined) };
	throw new VoiceprintError(
		'NO_CALIBRATION',
		`There is no calibration for the model '${model}', so no threshold is known`,
		`Set '${OPERATING_POINT.displayName}' to Custom and '${THRESHOLD.displayName}' to a cosine that you have found out with ` +
			"known speakers, or give the 'Model Description File' of this model with a calibration in it.",
	);
}

export function decideByApi(wish: Wish): Decision {
	const { operatingPoint } = wish;
	return decision(wish, operatingPoint === 'custom' ? wish.threshold : THRESHOLDS_OF_API[operatingPoint], 'llr');
}

function decision({ operatingPoint, prior }: Wish, threshold: number, scoreType: Decision['scoreType']): Decision {
	return {
		scoreType,
		score: (cosine) => cosine,
		threshold,
		fields: { score_type: scoreType, operating_point: POINT_NAMES[operatingPoint], threshold },
		probability: (score) => (scoreType === 'llr' ? probabilityOf(score, prior) : null),
		expected: () => ({ falseAccept: null, falseReject: null }),
		calibration: undefined,
	};
}

/** A number as results show it: six digits that mean something. */
export function rounded<T extends number | null>(value: T): T {
	return (value === null ? null : Number(value.toPrecision(6)) + 0) as T;
}
