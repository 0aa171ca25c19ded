/** Whether a score comes from speech such as its calibration has seen: of other speech, the score is a guess. */
import type { Calibration } from './calibration';
import { bandOf } from './scoring';
import type { Side } from './voiceprint';

/**
 * @param name what to call the voiceprint, the start of each message
 * @returns what is unlike all that the calibration was fitted to, in words
 */
export function outsideCalibration({ covers, terms }: Calibration, { speechLength, conditions }: Side, name: string): string[] {
	if (!covers) return [];
	const found: string[] = [];
	const { shortest, longest, lowestSnr } = covers;
	if (speechLength < shortest) found.push(`${name} has ${seconds(speechLength)} of speech, less than the ${seconds(shortest)}`);
	if (speechLength > longest) found.push(`${name} has ${seconds(speechLength)} of speech, more than the ${seconds(longest)}`);
	const snr = conditions?.snr ?? null;
	if (snr !== null && snr < lowestSnr) found.push(`${name} is ${snr.toFixed(0)} dB above its noise, less than the ${lowestSnr.toFixed(0)} dB`);
	const needed = terms.some(({ of }) => of.includes('normalized_cosine'));
	if (needed && !conditions?.cohort) found.push(`${name} does not say how it was recorded, other than all`);
	return found.map((one) => `${one} that the calibration was made with`);
}

/** The same for what two sides are together. */
export function pairOutsideCalibration({ covers }: Calibration, one: Side, other: Side): string[] {
	const band = bandOf(one, other);
	if (!covers || covers.bands.includes(band)) return [];
	return [`${IN_WORDS[band]}, and the calibration was made without such pairs`];
}

const IN_WORDS = {
	wide: 'Both voiceprints are of good microphones',
	narrow: 'Both voiceprints are of telephone speech',
	mixed: 'One voiceprint is of telephone speech and the other is not',
};

const seconds = (value: number) => `${value.toFixed(1)} s`;
