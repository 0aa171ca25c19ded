/** Whether the speech of a channel sounds like more than one person: its windows, each compared with each. */
import { cosine } from '../embedding/vector';
import type { Calibration } from './calibration';
import { scoreWith } from './scoring';

/** Measured with the model; see `training/voiceprint_training/several.py`. */
export interface SeveralSpeakersRule {
	/** Log-likelihood ratio below which two windows are unlike. */
	below: number;
	/** More than this share of the pairs of windows must be unlike: a single odd window cannot reach that. */
	share: number;
	/** With fewer windows, nothing is said. */
	fewestWindows: number;
}

/**
 * @param windows one vector of length one per window
 * @param seconds mean speech per window
 * @returns false where there is no rule for the model, or too little speech
 */
export function soundsLikeSeveral(windows: readonly Float32Array[], seconds: number, calibration: Calibration | undefined): boolean {
	const rule = calibration?.severalSpeakers;
	if (!rule || windows.length < rule.fewestWindows) return false;
	const score = scoreWith(calibration);
	const scores = windows.flatMap((one, i) => windows.slice(i + 1).map((other) => score(cosine(one, other), seconds, seconds)));
	const sorted = Float64Array.from(scores).sort();
	return (sorted[Math.floor(rule.share * sorted.length)] as number) < rule.below;
}
