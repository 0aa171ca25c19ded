/** Whether the speech of a channel sounds like more than one person, told by its windows. */
import type { Calibration, PairsRule, SplitRule } from './calibration';
import { harmonicMean, scoreWith, sumOfTerms } from './scoring';
import { cosine, normalize, pairCosines, weightedSum } from './vector';

/** `unknown`: too little speech to tell, or no rule for the model. */
export type Speakers = 'one' | 'several' | 'unknown';

/**
 * @param windows vectors of length one, of windows of about equal length in time order
 * @param seconds of speech in all
 */
export function speakersIn(windows: readonly Float32Array[], seconds: number, calibration: Calibration | undefined): Speakers {
	const rule = calibration?.severalSpeakers;
	if (!rule || windows.length < rule.fewestWindows) return 'unknown';
	const areSeveral = rule.kind === 'split' ? differsInHalves(windows, seconds, rule) : differsInPairs(windows, seconds, rule, calibration);
	if (areSeveral) return 'several';
	return seconds >= rule.shortest ? 'one' : 'unknown';
}

/** More than a share of the pairs of windows are unlike: a single odd window cannot reach that. */
function differsInPairs(windows: readonly Float32Array[], seconds: number, { below, share }: PairsRule, calibration: Calibration): boolean {
	const score = scoreWith(calibration);
	const window = { speechLength: seconds / windows.length };
	const sorted = Float64Array.from(pairCosines(windows), (cosine) => score(cosine, window, window)).sort();
	return (sorted[Math.floor(share * sorted.length)] as number) < below;
}

/** Two halves that are as unlike as may be are still of one voice, or they are not: for how much speech is in them. */
function differsInHalves(windows: readonly Float32Array[], seconds: number, { terms }: SplitRule): boolean {
	const isSecond = halves(windows);
	const share = isSecond.filter(Boolean).length / windows.length;
	if (share === 0) return false;
	const [one, other] = [false, true].map((half) => meanOf(windows.filter((_, i) => isSecond[i] === half)));
	const values = {
		cosine: cosine(one!, other!),
		log_length: Math.log(harmonicMean(seconds * share, seconds * (1 - share))),
		share: Math.min(share, 1 - share),
	};
	return sumOfTerms(terms, values) > 0;
}

const ROUNDS = 10;

/** Two means on the sphere, from the two windows that are least alike. Returns which windows are of the second half. */
export function halves(windows: readonly Float32Array[]): boolean[] {
	let [one, other] = leastAlike(windows);
	let found = windows.map((window) => cosine(window, other) > cosine(window, one));
	for (let round = 0; round < ROUNDS && found.includes(true) && found.includes(false); round++) {
		one = meanOf(windows.filter((_, i) => !found[i]));
		other = meanOf(windows.filter((_, i) => found[i]));
		const now = windows.map((window) => cosine(window, other) > cosine(window, one));
		if (now.every((isSecond, i) => isSecond === found[i])) break;
		found = now;
	}
	return found;
}

function leastAlike(windows: readonly Float32Array[]): [Float32Array, Float32Array] {
	let pair: [Float32Array, Float32Array] = [windows[0]!, windows[0]!];
	let least = Infinity;
	windows.forEach((one, i) => {
		for (const other of windows.slice(i + 1)) {
			const alike = cosine(one, other);
			if (alike < least) [least, pair] = [alike, [one, other]];
		}
	});
	return pair;
}

function meanOf(vectors: readonly Float32Array[]): Float32Array {
	return normalize(Float32Array.from(weightedSum(vectors, vectors.map(() => 1))));
}
