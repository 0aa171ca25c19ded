/** MP4 in fragments, as live streams are sent and browsers record. */
import type { InputFile } from './inputFile';
import { boxesOf } from './joined/boxes';

/** Far more than come before a file's first fragment; a file of nothing but tiny boxes is not read to its end. */
const MOST_BOXES = 64;

/** Whether a box of the file's top level is a fragment. Says nothing of files that are no MP4. */
export function isFragmented(file: InputFile): boolean {
	let count = 0;
	for (const { name } of boxesOf(file)) {
		if (name === 'moof') return true;
		if (++count === MOST_BOXES) return false;
	}
	return false;
}
