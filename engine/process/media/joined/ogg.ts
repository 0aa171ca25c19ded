/** The pages of Ogg files: where one recording ends and another begins, and whether the last one came to its end. */
import type { InputFile } from '../inputFile';
import { Reader, type Piece } from '../view';

const PAGE_HEADER = 27;

/** Largest possible page: header, 255 segment sizes, 255 segments of 255 bytes. */
export const OGG_PAGE = PAGE_HEADER + 255 + 255 * 255;

/** Flags in a page's header. */
const FIRST_PAGE = 2;
const LAST_PAGE = 4;

interface Page {
	start: number;
	/** Position behind it. */
	end: number;
	flags: number;
	serial: number;
}

export const isOgg = (file: InputFile): boolean => file.read(0, 4).toString('latin1') === 'OggS';

/** The page at a position; undefined where there is none. */
function pageAt(reader: Reader, start: number): Page | undefined {
	const header = reader.at(start, PAGE_HEADER + 255);
	if (header.length < PAGE_HEADER || header.toString('latin1', 0, 4) !== 'OggS') return undefined;
	const segments = header[26]!;
	let body = 0;
	for (const length of header.subarray(PAGE_HEADER, PAGE_HEADER + segments)) body += length;
	return { start, end: start + PAGE_HEADER + segments + body, flags: header[5]!, serial: header.readUInt32LE(14) };
}

/** Where the next page can be, behind bytes that are none; the file's end where there is none. */
function nextPage(reader: Reader, from: number): number {
	for (let start = from; start < reader.file.size; start += OGG_PAGE) {
		const at = reader.at(start, OGG_PAGE + 3).indexOf('OggS', 0, 'latin1');
		if (at >= 0) return start + at;
	}
	return reader.file.size;
}

function* pagesOf(file: InputFile): Generator<Page, void, void> {
	const reader = new Reader(file);
	for (let position = 0; position < file.size; ) {
		const page = pageAt(reader, position);
		if (page) yield page;
		position = page?.end ?? nextPage(reader, position + 1);
	}
}

/** Where each recording begins: with the first pages of its streams, behind pages that are no first ones. */
export function oggRecordings(file: InputFile): Piece[] {
	const starts: number[] = [0];
	let isInside = false;
	for (const { start, flags } of pagesOf(file)) {
		const isFirst = (flags & FIRST_PAGE) !== 0;
		if (isFirst && isInside) starts.push(start);
		isInside = !isFirst;
	}
	return starts.map((start, index) => ({ start, size: (starts[index + 1] ?? file.size) - start }));
}

/** Whether a stream of an Ogg file does not come to its last page, or a page is not there to its end. */
export function oggEndsEarly(file: InputFile): boolean {
	if (!isOgg(file)) return false;
	const open = new Set<number>();
	let end = 0;
	for (const page of pagesOf(file)) {
		if (page.flags & LAST_PAGE) open.delete(page.serial);
		else open.add(page.serial);
		end = page.end;
	}
	return open.size > 0 || end > file.size;
}
