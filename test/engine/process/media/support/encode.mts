/** Makes media files with the encoders of the FFmpeg that the package itself brings. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFfmpegCore } from '../../../../../dist/engine/process/media/ffmpeg/core.js';
import { samplesFloat, wav } from './wav.mts';

/** FFmpeg's in-memory file system, of which the package itself uses less. */
export interface MemoryFiles {
	writeFile(path: string, data: Uint8Array): void;
	readFile(path: string): Uint8Array;
}

/** A folder that is removed when the test process ends. */
export function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-media-'));
	process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

const folder = temporaryFolder();

/** Writes bytes as a file of that name; returns its path. */
export function file(name: string, bytes: Uint8Array): string {
	const path = join(folder, name);
	writeFileSync(path, bytes);
	return path;
}

/**
 * Runs FFmpeg over in-memory files; the last argument is the output.
 * @returns the output's bytes
 */
export async function ffmpeg(inputs: Record<string, Uint8Array>, ...args: string[]): Promise<Buffer> {
	const core = await createFfmpegCore();
	const memory = core.FS as unknown as MemoryFiles;
	const log: string[] = [];
	core.setLogger(({ message }) => log.push(message));
	for (const [path, data] of Object.entries(inputs)) memory.writeFile(path, data);
	const code = core.exec('-hide_banner', '-loglevel', 'error', ...args);
	if (code !== 0) throw new Error(`FFmpeg could not make ${args.at(-1)}: ${log.join('\n')}`);
	return Buffer.from(memory.readFile(args.at(-1)!));
}

export interface Source {
	channels: Float32Array[];
	rate: number;
}

/** The channels as bytes of a WAV file with float samples. */
export function floatWav({ channels, rate }: Source): Buffer {
	return wav(samplesFloat(channels), { format: 3, bits: 32, rate, channels: channels.length });
}

/** Encodes channels. @param name of the file; FFmpeg takes the container from its ending unless `args` say otherwise */
export async function encode(source: Source, name: string, ...args: string[]): Promise<string> {
	return file(name, await ffmpeg({ '/source.wav': floatWav(source) }, '-i', '/source.wav', ...args, `/${name}`));
}
