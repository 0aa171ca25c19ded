/** The file to decode, opened once: what is checked is what is decoded. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { shortName, VoiceprintError } from '../../../errors';
import { describeFault } from '../../../systemFaults';

export interface InputFile {
	/** Name for messages. */
	readonly name: string;
	/** Bytes. */
	readonly size: number;
	/** FFmpeg's name of the container, where it could not tell it itself. */
	readonly format?: string;
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
	const close = () => closeSync(descriptor);
	const readInto = (target: Uint8Array, position: number) => readSync(descriptor, target, 0, target.length, position);
	if (!stat.isFile()) {
		close();
		throw new VoiceprintError('TEMPORARY_FILE', `"${name}" is not a file`, 'Pass the path of an audio or video file.');
	}
	return {
		name,
		size: stat.size,
		readInto,
		read(position, length) {
			const buffer = Buffer.alloc(length);
			return buffer.subarray(0, readInto(buffer, position));
		},
		close,
	};
}
