/**
 * What a score means: how a model's cosines and speech lengths become log-likelihood ratios, and how often decisions by
 * them go wrong. Each model has a file of its own with this, made together with the model.
 */
import { asList, asNumber, asObject, asOneOf, asPositive, invalid } from './fields';

export { isObject } from './fields';

/** Which mistake to avoid rather than the other. */
export type OperatingPoint = 'balanced' | 'fewFalseAccepts' | 'fewFalseRejects';

/** What the terms of a log-likelihood ratio are made of; one without factors is a constant. */
export const FACTORS = [
	/** Of both vectors. */
	'cosine',
	/** The cosine in standard deviations above those of a side to its most similar speakers of the cohort, mean of both sides. */
	'normalized_cosine',
	/** Natural logarithm of the speech length in seconds, harmonic mean of both sides, kept within the calibration's bounds. */
	'log_length',
	/** 1 where both sides came through a telephone, else 0. */
	'both_narrow',
	/** 1 where one side came through a telephone, else 0. */
	'bands_differ',
	/** Signal-to-noise ratio of the noisier side, dB, kept within the calibration's bounds. */
	'snr',
] as const;

export type Factor = (typeof FACTORS)[number];

/** A product: the weight times all of the factors. The log-likelihood ratio is the sum of the terms. */
export interface Term<F extends string = Factor> {
	of: readonly F[];
	weight: number;
}

/** Whether the two sides of a comparison came through a telephone: neither, both, or one of them. */
export const BANDS = ['wide', 'narrow', 'mixed'] as const;

export type Band = (typeof BANDS)[number];

/** What stands for what nobody has measured. */
export interface Unknowns {
	/** dB. */
	snr: number;
	cohortMean: number;
	cohortDeviation: number;
}

/** The speech that the calibration was fitted to: a score of other speech is a guess. */
export interface Coverage {
	/** Seconds. */
	shortest: number;
	longest: number;
	/** dB. */
	lowestSnr: number;
	bands: readonly Band[];
}

/** How scores are normalised by the model's cohort. */
export interface Normalization {
	/** Members of the cohort that count for a voiceprint: those that it resembles most. */
	nearest: number;
	/** Path of the cohort, relative to the folder of the description of a model of one's own; absent for a bundled model. */
	file?: string;
}

/** How often decisions go wrong with a certain amount of speech. */
export interface ErrorRates {
	/** Which pairs these are of; absent for all. */
	band?: Band;
	/** Seconds, harmonic mean of both speech lengths. */
	shortest: number;
	longest: number;
	/** Log-likelihood ratios, ascending. */
	thresholds: number[];
	/** Shares, 0 to 1, one for each threshold: strangers taken for the same speaker, and the same speaker not recognised. */
	falseAccepts: number[];
	falseRejects: number[];
}

interface WindowsRule {
	/** With fewer windows, nothing is said. */
	fewestWindows: number;
	/** Seconds of speech from which on it is one speaker who is not several; with less, nobody can tell. */
	shortest: number;
}

/** How to tell several speakers by all pairs of windows; see `training/voiceprint_training/several.py`. */
export interface PairsRule extends WindowsRule {
	kind: 'pairs';
	/** Log-likelihood ratio below which two windows are unlike. */
	below: number;
	/** More than this share of the pairs of windows must be unlike. */
	share: number;
}

/** How to tell them by the two halves that are least alike; see `training/voiceprint_training/two_voices.py`. */
export interface SplitRule extends WindowsRule {
	kind: 'split';
	/** Their sum is above 0 where they are two voices. */
	terms: ReadonlyArray<Term<SplitFactor>>;
}

export type SeveralSpeakersRule = PairsRule | SplitRule;

export const SPLIT_FACTORS = [
	/** Of the means of both halves. */
	'cosine',
	/** Natural logarithm of the speech length in seconds, harmonic mean of both halves. */
	'log_length',
	/** The smaller half's share of the windows, up to 0.5. */
	'share',
] as const;

export type SplitFactor = (typeof SPLIT_FACTORS)[number];

export interface Calibration {
	/** ID of the model. */
	model: string;
	terms: readonly Term[];
	/** Seconds within which the speech length counts. */
	shortest: number;
	longest: number;
	/** dB within which the signal-to-noise ratio counts. */
	lowestSnr: number;
	highestSnr: number;
	unknowns: Unknowns;
	/** Absent where nobody has said. */
	covers?: Coverage;
	/** Absent where the model has no cohort. */
	normalization?: Normalization;
	/** Log-likelihood ratio from which on a decision is for the same speaker. */
	operatingPoints: Record<OperatingPoint, number>;
	/** By speech length, ascending; empty where nobody has measured. */
	errorRates: ErrorRates[];
	/** How to tell that several people speak; absent where nobody has measured. */
	severalSpeakers?: SeveralSpeakersRule;
}

/**
 * Where the file says nothing else: with a good calibration, 0 is right where both mistakes weigh the same, and ±4.6
 * (the logarithm of 100) where one weighs a hundred times the other.
 */
const OPERATING_POINTS: Record<OperatingPoint, number> = { balanced: 0, fewFalseAccepts: 4.6, fewFalseRejects: -4.6 };

const FIELD_OF: Record<OperatingPoint, string> = {
	balanced: 'balanced',
	fewFalseAccepts: 'few_false_accepts',
	fewFalseRejects: 'few_false_rejects',
};

/** @throws VoiceprintError INVALID_MODEL, which names the field */
export function parseCalibration(json: unknown, model: string): Calibration {
	const file = asObject(json, 'calibration');
	const llr = asObject(file.llr, 'llr');
	const points = file.operating_points === undefined ? {} : asObject(file.operating_points, 'operating_points');
	const threshold = (point: OperatingPoint) => {
		const name = FIELD_OF[point];
		const given = points[name];
		if (given === undefined) return OPERATING_POINTS[point];
		return asNumber(asObject(given, name).threshold, `${name}.threshold`);
	};
	const snr = file.snr === undefined ? {} : asObject(file.snr, 'snr');
	return {
		model,
		terms: llr.terms === undefined ? termsOfLine(llr) : termsOf(llr.terms, FACTORS, 'llr.terms'),
		shortest: asPositive(file.shortest_seconds ?? 1, 'shortest_seconds'),
		longest: asPositive(file.longest_seconds ?? 1, 'longest_seconds'),
		lowestSnr: asNumber(snr.lowest ?? LOWEST_SNR, 'snr.lowest'),
		highestSnr: asNumber(snr.highest ?? HIGHEST_SNR, 'snr.highest'),
		unknowns: unknowns(file.unknown),
		...(file.covers === undefined ? {} : { covers: coverage(file.covers) }),
		...(file.cohort === undefined ? {} : { normalization: normalization(file.cohort) }),
		operatingPoints: {
			balanced: threshold('balanced'),
			fewFalseAccepts: threshold('fewFalseAccepts'),
			fewFalseRejects: threshold('fewFalseRejects'),
		},
		errorRates: (file.error_rates === undefined ? [] : asList(file.error_rates, 'error_rates'))
			.map(errorRates)
			.sort((one, other) => one.shortest - other.shortest),
		...(file.several_speakers === undefined ? {} : { severalSpeakers: severalSpeakers(file.several_speakers) }),
	};
}

/** The bounds of what is measured. */
const LOWEST_SNR = -10;
const HIGHEST_SNR = 60;

/** A straight line: slope and offset, both of which may change with the speech length. */
function termsOfLine(llr: Record<string, unknown>): Term[] {
	const optional = (name: string) => asNumber(llr[name] ?? 0, `llr.${name}`);
	return [
		{ of: ['cosine'], weight: asNumber(llr.slope, 'llr.slope') },
		{ of: [], weight: asNumber(llr.offset, 'llr.offset') },
		{ of: ['cosine', 'log_length'], weight: optional('slope_by_length') },
		{ of: ['log_length'], weight: optional('offset_by_length') },
	];
}

function termsOf<F extends string>(entry: unknown, factors: readonly F[], name: string): Array<Term<F>> {
	return asList(entry, name).map((one, index) => {
		const place = `${name}[${index}]`;
		const { of, weight } = asObject(one, place);
		const known = asList(of, `${place}.of`).map((factor) => asOneOf(factor, factors, `${place}.of`));
		return { of: known, weight: asNumber(weight, `${place}.weight`) };
	});
}

function unknowns(entry: unknown): Unknowns {
	const given = entry === undefined ? {} : asObject(entry, 'unknown');
	return {
		snr: asNumber(given.snr ?? HIGHEST_SNR, 'unknown.snr'),
		cohortMean: asNumber(given.cohort_mean ?? 0, 'unknown.cohort_mean'),
		cohortDeviation: asPositive(given.cohort_deviation ?? 1, 'unknown.cohort_deviation'),
	};
}

function coverage(entry: unknown): Coverage {
	const given = asObject(entry, 'covers');
	const bands = given.bands === undefined ? BANDS : asList(given.bands, 'covers.bands').map((one) => asOneOf(one, BANDS, 'covers.bands'));
	return {
		shortest: asNumber(given.shortest_seconds ?? 0, 'covers.shortest_seconds'),
		longest: asPositive(given.longest_seconds ?? Number.MAX_VALUE, 'covers.longest_seconds'),
		lowestSnr: asNumber(given.lowest_snr ?? -Number.MAX_VALUE, 'covers.lowest_snr'),
		bands,
	};
}

function normalization(entry: unknown): Normalization {
	const { nearest, file } = asObject(entry, 'cohort');
	const count = asPositive(nearest, 'cohort.nearest');
	if (!Number.isInteger(count) || count < 2) throw invalid('cohort.nearest must be a whole number from 2 on');
	if (file === undefined) return { nearest: count };
	if (typeof file === 'string' && file !== '') return { nearest: count, file };
	throw invalid('cohort.file must be the path of a file');
}

function severalSpeakers(entry: unknown): SeveralSpeakersRule {
	const rule = asObject(entry, 'several_speakers');
	const common = {
		fewestWindows: asPositive(rule.fewest_windows, 'several_speakers.fewest_windows'),
		shortest: asNumber(rule.shortest_seconds ?? 0, 'several_speakers.shortest_seconds'),
	};
	if (rule.terms !== undefined) return { kind: 'split', ...common, terms: termsOf(rule.terms, SPLIT_FACTORS, 'several_speakers.terms') };
	return {
		kind: 'pairs',
		...common,
		below: asNumber(rule.llr_below, 'several_speakers.llr_below'),
		share: asPositive(rule.share_of_pairs, 'several_speakers.share_of_pairs'),
	};
}

function errorRates(entry: unknown, index: number): ErrorRates {
	const name = `error_rates[${index}]`;
	const band = asObject(entry, name);
	const numbers = (field: string) => asList(band[field], `${name}.${field}`).map((value) => asNumber(value, `${name}.${field}`));
	const thresholds = numbers('thresholds');
	const falseAccepts = numbers('false_accept_rate');
	const falseRejects = numbers('false_reject_rate');
	if (falseAccepts.length !== thresholds.length || falseRejects.length !== thresholds.length) {
		throw invalid(`${name} must have a rate of both kinds for each threshold`);
	}
	if (thresholds.some((value, i) => i > 0 && value <= thresholds[i - 1]!)) throw invalid(`${name}.thresholds must ascend`);
	const shortest = asNumber(band.shortest_seconds, `${name}.shortest_seconds`);
	// The last band may have no end.
	const longest = asNumber(band.longest_seconds ?? Number.MAX_VALUE, `${name}.longest_seconds`);
	const ofBand = band.band === undefined ? {} : { band: asOneOf(band.band, BANDS, `${name}.band`) };
	return { ...ofBand, shortest, longest, thresholds, falseAccepts, falseRejects };
}
