/** Whether the speech of a channel sounds like more than one person: its windows, each compared with each. */
import type { Calibration } from './calibration';
import { scoreWith } from './scoring';

/**
 * @param cosines of all pairs of windows
 * @param windows how many there are
 * @param seconds mean speech per window
 * @returns false where there is no rule for the model, or too little speech
 */
export function soundsLikeSeveral(
	cosines: readonly number[],
	windows: number,
	seconds: number,
	calibration: Calibration | undefined,
): boolean {
	const rule = calibration?.severalSpeakers;
	if (!rule || windows < rule.fewestWindows) return false;
	const score = scoreWith(calibration);
	const window = { speechLength: seconds };
	const sorted = Float64Array.from(cosines, (cosine) => score(cosine, window, window)).sort();
	return (sorted[Math.floor(rule.share * sorted.length)] as number) < rule.below;
}
