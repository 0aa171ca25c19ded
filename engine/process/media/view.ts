/** Files that are parts of another file, put together anew: without what is no sound, or under a header that is right. */
import { plainFile, type InputFile, type Piece, type Source } from './inputFile';

export type { Piece };

const lengthOf = (piece: Piece): number => ('start' in piece ? piece.size : piece.length);

function readPiece(file: InputFile, piece: Piece, target: Uint8Array, at: number): number {
	if ('start' in piece) return file.readInto(target, piece.start + at);
	const bytes = piece.subarray(at, at + target.length);
	target.set(bytes);
	return bytes.length;
}

/** A file with its way to read; `read` follows from it. Closing it does nothing: the file it is of is closed. */
function inputFrom(name: string, size: number, source: Source, readInto: InputFile['readInto']): InputFile {
	return {
		name,
		size,
		source,
		readInto,
		read(position, length) {
			const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - position)));
			let filled = 0;
			while (filled < bytes.length) {
				const count = readInto(bytes.subarray(filled), position + filled);
				if (count === 0) break;
				filled += count;
			}
			return bytes.subarray(0, filled);
		},
		close() {},
	};
}

/** The pieces of a file, one after the other, as a file. */
export function viewOf(file: InputFile, pieces: Piece[]): InputFile {
	const ends: number[] = [];
	for (const piece of pieces) ends.push((ends.at(-1) ?? 0) + lengthOf(piece));
	const readInto = (target: Uint8Array, position: number): number => {
		const index = ends.findIndex((end) => position < end);
		if (index < 0) return 0;
		const at = position - (ends[index - 1] ?? 0);
		const left = ends[index]! - position;
		return readPiece(file, pieces[index]!, target.subarray(0, left), at);
	};
	return inputFrom(file.name, ends.at(-1) ?? 0, { of: file.source, pieces }, readInto);
}

/** The file with the bytes of each number of `width` bytes the other way round. */
export function swappedView(file: InputFile, width: number): InputFile {
	const readInto = (target: Uint8Array, position: number): number => {
		const start = position - (position % width);
		const wanted = Math.min(file.size, Math.ceil((position + target.length) / width) * width) - start;
		const bytes = file.read(start, Math.max(0, wanted));
		for (let at = 0; at + width <= bytes.length; at += width) bytes.subarray(at, at + width).reverse();
		return bytes.copy(target, 0, position - start);
	};
	return inputFrom(file.name, file.size, { of: file.source, swapped: width }, readInto);
}

/**
 * The file that a source describes, as it was where the source was taken from it.
 * @param name for messages
 */
export function fileOf(name: string, source: Source): InputFile {
	if ('descriptor' in source) return plainFile(name, source);
	const file = fileOf(name, source.of);
	return 'pieces' in source ? viewOf(file, source.pieces) : swappedView(file, source.swapped);
}

/** Bytes that are read at once where a file is searched. */
const BLOCK = 2 ** 20;

/** The positions at which a pattern stands in a file, from `from` on. */
export function* occurrences(file: InputFile, pattern: Buffer, from = 0): Generator<number, void, void> {
	for (let start = from; start < file.size; start += BLOCK) {
		const block = file.read(start, BLOCK + pattern.length - 1);
		for (let at = block.indexOf(pattern); at >= 0; at = block.indexOf(pattern, at + 1)) yield start + at;
	}
}

/** Reads a file from front to back in small steps, with few calls of the system. */
export class Reader {
	private block: Buffer = Buffer.alloc(0);

	private start = 0;

	constructor(readonly file: InputFile) {}

	/** The bytes at a position; fewer at the end of the file. Valid until the next call. */
	at(position: number, length: number): Buffer {
		const offset = position - this.start;
		if (offset < 0 || offset + length > this.block.length) {
			this.start = position;
			this.block = this.file.read(position, Math.max(BLOCK, length));
			return this.block.subarray(0, length);
		}
		return this.block.subarray(offset, offset + length);
	}
}
