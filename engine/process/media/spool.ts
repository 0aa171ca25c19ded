/**
 * Decoded audio on disk: one private file per channel, float32 at 16 kHz. It lets the pipeline go over a recording of
 * any length twice (first its level, then its speech) with bounded memory.
 */
import { closeSync, openSync, readSync, rmSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';
import { VoiceprintError } from '../../../errors';
import { describeFault, faultCode } from './systemFaults';

const BYTES_PER_SAMPLE = 4;
/** Samples collected per channel before they are written. */
const BUFFERED = 65_536;

/** Writes all bytes or throws. Tests replace it where they cannot fill a disk. */
export type Write = (file: number, bytes: Uint8Array) => void;

const writeAll: Write = (file, bytes) => {
	for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
};

interface Channel {
	path: string;
	file: number;
	buffer: Float32Array;
	filled: number;
}

const bytesOf = (samples: Float32Array) =>
	new Uint8Array(samples.buffer, samples.byteOffset, samples.length * BYTES_PER_SAMPLE);

export class Spool {
	private readonly channels: Channel[] = [];

	private samples = 0;

	/**
	 * @param folder a private folder that exists
	 */
	constructor(
		private readonly folder: string,
		private readonly write: Write = writeAll,
	) {}

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
		const { file } = this.channels[channel] as Channel;
		const bytes = bytesOf(target);
		let read = 0;
		try {
			while (read < bytes.length) {
				const count = readSync(file, bytes, read, bytes.length - read, start * BYTES_PER_SAMPLE + read);
				if (count === 0) break;
				read += count;
			}
		} catch (error) {
			throw this.fault(error);
		}
		return Math.floor(read / BYTES_PER_SAMPLE);
	}

	/** Removes the files. */
	dispose(): void {
		for (const { file, path: name } of this.channels.splice(0)) {
			closeSync(file);
			rmSync(name, { force: true });
		}
	}

	private open(index: number): Channel {
		const name = path.join(this.folder, `channel-${index}.f32`);
		try {
			return { path: name, file: openSync(name, 'wx+', 0o600), buffer: new Float32Array(BUFFERED), filled: 0 };
		} catch (error) {
			throw this.fault(error);
		}
	}

	private appendTo(channel: Channel, samples: Float32Array): void {
		for (let taken = 0; taken < samples.length; ) {
			const part = samples.subarray(taken, taken + BUFFERED - channel.filled);
			channel.buffer.set(part, channel.filled);
			channel.filled += part.length;
			taken += part.length;
			if (channel.filled === BUFFERED) this.flush(channel);
		}
	}

	private flush(channel: Channel): void {
		try {
			this.write(channel.file, bytesOf(channel.buffer.subarray(0, channel.filled)));
		} catch (error) {
			throw this.fault(error);
		}
		channel.filled = 0;
	}

	private fault(error: unknown): VoiceprintError {
		const code = faultCode(error);
		if (code === 'ENOSPC' || code === 'EDQUOT') {
			return new VoiceprintError(
				'NO_DISK_SPACE',
				'Not enough disk space for the temporary file',
				`${this.folder} has ${this.free()} free; ${this.held()} of audio are there already, and ` +
					'each hour of audio needs 230 MB per channel while it is processed. Free some space, or set TMPDIR to ' +
					'a folder on a larger disk.',
			);
		}
		return new VoiceprintError(
			'TEMPORARY_FILE',
			'The temporary file could not be used',
			`In the folder ${this.folder}: ${describeFault(error)}.`,
		);
	}

	private held(): string {
		return `${Math.round((this.samples * BYTES_PER_SAMPLE * this.channels.length) / 1e6)} MB`;
	}

	private free(): string {
		try {
			const { bavail, bsize } = statfsSync(this.folder);
			return `${Math.round((bavail * bsize) / 1e6)} MB`;
		} catch {
			return 'an unknown amount of space';
		}
	}
}
