/** Several MP4 files one after the other: FFmpeg reads the first one's index and leaves the others out. */
import type { InputFile } from '../inputFile';
import type { Piece } from '../view';

/** Bytes of a box's size, its name and, where 32 bits do not suffice, its real size. */
const BOX_HEADER = 16;

/** More than any file needs that is no stream of fragments, which begins with one box for all. */
const MOST_BOXES = 100_000;

interface Box {
	name: string;
	start: number;
	end: number;
}

/** The boxes of the top level; those that are there to their end. */
export function* boxesOf(file: InputFile): Generator<Box, void, void> {
	let start = 0;
	for (let box = 0; box < MOST_BOXES; box++) {
		const header = file.read(start, BOX_HEADER);
		if (header.length < 8) return;
		const short = header.readUInt32BE(0);
		const size = short === 1 && header.length === BOX_HEADER ? Number(header.readBigUInt64BE(8)) : short;
		// 0: to the end of the file.
		const end = size === 0 ? file.size : start + size;
		yield { name: header.toString('latin1', 4, 8), start, end };
		if ((size !== 0 && size < 8) || end >= file.size) return;
		start = end;
	}
}

/** Files in a file, each with a file type and an index of its own. */
export function mp4Recordings(file: InputFile): Piece[] {
	const starts: number[] = [];
	let hasIndex = true;
	for (const { name, start } of boxesOf(file)) {
		if (name === 'moov') hasIndex = true;
		if (name !== 'ftyp' || !hasIndex) continue;
		starts.push(start);
		hasIndex = false;
	}
	if (!hasIndex) starts.pop();
	if (starts.length < 2) return [{ start: 0, size: file.size }];
	return starts.map((start, index) => ({ start, size: (starts[index + 1] ?? file.size) - start }));
}
