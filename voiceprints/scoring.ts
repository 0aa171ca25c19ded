/** From cosines to scores, from scores to probabilities, and how often a decision by a score goes wrong. */
import type { Calibration, ErrorRates } from './calibration';

/** How alike two voiceprints are: a log-likelihood ratio with a calibration, the cosine itself without one. */
export type Score = (cosine: number, speechLength: number, otherSpeechLength: number) => number;

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

export function scoreWith(calibration: Calibration | undefined): Score {
	if (!calibration) return clampCosine;
	const { slope, offset, slopeByLength, offsetByLength, shortest, longest } = calibration;
	return (cosine, speechLength, otherSpeechLength) => {
		const seconds = harmonicMean(speechLength, otherSpeechLength);
		const length = Math.log(Math.max(shortest, Math.min(longest, seconds)));
		return (slope + slopeByLength * length) * clampCosine(cosine) + offset + offsetByLength * length;
	};
}

/**
 * The probability of one speaker behind both voiceprints.
 * @param llr natural logarithm of the likelihood ratio
 * @param prior probability before anybody listened, above 0 and below 1
 */
export function probabilityOf(llr: number, prior: number): number {
	return 1 / (1 + Math.exp(-(llr + Math.log(prior / (1 - prior)))));
}

/** What to expect of a threshold, by speech length: to be asked once per threshold, then for each pair. */
export function expectedErrors(
	{ errorRates }: Calibration,
	threshold: number,
): (speechLength: number, otherSpeechLength: number) => ExpectedErrors {
	const bands = errorRates.map((band) => ({ ...band, ...ratesAt(band, threshold) }));
	return (speechLength, otherSpeechLength) => {
		const seconds = harmonicMean(speechLength, otherSpeechLength);
		// More speech than anybody measured is no worse than the longest that was; less may be much worse.
		const band = bands.findLast(({ shortest }) => seconds >= shortest);
		return band ? { falseAccept: band.falseAccept, falseReject: band.falseReject } : UNKNOWN;
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
