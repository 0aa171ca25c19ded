/** How good the speech behind a voiceprint is. */
import type { VoiceprintQuality } from '../../client/protocol';
import { quantile } from '../quantile';
import { clippedSamples } from './clipping';
import { framePowers } from './frames';

/** Bounds of the estimated signal-to-noise ratio, dB: beyond them it cannot be told. */
const LOWEST_SNR = -10;
const HIGHEST_SNR = 60;
/** Of the speech's frames, these are between its words and sounds, where the noise shows. */
const BETWEEN_WORDS = 0.05;
/** Power of digital silence: a pause below it was cut out by a noise gate, and says nothing about the speech. */
const GATED = 1e-9;

const decibels = (power: number) => 10 * Math.log10(power);
export const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** Collects what is measured on the speech, window by window. */
export class SpeechMeter {
	private readonly powers: number[] = [];

	private energy = 0;

	private count = 0;

	private clipped = 0;

	/** @param step between two samples of the recording, of full scale 1 */
	constructor(private readonly step: number) {}

	/** @param speech samples of a window */
	add(speech: Float32Array): void {
		this.clipped += clippedSamples(speech, this.step);
		let sum = 0;
		for (let i = 0; i < speech.length; i++) {
			const sample = speech[i] as number;
			sum += sample;
			this.energy += sample * sample;
		}
		// Without its offset.
		this.energy = Math.max(0, this.energy - (sum * sum) / Math.max(1, speech.length));
		this.count += speech.length;
		for (const power of framePowers(speech)) this.powers.push(power);
	}

	/** RMS level, dBFS; null without speech. */
	get level(): number | null {
		return this.energy > 0 ? rounded(decibels(this.energy / this.count), 1) : null;
	}

	/** Share of the samples that were cut off, 0 to 1: some 0.00001 in sound speech. */
	get clipping(): number | null {
		return this.count === 0 ? null : rounded(this.clipped / this.count, 4);
	}

	/**
	 * Signal-to-noise ratio, dB. The noise is what is left where nobody speaks: in the pauses, or between words where the
	 * pauses are louder (music, another sound) or were cut out (noise gate).
	 * @param pauses powers of the frames of the pauses
	 */
	snr(pauses: readonly number[]): number | null {
		if (this.energy === 0 || this.powers.length === 0) return null;
		const speech = this.powers.reduce((sum, power) => sum + power, 0) / this.powers.length;
		const between = quantile(this.powers, BETWEEN_WORDS);
		const pause = quantile(pauses, 0.5);
		const noise = pause > GATED ? Math.min(pause, between) : between;
		const signal = speech - noise;
		if (noise <= 0) return HIGHEST_SNR;
		if (signal <= 0) return LOWEST_SNR;
		return rounded(Math.max(LOWEST_SNR, Math.min(HIGHEST_SNR, decibels(signal / noise))), 1);
	}
}

/** What is said about speech that is not good enough for a voiceprint. */
export const LIMITS = {
	/** Estimated signal-to-noise ratio, dB. */
	snr: 10,
	/** Share of the samples at the peak. */
	clipping: 0.005,
};

export type QualityWarning = { code: 'LITTLE_SPEECH' | 'NOISY' | 'CLIPPED' | 'SEVERAL_SPEAKERS'; message: string };

/**
 * @param channel the channel's number, for the messages
 * @param used seconds of speech behind the voiceprint
 * @param minimum seconds below which it is little
 */
export function qualityWarnings(
	channel: number,
	used: number,
	minimum: number,
	{ snr, clipping }: Pick<VoiceprintQuality, 'snr' | 'clipping'>,
	severalSpeakers: boolean,
): QualityWarning[] {
	const warnings: QualityWarning[] = [];
	const warn = (code: QualityWarning['code'], message: string) => warnings.push({ code, message });
	if (used < minimum) {
		warn('LITTLE_SPEECH', `Channel ${channel} has only ${used.toFixed(1)} s of speech: its voiceprint is not reliable`);
	}
	if (snr !== null && snr < LIMITS.snr) {
		warn('NOISY', `The speech in channel ${channel} is very noisy (about ${Math.round(snr)} dB above the noise)`);
	}
	if (clipping !== null && clipping > LIMITS.clipping) {
		warn('CLIPPED', `The speech in channel ${channel} is clipped (${(clipping * 100).toFixed(1)} % of its samples)`);
	}
	if (severalSpeakers) {
		warn('SEVERAL_SPEAKERS', `In channel ${channel} probably several people speak: its voiceprint is a mixture`);
	}
	return warnings;
}
