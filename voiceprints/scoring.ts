/** From cosines to scores, from scores to probabilities, and how often a decision by a score goes wrong. */
import { FACTORS, type Band, type Calibration, type ErrorRates, type Factor, type Term } from './calibration';
import type { Side } from './voiceprint';

/** How alike two voiceprints are: a log-likelihood ratio with a calibration, the cosine itself without one. */
export type Score = (cosine: number, one: Side, other: Side) => number;

/** Shares, 0 to 1; null where nobody has measured. */
export interface ExpectedErrors {
	/** Of strangers, those that would be taken for the same speaker. */
	falseAccept: number | null;
	/** Of the same speaker's voiceprints, those that would be taken for a stranger's. */
	falseReject: number | null;
}

/** Seconds: the shorter of two lengths weighs more, as it limits what can be known. */
export function harmonicMean(one: number, other: number): number {
	return one + other > 0 ? (2 * one * other) / (one + other) : 0;
}

/** Rounding may have made a cosine a little larger than there are any. */
export function clampCosine(cosine: number): number {
	return Math.max(-1, Math.min(1, cosine));
}

/** Speech of which nobody knows counts as wide. */
export function bandOf({ conditions: one }: Side, { conditions: other }: Side): Band {
	const narrow = Number(one?.narrowBand ?? false) + Number(other?.narrowBand ?? false);
	return narrow === 0 ? 'wide' : narrow === 2 ? 'narrow' : 'mixed';
}

/** Of the noisier side, dB; null where neither is known. */
export function lowerSnr({ conditions: one }: Side, { conditions: other }: Side): number | null {
	const [a, b] = [one?.snr ?? null, other?.snr ?? null];
	return a === null ? b : b === null ? a : Math.min(a, b);
}

const within = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value));

/** How far the cosine lies above those of one side to speakers who sound as the other side does. */
function deviations({ unknowns }: Calibration, cosine: number, { conditions: one }: Side, { conditions: other }: Side): number {
	const known = one?.cohort?.[other?.narrowBand ? 'narrow' : 'wide'];
	return known ? (cosine - known.mean) / known.deviation : (cosine - unknowns.cohortMean) / unknowns.cohortDeviation;
}

/** How each factor of a calibration's terms is found. */
const FACTOR: Record<Factor, (calibration: Calibration, cosine: number, one: Side, other: Side) => number> = {
	cosine: (_, cosine) => cosine,
	normalized_cosine: (calibration, cosine, one, other) =>
		(deviations(calibration, cosine, one, other) + deviations(calibration, cosine, other, one)) / 2,
	log_length: ({ shortest, longest }, _, { speechLength: one }, { speechLength: other }) =>
		Math.log(within(harmonicMean(one, other), shortest, longest)),
	both_narrow: (_, _cosine, one, other) => (bandOf(one, other) === 'narrow' ? 1 : 0),
	bands_differ: (_, _cosine, one, other) => (bandOf(one, other) === 'mixed' ? 1 : 0),
	snr: ({ unknowns, lowestSnr, highestSnr }, _, one, other) => within(lowerSnr(one, other) ?? unknowns.snr, lowestSnr, highestSnr),
};

export function scoreWith(calibration: Calibration | undefined): Score {
	if (!calibration) return clampCosine;
	const { terms } = calibration;
	const used = FACTORS.filter((factor) => terms.some(({ of }) => of.includes(factor)));
	const compiled = terms.map(({ of, weight }) => ({ weight, of: of.map((factor) => used.indexOf(factor)) }));
	const values = new Float64Array(used.length);
	return (given, one, other) => {
		const cosine = clampCosine(given);
		for (let i = 0; i < used.length; i++) values[i] = FACTOR[used[i]!](calibration, cosine, one, other);
		let llr = 0;
		for (const { weight, of } of compiled) {
			let product = weight;
			for (const factor of of) product *= values[factor]!;
			llr += product;
		}
		return llr;
	};
}

/** Of terms whose factors are known by name. */
export function sumOfTerms<F extends string>(terms: ReadonlyArray<Term<F>>, values: Record<F, number>): number {
	return terms.reduce((sum, { of, weight }) => sum + of.reduce((product, factor) => product * values[factor], weight), 0);
}

/**
 * The probability of one speaker behind both voiceprints.
 * @param llr natural logarithm of the likelihood ratio
 * @param prior probability before anybody listened, above 0 and below 1
 */
export function probabilityOf(llr: number, prior: number): number {
	return 1 / (1 + Math.exp(-(llr + Math.log(prior / (1 - prior)))));
}

/** What to expect of a threshold, by speech length and band: to be asked once per threshold, then for each pair. */
export function expectedErrors({ errorRates }: Calibration, threshold: number): (one: Side, other: Side) => ExpectedErrors {
	const measured = errorRates.map((rates) => ({ ...rates, ...ratesAt(rates, threshold) }));
	return (one, other) => {
		const seconds = harmonicMean(one.speechLength, other.speechLength);
		const band = bandOf(one, other);
		// More speech than anybody measured is no worse than the longest that was; less may be much worse.
		const rates = measured.findLast((rates) => seconds >= rates.shortest && (rates.band === undefined || rates.band === band));
		return rates ? { falseAccept: rates.falseAccept, falseReject: rates.falseReject } : UNKNOWN;
	};
}

const UNKNOWN: ExpectedErrors = { falseAccept: null, falseReject: null };

function ratesAt({ thresholds, falseAccepts, falseRejects }: ErrorRates, threshold: number): ExpectedErrors {
	const above = thresholds.findIndex((value) => value >= threshold);
	if (above === -1 || (above === 0 && thresholds[0] !== threshold)) return UNKNOWN;
	if (above === 0) return { falseAccept: falseAccepts[0]!, falseReject: falseRejects[0]! };
	const below = above - 1;
	const share = (threshold - thresholds[below]!) / (thresholds[above]! - thresholds[below]!);
	const between = (values: number[]) => values[below]! + share * (values[above]! - values[below]!);
	return { falseAccept: between(falseAccepts), falseReject: between(falseRejects) };
}
