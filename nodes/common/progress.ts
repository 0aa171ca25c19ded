/**
 * How far a local job is, for whoever waits for it: in a manual run n8n shows messages in the browser's console, and its
 * log has a line now and then. Nothing of a recording gets there, not even its name: names of files say who called whom.
 */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { Phase, Progress } from '../../engine/client/protocol';

/** Milliseconds between two lines of the log. */
const LOG_INTERVAL = 30_000;

const DOING: Record<Phase, string> = { decoding: 'decoding', listening: 'listening for speech', speakers: 'telling speakers apart' };

const two = (value: number) => String(value).padStart(2, '0');

/** As players show it: 1:40, 1:01:40. */
const clock = (seconds: number) => {
	const whole = Math.floor(seconds);
	const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
	return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}`;
};

/** In words: what is done, how much of it, and how fast that goes. */
export function progressText({ phase, position, duration, speed }: Progress): string {
	const share = duration ? `${Math.min(100, Math.floor((100 * position) / duration))} % (${clock(position)} of ${clock(duration)})` : clock(position);
	return `${DOING[phase]}, ${share}${speed === undefined ? '' : `, ${speed.toFixed(speed < 10 ? 1 : 0)} times as fast as it plays`}`;
}

/** What is to be called with each report of the item's job. */
export function progressOf(ctx: IExecuteFunctions, itemIndex: number): (progress: Progress) => void {
	let loggedAt = performance.now();
	return (progress) => {
		const text = `Voiceprint: item ${itemIndex}: ${progressText(progress)}`;
		ctx.sendMessageToUI(text);
		const now = performance.now();
		if (now - loggedAt < LOG_INTERVAL) return;
		loggedAt = now;
		ctx.logger.info(text);
	};
}
