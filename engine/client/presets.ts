/** What each preset means. Times in milliseconds. */
import { VoiceprintError } from '../../errors';
import type { VadPreset, VadRequest, VadThresholds } from './protocol';

/**
 * Best frame F1 on hand-labelled speech: no padding, short pauses kept apart.
 * Figures in `docs/accuracy.md`, obtained with `npm run bench -- accuracy`.
 */
export const BALANCED: Readonly<VadThresholds> = {
	onsetThreshold: 0.5,
	offsetThreshold: 0.35,
	minimumSpeech: 150,
	minimumSilence: 80,
	paddingBefore: 0,
	paddingAfter: 0,
};

/** Never cuts a word: early onset, late offset, long pauses bridged, room on both sides. */
export const FOR_TRANSCRIPTION: Readonly<VadThresholds> = {
	onsetThreshold: 0.35,
	offsetThreshold: 0.2,
	minimumSpeech: 50,
	minimumSilence: 700,
	paddingBefore: 250,
	paddingAfter: 300,
};

/** Silero's own defaults; its algorithm is in `sileroSegments.ts`. */
export const SILERO_DEFAULTS: Readonly<VadThresholds> = {
	onsetThreshold: 0.5,
	offsetThreshold: 0.35,
	minimumSpeech: 250,
	minimumSilence: 100,
	paddingBefore: 30,
	paddingAfter: 30,
};

export interface VadSettings {
	thresholds: VadThresholds;
	/** True: Silero's own algorithm on its own probabilities, without any of our corrections. */
	sileroCompatible: boolean;
}

const PRESETS: Record<VadPreset, VadSettings> = {
	balanced: { thresholds: BALANCED, sileroCompatible: false },
	forTranscription: { thresholds: FOR_TRANSCRIPTION, sileroCompatible: false },
	sileroCompatible: { thresholds: SILERO_DEFAULTS, sileroCompatible: true },
	custom: { thresholds: BALANCED, sileroCompatible: false },
};

const TIMES = ['minimumSpeech', 'minimumSilence', 'paddingBefore', 'paddingAfter'] as const;
const LONGEST_TIME = 60_000;

function checkThresholds(thresholds: VadThresholds): void {
	const refuse = (message: string) => {
		throw new VoiceprintError('INVALID_PARAMETER', message);
	};
	const { onsetThreshold, offsetThreshold } = thresholds;
	if (!(onsetThreshold > 0 && onsetThreshold <= 1)) refuse("'Onset Threshold' must be above 0 and at most 1");
	if (!(offsetThreshold > 0 && offsetThreshold <= 1)) refuse("'Offset Threshold' must be above 0 and at most 1");
	if (offsetThreshold > onsetThreshold) refuse("'Offset Threshold' must not be above 'Onset Threshold'");
	for (const name of TIMES) {
		if (!(thresholds[name] >= 0 && thresholds[name] <= LONGEST_TIME)) {
			const label = name.replace(/([A-Z])/, ' $1').replace(/^./, (letter) => letter.toUpperCase());
			refuse(`'${label}' must be between 0 and ${LONGEST_TIME} milliseconds`);
		}
	}
}

/**
 * @throws VoiceprintError INVALID_PARAMETER for an unknown preset, or thresholds that make no sense or go with another
 *   preset than `custom`
 */
export function vadSettings({ preset, thresholds }: VadRequest): VadSettings {
	const settings = PRESETS[preset] as VadSettings | undefined;
	if (!settings) throw new VoiceprintError('INVALID_PARAMETER', `There is no preset '${String(preset)}'`);
	if (!thresholds || Object.keys(thresholds).length === 0) return settings;
	if (preset !== 'custom') {
		throw new VoiceprintError('INVALID_PARAMETER', "Thresholds can only be set with the preset 'Custom'");
	}
	const merged = { ...settings.thresholds, ...thresholds };
	checkThresholds(merged);
	return { ...settings, thresholds: merged };
}
