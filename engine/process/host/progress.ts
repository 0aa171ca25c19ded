/** How far the job at work is, told to whoever started it about once a second. */
import type { Phase, Progress } from '../../client/protocol';
import { SAMPLE_RATE, type Audio } from '../audio';

/** Milliseconds between two reports. */
const INTERVAL = 1000;

let report: (progress: Progress) => void = () => {};
let phase: Phase | undefined;
let furthest = 0;
let beganAt = 0;
let reportedAt = 0;

/** To be called when a job begins, as there is one at a time. */
export function reportTo(listener: (progress: Progress) => void): void {
	report = listener;
	phase = undefined;
	reportedAt = performance.now();
}

/**
 * What is read a second time is no progress, and no way back either: the position stays until new sound comes.
 * @param position seconds of the recording that the phase is done with
 * @param duration seconds that there are; absent while nobody knows
 */
export function progressed(current: Phase, position: number, duration?: number): void {
	const now = performance.now();
	if (current !== phase) {
		phase = current;
		furthest = 0;
		beganAt = now;
	}
	furthest = Math.max(furthest, position);
	if (now - reportedAt < INTERVAL) return;
	reportedAt = now;
	const elapsed = (now - beganAt) / 1000;
	report({ phase, position: furthest, ...(duration === undefined ? {} : { duration }), ...(elapsed > 0 ? { speed: furthest / elapsed } : {}) });
}

/**
 * The same sound, whose reading counts as progress. Channels come one after the other: with the first of two read, half of
 * the recording is done.
 * @param channel which one of how many
 */
export function followed(audio: Audio, current: Phase, { index, count }: { index: number; count: number }): Audio {
	return {
		length: audio.length,
		read(start, target) {
			audio.read(start, target);
			const done = Math.min(audio.length, Math.max(0, start + target.length));
			progressed(current, (index * audio.length + done) / count / SAMPLE_RATE, audio.length / SAMPLE_RATE);
		},
	};
}
