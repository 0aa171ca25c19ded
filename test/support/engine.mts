/** Watching the engine process from outside, and jobs for it. */
import { randomBytes } from 'node:crypto';
import { openSync, closeSync, writeSync, ftruncateSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ffmpeg, floatWav } from '../engine/process/media/support/encode.mts';
import { wavHeader } from '../engine/process/media/support/wav.mts';
import { processes, type ProcessInfo } from './processes.mts';
import type { MediaRequest, RuntimeChoice, VadJob, VadRequest } from '../../dist/engine/client/protocol.js';

export function vadJob(
	path: string,
	workFolder: string,
	{ media = {}, vad = {}, runtime = 'auto' }: { media?: Partial<MediaRequest>; vad?: Partial<VadRequest>; runtime?: RuntimeChoice } = {},
): VadJob {
	return {
		type: 'vad',
		media: { path, channelMode: 'split', ...media },
		vad: { preset: 'balanced', ...vad },
		runtime,
		workFolder,
	};
}

/** Process IDs of the engine processes that `parent` has started. */
export function enginePids(parent: number = process.pid): number[] {
	// Windows writes paths with backslashes.
	const isEngine = ({ command }: ProcessInfo) => command.replaceAll('\\', '/').includes('engine/process/host/main.js');
	const own = processes().filter((each) => each.parent === parent && isEngine(each));
	return own.map(({ pid }) => pid);
}

export const isRunning = (pid: number) => processes().some((each) => each.pid === pid);

/** Waits until `condition` holds; fails with `what` after `milliseconds`. */
export async function until(condition: () => boolean, what: string, milliseconds = 20_000): Promise<void> {
	const deadline = Date.now() + milliseconds;
	while (!condition()) {
		if (Date.now() > deadline) throw new Error(`Waited in vain: ${what}`);
		await sleep(20);
	}
}

/**
 * An MP3 of noise, which takes long to process and little room: 60 KB a minute, 8 kHz. Unlike silence, in which no model
 * has to look for speech.
 */
export async function writeNoise(path: string, minutes: number): Promise<void> {
	const channel = Float32Array.from(randomBytes(60 * 8000), (byte) => (byte - 128) / 512);
	const source = { '/noise.wav': floatWav({ channels: [channel], rate: 8000 }) };
	const minute = await ffmpeg(source, '-i', '/noise.wav', '-b:a', '8k', '-write_xing', '0', '-id3v2_version', '0', '/minute.mp3');
	const file = openSync(path, 'w');
	for (let i = 0; i < minutes; i++) writeSync(file, minute);
	closeSync(file);
}

/** A mono WAV of silence that takes no room on the disk (a sparse file). */
export function writeSilentWav(path: string, seconds: number): void {
	const bytes = seconds * 32_000;
	const file = openSync(path, 'w');
	writeSync(file, wavHeader(bytes));
	ftruncateSync(file, 44 + bytes);
	closeSync(file);
}
