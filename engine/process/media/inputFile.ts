/** The file to decode, opened once: what is checked is what is decoded. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { shortName, VoiceprintError } from '../../../errors';
import { describeFault } from '../../../systemFaults';

/** Bytes of a file, or bytes in memory. */
export type Piece = Uint8Array | { start: number; size: number };

/** What a file is made of, as plain data: from it another thread of this process makes the same file (`fileOf`). */
export type Source = { descriptor: number; size: number } | { of: Source; pieces: Piece[] } | { of: Source; swapped: number };

export interface InputFile {
	/** Name for messages. */
	readonly name: string;
	/** Bytes. */
	readonly size: number;
	/** FFmpeg's name of the container, where it could not tell it itself. */
	readonly format?: string;
	readonly source: Source;
	/** Fills what it can of `target` with the bytes at `position`; returns how many. Throws what the system throws. */
	readInto(target: Uint8Array, position: number): number;
	/** Reads `length` bytes at `position`; less at the end of the file. Throws what the system throws. */
	read(position: number, length: number): Buffer;
	close(): void;
}

/** @throws VoiceprintError TEMPORARY_FILE */
export function unreadable(name: string, error: unknown): VoiceprintError {
	return new VoiceprintError(
		'TEMPORARY_FILE',
		`The file "${name}" could not be read`,
		`Reading failed: ${describeFault(error)}.`,
	);
}

/**
 * @param name for messages
 * @throws VoiceprintError TEMPORARY_FILE where the file cannot be opened or is no plain file
 */
export function openInput(path: string, fileName: string): InputFile {
	const name = shortName(fileName);
	let descriptor: number;
	try {
		descriptor = openSync(path, 'r');
	} catch (error) {
		throw unreadable(name, error);
	}
	const stat = fstatSync(descriptor);
	if (!stat.isFile()) {
		closeSync(descriptor);
		throw new VoiceprintError('TEMPORARY_FILE', `"${name}" is not a file`, 'Pass the path of an audio or video file.');
	}
	return plainFile(name, { descriptor, size: stat.size });
}

/** A file that is open. */
export function plainFile(name: string, source: { descriptor: number; size: number }): InputFile {
	const { descriptor, size } = source;
	const readInto = (target: Uint8Array, position: number) => readSync(descriptor, target, 0, target.length, position);
	return {
		name,
		size,
		source,
		readInto,
		read(position, length) {
			const buffer = Buffer.alloc(length);
			return buffer.subarray(0, readInto(buffer, position));
		},
		close: () => closeSync(descriptor),
	};
}
