/** MP4 in fragments, as live streams are sent and browsers record. */
import type { InputFile } from './inputFile';

/** Far more than come before a file's first fragment; a file of nothing but tiny boxes is not read to its end. */
const MOST_BOXES = 64;

/** Bytes of a box's size, its name and, where 32 bits do not suffice, its real size. */
const BOX_HEADER = 16;

/** Whether a box of the file's top level is a fragment. Says nothing of files that are no MP4. */
export function isFragmented(file: InputFile): boolean {
	let offset = 0;
	for (let box = 0; box < MOST_BOXES; box++) {
		const header = file.read(offset, BOX_HEADER);
		if (header.length < 8) return false;
		if (header.toString('latin1', 4, 8) === 'moof') return true;
		const short = header.readUInt32BE(0);
		const size = short === 1 && header.length === BOX_HEADER ? Number(header.readBigUInt64BE(8)) : short;
		// 0: to the end of the file.
		if (size < 8 || offset + size >= file.size) return false;
		offset += size;
	}
	return false;
}
