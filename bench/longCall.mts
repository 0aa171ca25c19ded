/** Long recordings, and what a process takes for them. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { ffmpeg, floatWav } from '../test/engine/process/media/support/encode.mts';
import { wavHeader } from '../test/engine/process/media/support/wav.mts';
import { CALL, decodeChannels, SAMPLE_RATE } from '../test/support/recordings.mts';

/** Writes the sample call again and again, as a 16-bit stereo WAV. */
export async function longCall(path: string, minutes: number): Promise<void> {
	const [left, right] = await decodeChannels(CALL);
	const once = Buffer.from(Int16Array.from({ length: left.length * 2 }, (_, i) => (i % 2 ? right : left)[i >> 1] * 32767).buffer);
	const times = Math.ceil((minutes * 60 * SAMPLE_RATE) / left.length);
	const file = openSync(path, 'w');
	writeSync(file, wavHeader(times * once.length, { channels: 2 }));
	for (let i = 0; i < times; i++) writeSync(file, once);
	closeSync(file);
}

/** The same as an MP3 of 128 kbit/s: its frames may simply follow one another. */
export async function longMp3(path: string, minutes: number): Promise<void> {
	const channels = await decodeChannels(CALL);
	const source = { '/call.wav': floatWav({ channels, rate: SAMPLE_RATE }) };
	const once = await ffmpeg(source, '-i', '/call.wav', '-ar', '44100', '-b:a', '128k', '-write_xing', '0', '-id3v2_version', '0', '/call.mp3');
	const file = openSync(path, 'w');
	for (let seconds = 0; seconds < minutes * 60; seconds += channels[0].length / SAMPLE_RATE) writeSync(file, once);
	closeSync(file);
}

/** Peak resident memory of a process, bytes (Linux). */
export const peakMemory = (pid: number) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
