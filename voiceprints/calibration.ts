/**
 * What a score means: how a model's cosines and speech lengths become log-likelihood ratios, and how often decisions by
 * them go wrong. Each model has a file of its own with this, made together with the model.
 */
import { VoiceprintError } from '../errors';

/** Which mistake to avoid rather than the other. */
export type OperatingPoint = 'balanced' | 'fewFalseAccepts' | 'fewFalseRejects';

/** How often decisions go wrong with a certain amount of speech. */
export interface ErrorRates {
	/** Seconds, harmonic mean of both speech lengths. */
	shortest: number;
	longest: number;
	/** Log-likelihood ratios, ascending. */
	thresholds: number[];
	/** Shares, 0 to 1, one for each threshold: strangers taken for the same speaker, and the same speaker not recognised. */
	falseAccepts: number[];
	falseRejects: number[];
}

/** How to tell several speakers by their windows; measured with the model, see `training/voiceprint_training/several.py`. */
export interface SeveralSpeakersRule {
	/** Log-likelihood ratio below which two windows are unlike. */
	below: number;
	/** More than this share of the pairs of windows must be unlike: a single odd window cannot reach that. */
	share: number;
	/** With fewer windows, nothing is said. */
	fewestWindows: number;
}

export interface Calibration {
	/** ID of the model. */
	model: string;
	slope: number;
	offset: number;
	/** Change of both with the natural logarithm of the speech length. */
	slopeByLength: number;
	offsetByLength: number;
	/** Seconds within which the speech length counts. */
	shortest: number;
	longest: number;
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
	return {
		model,
		slope: asNumber(llr.slope, 'llr.slope'),
		offset: asNumber(llr.offset, 'llr.offset'),
		slopeByLength: asNumber(llr.slope_by_length ?? 0, 'llr.slope_by_length'),
		offsetByLength: asNumber(llr.offset_by_length ?? 0, 'llr.offset_by_length'),
		shortest: asPositive(file.shortest_seconds ?? 1, 'shortest_seconds'),
		longest: asPositive(file.longest_seconds ?? 1, 'longest_seconds'),
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

function severalSpeakers(entry: unknown): SeveralSpeakersRule {
	const rule = asObject(entry, 'several_speakers');
	return {
		below: asNumber(rule.llr_below, 'several_speakers.llr_below'),
		share: asPositive(rule.share_of_pairs, 'several_speakers.share_of_pairs'),
		fewestWindows: asPositive(rule.fewest_windows, 'several_speakers.fewest_windows'),
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
	return { shortest, longest, thresholds, falseAccepts, falseRejects };
}

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asObject(value: unknown, name: string): Record<string, unknown> {
	if (isObject(value)) return value;
	throw invalid(`${name} must be an object`);
}

function asList(value: unknown, name: string): unknown[] {
	if (Array.isArray(value)) return value as unknown[];
	throw invalid(`${name} must be a list`);
}

function asNumber(value: unknown, name: string): number {
	if (typeof value === 'number' && Number.isFinite(value)) return value;
	throw invalid(`${name} must be a number`);
}

function asPositive(value: unknown, name: string): number {
	const number = asNumber(value, name);
	if (number > 0) return number;
	throw invalid(`${name} must be above 0`);
}

function invalid(fault: string): VoiceprintError {
	return new VoiceprintError('INVALID_MODEL', `The model's calibration is wrong: ${fault}`, 'Correct the model description file.');
}
