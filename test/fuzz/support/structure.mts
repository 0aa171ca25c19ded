/** Where in a media file its numbers and its parts lie, so that a change hits what a reader believes. */

/** A number in the file. */
export interface Field {
	at: number;
	size: 1 | 2 | 4 | 8;
	/** Byte order. */
	big: boolean;
}

/** A chunk, box, element, page or packet, header included. */
export interface Part {
	from: number;
	to: number;
}

export interface Structure {
	fields: Field[];
	parts: Part[];
}

const nothing = (): Structure => ({ fields: [], parts: [] });

function field(at: number, size: Field['size'], big: boolean): Field {
	return { at, size, big };
}

/** Every aligned word of a short stretch: headers are made of them. */
function words(from: number, to: number, big: boolean): Field[] {
	const fields: Field[] = [];
	for (let at = from; at + 4 <= Math.min(to, from + 64); at += 2) fields.push(field(at, 2, big), field(at, 4, big));
	return fields;
}

/** RIFF (WAV, AVI) and, with `big`, IFF (AIFF). */
function chunks(bytes: Buffer, big: boolean, from = 12, to = bytes.length, depth = 0): Structure {
	const found = nothing();
	if (depth === 0) found.fields.push(field(4, 4, big));
	for (let at = from; at + 8 <= to; ) {
		const size = big ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4);
		const end = Math.min(to, at + 8 + size + (size % 2));
		found.parts.push({ from: at, to: end });
		found.fields.push(field(at + 4, 4, big));
		const name = bytes.toString('latin1', at, at + 4);
		if (name === 'LIST' && depth < 4) {
			const inner = chunks(bytes, big, at + 12, end, depth + 1);
			found.parts.push(...inner.parts);
			found.fields.push(...inner.fields);
		} else if (name !== 'data' && name !== 'SSND' && name !== 'movi') found.fields.push(...words(at + 8, end, big));
		at = end;
	}
	return found;
}

const BOXES_OF_BOXES = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'edts', 'moof', 'traf', 'udta', 'dinf', 'mvex']);

/** MP4 and QuickTime. */
function boxes(bytes: Buffer, from = 0, to = bytes.length): Structure {
	const found = nothing();
	for (let at = from; at + 8 <= to; ) {
		const size = bytes.readUInt32BE(at);
		const end = size < 8 ? to : Math.min(to, at + size);
		found.parts.push({ from: at, to: end });
		found.fields.push(field(at, 4, true));
		const name = bytes.toString('latin1', at + 4, at + 8);
		if (BOXES_OF_BOXES.has(name)) {
			const inner = boxes(bytes, at + 8, end);
			found.parts.push(...inner.parts);
			found.fields.push(...inner.fields);
		} else if (name !== 'mdat') found.fields.push(...words(at + 8, end, true));
		at = end;
	}
	return found;
}

/** Segment, Info, Tracks, TrackEntry, Audio, Cluster, BlockGroup, Tags, Tag: elements of elements. */
const MASTERS = new Set([0x1a45dfa3, 0x18538067, 0x1549a966, 0x1654ae6b, 0xae, 0xe1, 0x1f43b675, 0xa0, 0x1254c367, 0x7373]);

function numberLength(first: number): number {
	return first === 0 ? 9 : Math.clz32(first) - 23;
}

/** Matroska and WebM. */
function elements(bytes: Buffer, from = 0, to = bytes.length): Structure {
	const found = nothing();
	for (let at = from; at + 2 <= to; ) {
		const idLength = numberLength(bytes[at]);
		const sizeAt = at + idLength;
		const sizeLength = numberLength(bytes[sizeAt] ?? 0);
		const body = sizeAt + sizeLength;
		if (idLength > 4 || sizeLength > 8 || body > to) break;
		const high = bytes[sizeAt] & (0xff >> sizeLength);
		const size = [...bytes.subarray(sizeAt + 1, body)].reduce((sum, byte) => sum * 256 + byte, high);
		const end = Math.min(to, body + size);
		found.parts.push({ from: at, to: end });
		found.fields.push(field(sizeAt, 1, true));
		if (MASTERS.has(bytes.readUIntBE(at, idLength))) {
			const inner = elements(bytes, body, end);
			found.parts.push(...inner.parts);
			found.fields.push(...inner.fields);
		} else {
			const width = ([8, 4, 2, 1] as const).find((one) => one <= size);
			if (width !== undefined) found.fields.push(field(body, width, true));
		}
		at = end;
	}
	return found;
}

/** Bytes of an Ogg page's header without its table of segments. */
export const OGG_HEADER = 27;

function pages(bytes: Buffer): Structure {
	const found = nothing();
	for (let at = bytes.indexOf('OggS'); at >= 0 && at + OGG_HEADER < bytes.length; ) {
		const next = bytes.indexOf('OggS', at + 4);
		const end = next < 0 ? bytes.length : next;
		const body = at + OGG_HEADER + bytes[at + 26];
		found.parts.push({ from: at, to: end });
		found.fields.push(field(at + 5, 1, false), field(at + 6, 8, false), field(at + 14, 4, false), field(at + 18, 4, false));
		found.fields.push(field(at + 26, 1, false), ...words(body, end, false).slice(0, 24));
		at = next;
	}
	return found;
}

function flac(bytes: Buffer): Structure {
	const found = nothing();
	let at = 4;
	for (let last = false; !last && at + 4 <= bytes.length; ) {
		last = (bytes[at] & 0x80) !== 0;
		const end = Math.min(bytes.length, at + 4 + bytes.readUIntBE(at + 1, 3));
		found.parts.push({ from: at, to: end });
		found.fields.push(field(at, 4, true), ...words(at + 4, end, true));
		at = end;
	}
	return found;
}

function packets(bytes: Buffer): Structure {
	const found = nothing();
	for (let at = 0; at + 188 <= bytes.length; at += 188) {
		found.parts.push({ from: at, to: at + 188 });
		found.fields.push(field(at + 1, 2, true), field(at + 3, 1, true), ...words(at + 4, at + 28, true));
	}
	return found;
}

/** For all else: the beginning is a header, and what follows is cut in equal parts. */
function unknown(bytes: Buffer): Structure {
	const fields = [...words(0, bytes.length, true), ...words(0, bytes.length, false), ...words(64, bytes.length, false)];
	const size = Math.max(1, Math.ceil(bytes.length / 40));
	const parts = Array.from({ length: 40 }, (_, i) => ({ from: i * size, to: Math.min(bytes.length, (i + 1) * size) }));
	return { fields, parts: parts.filter(({ from, to }) => from < to) };
}

/** Fields lie wholly within the file. */
export function structureOf(bytes: Buffer): Structure {
	const start = bytes.toString('latin1', 0, 12);
	let found = nothing();
	if (/^(RIFF|RF64)/.test(start)) found = chunks(bytes, false);
	else if (start.startsWith('FORM')) found = chunks(bytes, true);
	else if (start.slice(4, 8) === 'ftyp') found = boxes(bytes);
	else if (start.startsWith('\x1aE\xdf\xa3')) found = elements(bytes);
	else if (start.startsWith('OggS')) found = pages(bytes);
	else if (start.startsWith('fLaC')) found = flac(bytes);
	else if (bytes[0] === 0x47 && bytes[188] === 0x47) found = packets(bytes);
	const { fields, parts } = found.parts.length > 0 ? found : unknown(bytes);
	return { fields: fields.filter(({ at, size }) => at + size <= bytes.length), parts };
}
