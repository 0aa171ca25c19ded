/** The conditions of the speech behind a voiceprint, as they stand in its bytes. */
import { CONDITIONS, FLAGS, LARGEST_SNR, STATISTICS, TOLERANCE } from './format';
import type { CohortStatistics, SpeechConditions } from './voiceprint';

/** @param target `CONDITIONS.bytes` of a record, all zeros */
export function writeConditions(target: Buffer, { narrowBand, snr, cohort }: SpeechConditions): void {
	const flags = (narrowBand ? FLAGS.narrowBand : 0) | (snr === null ? 0 : FLAGS.snr) | (cohort ? FLAGS.cohort : 0);
	target.writeUInt8(flags, CONDITIONS.flags);
	target.writeFloatLE(snr ?? 0, CONDITIONS.snr);
	if (!cohort) return;
	for (const band of ['wide', 'narrow'] as const) {
		target.writeFloatLE(cohort[band].mean, CONDITIONS[band] + STATISTICS.mean);
		target.writeFloatLE(cohort[band].deviation, CONDITIONS[band] + STATISTICS.deviation);
	}
}

/** @returns what is there, sound or not; undefined where a flag is set that nobody knows */
export function readConditions(bytes: Buffer, start: number): SpeechConditions | undefined {
	const flags = bytes.readUInt8(start + CONDITIONS.flags);
	if ((flags & ~(FLAGS.narrowBand | FLAGS.snr | FLAGS.cohort)) !== 0) return undefined;
	const statistics = (from: number): CohortStatistics => ({
		mean: bytes.readFloatLE(start + from + STATISTICS.mean),
		deviation: bytes.readFloatLE(start + from + STATISTICS.deviation),
	});
	return {
		narrowBand: (flags & FLAGS.narrowBand) !== 0,
		snr: flags & FLAGS.snr ? bytes.readFloatLE(start + CONDITIONS.snr) : null,
		cohort: flags & FLAGS.cohort ? { wide: statistics(CONDITIONS.wide), narrow: statistics(CONDITIONS.narrow) } : null,
	};
}

/** What is wrong with them, in words; undefined where nothing is. Written so that NaN does not pass. */
export function faultOfConditions({ snr, cohort }: SpeechConditions): string | undefined {
	if (snr !== null && !(Math.abs(snr) <= LARGEST_SNR)) return `its signal-to-noise ratio is ${snr} dB`;
	for (const { mean, deviation } of cohort ? [cohort.wide, cohort.narrow] : []) {
		if (!(Math.abs(mean) <= 1 + TOLERANCE)) return `its mean cosine to the cohort is ${mean}`;
		if (!(deviation > 0 && deviation <= 1)) return `the deviation of its cosines to the cohort is ${deviation}`;
	}
	return undefined;
}
