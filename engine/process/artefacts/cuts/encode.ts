/**
 * Writes cut sound as files: WAV by itself, other formats by FFmpeg, which reads the sound while it is made of the
 * recording. Nothing of it is held whole, neither in memory nor as samples on the disk.
 */
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { AudioFormat } from '../../../client/protocol';
import { isOutOfMemory, outOfMemory, VoiceprintError } from '../../../../errors';
import { describeFault, isDiskFull } from '../../../../systemFaults';
import { collectGarbage } from '../../garbage';
import { createFfmpegCore, type FfmpegCore } from '../../media/ffmpeg/core';
import { mountInput, mountOutput } from '../../media/ffmpeg/streams';
import { BETWEEN_LOOKS, freeBytesOf, LEAST_FREE, toInt16 } from '../../media/spool';
import type { Sound } from './cutSound';
import { bitRateIn, FORMATS, rateIn } from './formats';

export interface Written {
	sound: Sound;
	path: string;
}

export interface EncodeOptions {
	format: AudioFormat;
	/** kbit/s of a channel; 0 for what suits speech. */
	bitRate: number;
	/** What samples are multiplied by. */
	gain: number;
}

/** Samples per channel that are read at once. */
const READ_SAMPLES = 8192;

/**
 * Files that one instance of FFmpeg writes: a new one takes longer than many a clip, and each encoder takes 7 MiB. An instance
 * runs once: it loses a part of its stack each time.
 */
const AT_ONCE = 8;

/** Bytes that the header of a WAV file can say. */
const LONGEST_WAV = 0xffff_ffff - 64;

const HEADER = 44;

/** The sound as interleaved samples of 16 bits, little endian, from any byte on. */
class Bytes {
	readonly size: number;

	/** Bytes of a sample of all channels. */
	private readonly frame: number;

	private readonly one: Float32Array = new Float32Array(READ_SAMPLES);

	private readonly whole = new Int16Array(READ_SAMPLES);

	private readonly interleaved: Int16Array;

	/** What is in there. */
	private held = { start: 0, end: 0 };

	constructor(
		private readonly sound: Sound,
		private readonly gain: number,
	) {
		this.frame = 2 * sound.channels;
		this.size = sound.length * this.frame;
		this.interleaved = new Int16Array(READ_SAMPLES * sound.channels);
	}

	/** Fills what it can of `target`; returns how many bytes. */
	readInto(target: Uint8Array, position: number): number {
		const frame = Math.floor(position / this.frame);
		if (frame >= this.sound.length) return 0;
		if (frame < this.held.start || frame >= this.held.end) this.load(frame);
		const skipped = position - this.held.start * this.frame;
		const bytes = new Uint8Array(this.interleaved.buffer, skipped, (this.held.end - this.held.start) * this.frame - skipped);
		const count = Math.min(target.length, bytes.length);
		target.set(bytes.subarray(0, count));
		return count;
	}

	private load(start: number): void {
		const { channels, length } = this.sound;
		const frames = Math.min(READ_SAMPLES, length - start);
		this.held = { start, end: start + frames };
		if (this.gain === 1 && this.sound.readWhole?.(start, this.interleaved.subarray(0, frames * channels))) return;
		const one = this.one.subarray(0, frames);
		for (let channel = 0; channel < channels; channel++) {
			this.sound.read(channel, start, one);
			if (this.gain !== 1) for (let i = 0; i < frames; i++) one[i]! *= this.gain;
			const whole = toInt16(one, this.whole.subarray(0, frames));
			for (let i = 0, at = channel; i < frames; i++, at += channels) this.interleaved[at] = whole[i]!;
		}
	}
}

const noSpace = (detail: string) =>
	new VoiceprintError('NO_DISK_SPACE', 'Not enough disk space for the cut audio', `${detail} Free some space, or set TMPDIR to a folder on a larger disk.`);

/** A new file of the job. Faults of the disk are told as such. */
class Target {
	private readonly file: number;

	/** Bytes since the last look at the disk. */
	private unchecked = 0;

	constructor(private readonly path: string) {
		this.file = this.guard(() => openSync(path, 'wx', 0o600));
	}

	write(bytes: Uint8Array, position: number): void {
		this.checkSpace(bytes.length);
		this.guard(() => {
			for (let written = 0; written < bytes.length; ) written += writeSync(this.file, bytes, written, bytes.length - written, position + written);
		});
	}

	close(): void {
		closeSync(this.file);
	}

	/** A disk that is full to the last byte stops n8n too. */
	private checkSpace(bytes: number): void {
		this.unchecked += bytes;
		if (this.unchecked < BETWEEN_LOOKS) return;
		this.unchecked = 0;
		if (freeBytesOf(dirname(this.path)) < LEAST_FREE) throw noSpace(`${dirname(this.path)} has hardly any left.`);
	}

	private guard<T>(work: () => T): T {
		try {
			return work();
		} catch (error) {
			const detail = `In the folder ${dirname(this.path)}: ${describeFault(error)}.`;
			if (isDiskFull(error)) throw noSpace(detail);
			throw new VoiceprintError('TEMPORARY_FILE', 'The file of the cut audio could not be written', detail);
		}
	}
}

function wavHeader({ channels, rate }: Sound, size: number): Buffer {
	const header = Buffer.alloc(HEADER);
	header.write('RIFF', 0, 'latin1');
	header.writeUInt32LE(HEADER - 8 + size, 4);
	header.write('WAVEfmt ', 8, 'latin1');
	header.writeUInt32LE(16, 16);
	header.writeUInt16LE(1, 20);
	header.writeUInt16LE(channels, 22);
	header.writeUInt32LE(rate, 24);
	header.writeUInt32LE(2 * channels * rate, 28);
	header.writeUInt16LE(2 * channels, 32);
	header.writeUInt16LE(16, 34);
	header.write('data', 36, 'latin1');
	header.writeUInt32LE(size, 40);
	return header;
}

function writeWav({ sound, path }: Written, gain: number): void {
	const bytes = new Bytes(sound, gain);
	if (bytes.size > LONGEST_WAV) {
		throw new VoiceprintError(
			'INVALID_PARAMETER',
			`'Audio Format' WAV holds at most 4 GB, and the cut audio takes ${(bytes.size / 1e9).toFixed(1)} GB`,
			"Choose FLAC, MP3 or Opus as 'Audio Format', or a part of the file with 'Range From' and 'Range To'.",
		);
	}
	const target = new Target(path);
	try {
		target.write(wavHeader(sound, bytes.size), 0);
		const buffer = new Uint8Array(2 * READ_SAMPLES * sound.channels);
		for (let position = 0; position < bytes.size; ) {
			const count = bytes.readInto(buffer, position);
			target.write(buffer.subarray(0, count), HEADER + position);
			position += count;
		}
	} finally {
		target.close();
	}
}

/** What Opus needs to be told of several channels. */
function opusLine(channels: number): string[] {
	// Two that are coded together need more stack than FFmpeg has here, in frames of 20 ms.
	if (channels === 2) return ['-frame_duration', '10'];
	// Families with a layout take the sixth channel for one of low tones.
	return channels > 2 ? ['-mapping_family', '255'] : [];
}

/** The arguments of one file's output, without its name. */
function outputLine({ channels, rate }: Sound, { format, bitRate }: EncodeOptions): string[] {
	const kilobits = bitRateIn(format, rate, channels, bitRate);
	return [
		...FORMATS[format].encoder!,
		...(kilobits === undefined ? [] : ['-b:a', `${kilobits}k`]),
		...(format === 'opus' ? opusLine(channels) : []),
		...['-ar', String(rateIn(format, rate)), '-map_metadata', '-1', '-bitexact'],
	];
}

const inputLine = ({ channels, rate }: Sound, input: string) => ['-probesize', '32', '-f', 's16le', '-ar', String(rate), '-ac', String(channels), '-i', input];

/** One instance of FFmpeg over some files. */
class EncodeRun {
	/** Why FFmpeg was stopped from here. */
	private stopped: { reason: unknown } | undefined;

	private readonly errors: string[] = [];

	constructor(
		private readonly files: readonly Written[],
		private readonly options: EncodeOptions,
	) {}

	async execute(): Promise<void> {
		const core = await createFfmpegCore();
		core.setLogger(({ message }) => this.errors.push(message));
		const targets: Target[] = [];
		try {
			this.files.forEach(({ sound, path }, i) => {
				const target = new Target(path);
				targets.push(target);
				this.mount(core, i, new Bytes(sound, this.options.gain), target);
			});
			this.run(core);
		} finally {
			for (const target of targets) target.close();
		}
	}

	private mount(core: FfmpegCore, i: number, bytes: Bytes, target: Target): void {
		mountInput(core, `/in${i}`, bytes.size, (into, position) => this.guard(() => bytes.readInto(into, position)));
		mountOutput(core, `/out${i}`, (written, position) => this.guard(() => target.write(written, position)));
	}

	private run(core: FfmpegCore): void {
		const inputs = this.files.flatMap(({ sound }, i) => inputLine(sound, `/in${i}`));
		const outputs = this.files.flatMap(({ sound }, i) => ['-map', String(i), ...outputLine(sound, this.options), `/out${i}`]);
		let exitCode = 0;
		try {
			exitCode = core.exec('-hide_banner', '-nostdin', '-nostats', '-y', '-loglevel', 'error', ...inputs, ...outputs);
		} catch (error) {
			if (!this.stopped) throw this.failed(String(error));
		}
		if (this.stopped) throw this.stopped.reason;
		if (exitCode !== 0) throw this.failed(`FFmpeg ended with ${exitCode}`);
	}

	private failed(how: string): VoiceprintError {
		const detail = [how, ...this.errors.filter((line) => !line.startsWith('Aborted')).slice(-3)].join('. ');
		if (isOutOfMemory(detail)) return outOfMemory(detail);
		return new VoiceprintError('INTERNAL', `The cut audio could not be written as ${FORMATS[this.options.format].name}`, detail);
	}

	/** Runs a callback of FFmpeg's; where it throws, keeps the reason and ends FFmpeg. */
	private guard<T>(callback: () => T): T {
		try {
			return callback();
		} catch (reason) {
			this.stopped ??= { reason };
			throw new Error('writing was stopped');
		}
	}
}

/**
 * Writes sounds to new files. @returns the bytes of each
 * @throws VoiceprintError NO_DISK_SPACE, TEMPORARY_FILE, INVALID_PARAMETER, OUT_OF_MEMORY, INTERNAL; what reading the sound throws
 */
export async function encodeSounds(files: readonly Written[], options: EncodeOptions): Promise<number[]> {
	for (let first = 0; first < files.length; first += AT_ONCE) {
		const some = files.slice(first, first + AT_ONCE);
		if (options.format === 'wav') for (const one of some) writeWav(one, options.gain);
		else {
			await new EncodeRun(some, options).execute();
			await collectGarbage();
		}
	}
	return files.map(({ path }) => statSync(path).size);
}
