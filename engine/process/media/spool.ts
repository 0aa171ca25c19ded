/**
 * Decoded audio on disk: one private file per channel. It lets the pipeline go over a recording of any length twice (first
 * its level, then its speech) with bounded memory, and cuts be made of it anywhere.
 */
import { closeSync, openSync, readSync, rmSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';
import { SAMPLE_RATE } from '../audio';
import { VoiceprintError } from '../../../errors';
import { countWhile } from '../../../search';
import { LARGEST_SAMPLE } from './limits';
import { BLOCK_SAMPLES } from './channels';
import { describeFault, isDiskFull } from '../../../systemFaults';

/** Samples per channel that are written at once. */
const WRITTEN_AT_ONCE = BLOCK_SAMPLES;

/** Writes all bytes or throws. Tests replace it where they cannot fill a disk. */
export type Write = (file: number, bytes: Uint8Array) => void;

const writeAll: Write = (file, bytes) => {
	for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
};

/** Bytes that are free where a folder is; Infinity where the system does not say. Tests replace it. */
export type FreeBytes = (folder: string) => number;

export const freeBytesOf: FreeBytes = (folder) => {
	try {
		const { bavail, bsize } = statfsSync(folder);
		return bavail * bsize;
	} catch {
		return Infinity;
	}
};

/** Bytes that are left to others, and bytes that are written between two looks. */
export const LEAST_FREE = 64 * 2 ** 20;
export const BETWEEN_LOOKS = 16 * 2 ** 20;

/** How samples stand in the files. */
interface Encoding {
	/** Of one sample. */
	bytes: number;
	toBytes: (samples: Float32Array) => Uint8Array;
	/** Fills all of `target` with samples that `fill` gives the bytes of. */
	fromBytes: (target: Float32Array, fill: (bytes: Uint8Array) => void) => void;
}

const bytesOf = (samples: Float32Array | Int16Array) => new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);

const FULL_SCALE = 32_768;

/** Numbers of the machine's own order: nobody else reads them. */
const ENCODINGS = {
	/** As they are. */
	float32: { bytes: 4, toBytes: bytesOf, fromBytes: (target, fill) => fill(bytesOf(target)) },
	/** Half the room; exact for what was 16 bits before, and cut off at full scale. */
	int16: {
		bytes: 2,
		toBytes: (samples) => bytesOf(toInt16(samples)),
		fromBytes(target, fill) {
			const whole = new Int16Array(target.length);
			fill(bytesOf(whole));
			for (let i = 0; i < whole.length; i++) target[i] = whole[i]! / FULL_SCALE;
		},
	},
} satisfies Record<string, Encoding>;

export type SpoolEncoding = keyof typeof ENCODINGS;

/** Samples as numbers of 16 bits; what is beyond full scale is cut off there, and what is no sound is silence. */
export function toInt16(samples: Float32Array, target = new Int16Array(samples.length)): Int16Array {
	for (let i = 0; i < samples.length; i++) {
		const value = samples[i]! * FULL_SCALE;
		// Rounded by cutting off what is behind the point: much faster than `Math.round`, and the same.
		target[i] = value > -FULL_SCALE && value < FULL_SCALE - 1 ? ((value + FULL_SCALE + 0.5) | 0) - FULL_SCALE : atFullScale(samples[i]!);
	}
	return target;
}

const atFullScale = (sample: number): number => (!(Math.abs(sample) <= LARGEST_SAMPLE) ? 0 : sample > 0 ? FULL_SCALE - 1 : -FULL_SCALE);

export interface SpoolOptions {
	encoding?: SpoolEncoding;
	/** Hz, for what is said of the room that it takes. */
	rate?: number;
}

interface Silence {
	start: number;
	end: number;
	written: number;
}

interface Channel {
	path: string;
	file: number;
	buffer: Float32Array;
	filled: number;
}

export class Spool {
	private readonly channels: Channel[] = [];

	/** Samples per channel, silence included. */
	private samples = 0;

	/** Samples per channel that are in the files. */
	private written = 0;

	/** Long silence, which is in no file: where it starts, where it ends, and how much of the files comes before it. */
	private readonly silences: Silence[] = [];

	/** Bytes since the last look at the disk. */
	private unchecked = 0;

	private readonly encoding: Encoding;

	private readonly rate: number;

	/**
	 * @param folder a private folder that exists
	 */
	constructor(
		private readonly folder: string,
		private readonly write: Write = writeAll,
		private readonly freeBytes: FreeBytes = freeBytesOf,
		{ encoding = 'float32', rate = SAMPLE_RATE }: SpoolOptions = {},
	) {
		this.encoding = ENCODINGS[encoding];
		this.rate = rate;
	}

	/** Samples per channel. */
	get length(): number {
		return this.samples;
	}

	/**
	 * @param block one Float32Array per channel, all of one length; copied
	 * @throws VoiceprintError NO_DISK_SPACE, TEMPORARY_FILE
	 */
	append(block: Float32Array[]): void {
		block.forEach((samples, index) => this.appendTo((this.channels[index] ??= this.open(index)), samples));
		this.samples += block[0]?.length ?? 0;
		this.written += block[0]?.length ?? 0;
	}

	/** Silence takes no room, however long it is: a file of some kilobytes can say that there are hours of it. */
	appendSilence(samples: number): void {
		this.silences.push({ start: this.samples, end: this.samples + samples, written: this.written });
		this.samples += samples;
	}

	/**
	 * Writes what is still in memory; to be called before reading.
	 * @throws VoiceprintError NO_DISK_SPACE, TEMPORARY_FILE
	 */
	finish(): void {
		this.channels.forEach((channel) => this.flush(channel));
	}

	/**
	 * @param channel index of the channel in the appended blocks
	 * @param start first sample to read
	 * @param target filled from its start on
	 * @returns how many samples were read: fewer than asked for at the end
	 * @throws VoiceprintError TEMPORARY_FILE
	 */
	read(channel: number, start: number, target: Float32Array): number {
		return this.readParts(channel, start, target, (fill, part) => this.encoding.fromBytes(part, fill));
	}

	/** As `read`, numbers of 16 bits as they are in the files. */
	readWhole(channel: number, start: number, target: Int16Array): number {
		if (this.encoding !== ENCODINGS.int16) throw new Error('samples are stored otherwise');
		return this.readParts(channel, start, target, (fill, part) => fill(bytesOf(part)));
	}

	/** @param take fills all of a part of the target with what `fill` gives the bytes of */
	private readParts<T extends Float32Array | Int16Array>(channel: number, start: number, target: T, take: (fill: (bytes: Uint8Array) => void, part: T) => void): number {
		const end = Math.min(this.samples, start + target.length);
		for (let at = start; at < end; ) {
			const before = this.lastSilenceFrom(at);
			const [silence, next] = [this.silences[before], this.silences[before + 1]];
			if (silence && at < silence.end) {
				const to = Math.min(end, silence.end);
				target.fill(0, at - start, to - start);
				at = to;
				continue;
			}
			const to = Math.min(end, next?.start ?? end);
			const place = silence ? silence.written + at - silence.end : at;
			const part = target.subarray(at - start, to - start) as T;
			this.readFile(this.channels[channel] as Channel, place, (fill) => take(fill, part));
			at = to;
		}
		return Math.max(0, end - start);
	}

	/** Removes the files. */
	dispose(): void {
		for (const { file, path: name } of this.channels.splice(0)) {
			closeSync(file);
			rmSync(name, { force: true });
		}
	}

	/** Index of the last silence that starts at or before a sample; -1 where none does. */
	private lastSilenceFrom(sample: number): number {
		return countWhile(this.silences.length, (i) => this.silences[i]!.start <= sample) - 1;
	}

	private readFile({ file }: Channel, start: number, take: (fill: (bytes: Uint8Array) => void) => void): void {
		const position = start * this.encoding.bytes;
		try {
			take((bytes) => {
				for (let read = 0; read < bytes.length; ) {
					const count = readSync(file, bytes, read, bytes.length - read, position + read);
					if (count === 0) throw new Error('the temporary file became shorter');
					read += count;
				}
			});
		} catch (error) {
			throw this.fault(error);
		}
	}

	/** Stops while there is room left for others: a disk that is full to the last byte stops n8n too. */
	private checkSpace(bytes: number): void {
		this.unchecked += bytes;
		if (this.unchecked < BETWEEN_LOOKS) return;
		this.unchecked = 0;
		if (this.freeBytes(this.folder) < LEAST_FREE) throw this.noSpace();
	}

	private open(index: number): Channel {
		const name = path.join(this.folder, `channel-${index}.f32`);
		try {
			return { path: name, file: openSync(name, 'wx+', 0o600), buffer: new Float32Array(WRITTEN_AT_ONCE), filled: 0 };
		} catch (error) {
			throw this.fault(error);
		}
	}

	private appendTo(channel: Channel, samples: Float32Array): void {
		for (let taken = 0; taken < samples.length; ) {
			const part = samples.subarray(taken, taken + WRITTEN_AT_ONCE - channel.filled);
			taken += part.length;
			// A whole block needs not be collected.
			if (part.length === WRITTEN_AT_ONCE) {
				this.store(channel, part);
				continue;
			}
			channel.buffer.set(part, channel.filled);
			channel.filled += part.length;
			if (channel.filled === WRITTEN_AT_ONCE) this.flush(channel);
		}
	}

	private flush(channel: Channel): void {
		this.store(channel, channel.buffer.subarray(0, channel.filled));
		channel.filled = 0;
	}

	private store({ file }: Channel, samples: Float32Array): void {
		this.checkSpace(samples.length * this.encoding.bytes);
		try {
			this.write(file, this.encoding.toBytes(samples));
		} catch (error) {
			throw this.fault(error);
		}
	}

	private fault(error: unknown): VoiceprintError {
		if (isDiskFull(error)) return this.noSpace();
		return new VoiceprintError(
			'TEMPORARY_FILE',
			'The temporary file could not be used',
			`In the folder ${this.folder}: ${describeFault(error)}.`,
		);
	}

	private noSpace(): VoiceprintError {
		return new VoiceprintError(
			'NO_DISK_SPACE',
			'Not enough disk space for the temporary file',
			`${this.folder} has ${this.free()} free; ${this.held()} of audio are there already, and ` +
				`each hour of audio needs ${this.perHour()} MB per channel while it is processed. Free some space, or set TMPDIR to ` +
				'a folder on a larger disk.',
		);
	}

	private perHour(): number {
		return Math.round((3600 * this.rate * this.encoding.bytes) / 1e6);
	}

	private held(): string {
		return `${Math.round((this.written * this.encoding.bytes * this.channels.length) / 1e6)} MB`;
	}

	private free(): string {
		const bytes = this.freeBytes(this.folder);
		return bytes === Infinity ? 'an unknown amount of space' : `${Math.round(bytes / 1e6)} MB`;
	}
}
