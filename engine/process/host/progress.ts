/** How far the job at work is, told to whoever started it about once a second. */
import type { Phase, Progress } from '../../client/protocol';
import { SAMPLE_RATE, type Audio } from '../audio';

/** Milliseconds between two reports. */
const INTERVAL = 1000;

let report: (progress: Progress) => void = () => {};
let phase: Phase | undefined;
let beganAt = 0;
let reportedAt = 0;

/** To be called when a job begins, as there is one at a time. */
export function reportTo(listener: (progress: Progress) => void): void {
	report = listener;
	phase = undefined;
	reportedAt = performance.now();
}

/**
 * @param position seconds of the media that the phase is done with, of all channels together
 * @param duration seconds that there are; absent while nobody knows
 */
export function progressed(current: Phase, position: number, duration?: number): void {
	const now = performance.now();
	if (current !== phase) {
		phase = current;
		beganAt = now;
	}
	if (now - reportedAt < INTERVAL) return;
	reportedAt = now;
	const elapsed = (now - beganAt) / 1000;
	report({ phase, position, ...(duration === undefined ? {} : { duration }), ...(elapsed > 0 ? { speed: position / elapsed } : {}) });
}

/**
 * The same sound, whose reading counts as progress.
 * @param channel which one of how many
 */
export function followed(audio: Audio, current: Phase, { index, count }: { index: number; count: number }): Audio {
	return {
		length: audio.length,
		read(start, target) {
			audio.read(start, target);
			const done = Math.min(audio.length, Math.max(0, start + target.length));
			progressed(current, (index * audio.length + done) / SAMPLE_RATE, (count * audio.length) / SAMPLE_RATE);
		},
	};
}
