/**
 * WAV files as they are found: with more samples than the header says, with several runs of samples, several files one
 * after the other, or with all numbers the other way round (RIFX). FFmpeg leaves out what the header does not tell of,
 * and takes RIFX for noise; so what is odd gets a header that is right.
 */
import type { InputFile } from '../inputFile';
import { occurrences, swappedView, viewOf, type Piece } from '../view';
import { isPlaceholder } from './riff';

const RIFF_HEADER = 12;
const CHUNK_HEADER = 8;

/** Chunks that may be cut off and still are no samples. */
const KNOWN_CHUNKS = /^(LIST|id3 |ID3 |fact|bext|iXML|axml|cue |smpl|inst|acid|JUNK|PAD |FLLR|PEAK|DISP|afsp|_PMX|umid|minf|elm1|regn|levl|link|LGWV)$|^(ID3|TAG|APET)/;

/** Seconds, and bytes; less behind the samples is a leftover. */
const LEFTOVER = 0.02;
const LEFTOVER_BYTES = 16;

/** Far more than any file has. */
const MOST_CHUNKS = 1000;

interface Range {
	start: number;
	size: number;
}

interface Wav {
	isBigEndian: boolean;
	/** Content of the chunk that says what the samples are. */
	format: Buffer;
	data: Range[];
	/** Whether the header does not tell of all samples, or tells of them in several chunks. */
	isOdd: boolean;
	/** Position behind it. */
	end: number;
}

const u32 = (bytes: Buffer, at: number, isBigEndian: boolean) => (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));

/** Whether a file of RIFF or RIFX waves begins at a position. */
function beginsAt(file: InputFile, position: number): boolean {
	return /^RIF[FX][^]{4}WAVE$/.test(file.read(position, RIFF_HEADER).toString('latin1'));
}

/** Reads the chunks of one file within the file. */
class Walk {
	private format: Buffer | undefined;

	private readonly data: Range[] = [];

	private isOdd = false;

	private readonly isBigEndian: boolean;

	constructor(
		private readonly file: InputFile,
		private readonly start: number,
	) {
		this.isBigEndian = file.read(start, 4).toString('latin1') === 'RIFX';
	}

	/** @returns undefined where no samples are described */
	wav(): Wav | undefined {
		const end = this.chunks();
		const { format, data, isBigEndian } = this;
		if (!format || format.length < 16 || data.length === 0) return undefined;
		return { isBigEndian, format, data, isOdd: this.isOdd || isBigEndian || data.length > 1, end };
	}

	/** @returns the position at which the file ends or another begins */
	private chunks(): number {
		let offset = this.start + RIFF_HEADER;
		for (let chunk = 0; chunk < MOST_CHUNKS; chunk++) {
			const header = this.file.read(offset, CHUNK_HEADER);
			if (header.length < CHUNK_HEADER) return this.file.size;
			if (offset > this.start && beginsAt(this.file, offset)) return offset;
			const [name, size] = [header.toString('latin1', 0, 4), u32(header, 4, this.isBigEndian)];
			const start = offset + CHUNK_HEADER;
			if (name === 'fmt ') this.format = this.file.read(start, Math.min(size, 4096));
			offset = name === 'data' ? this.samples(start, size) : start + size + (size % 2);
		}
		return this.file.size;
	}

	/** @returns the position of what comes behind the samples */
	private samples(start: number, size: number): number {
		if (size === 0 && this.isChunk(start)) {
			this.isOdd = true;
			return start;
		}
		if (isPlaceholder(size) || start + size >= this.file.size) return this.add(start, this.file.size - start);
		const next = [start + size + (size % 2), start + size].find((at) => this.isChunk(at) || beginsAt(this.file, at));
		if (next !== undefined) {
			this.add(start, size);
			return next;
		}
		const end = this.goesOn(start + size) ? this.nextFile(start + size) : undefined;
		if (end === undefined) {
			this.add(start, size);
			return this.file.size;
		}
		this.isOdd = true;
		return this.add(start, end - start);
	}

	private add(start: number, size: number): number {
		this.data.push({ start, size });
		return start + size;
	}

	/** Whether a chunk begins here: printable name, and it ends within the file. */
	private isChunk(position: number): boolean {
		const header = this.file.read(position, CHUNK_HEADER);
		if (header.length < CHUNK_HEADER) return false;
		const name = header.toString('latin1', 0, 4);
		if (KNOWN_CHUNKS.test(name)) return true;
		return /^[\x20-\x7e]{4}$/.test(name) && position + CHUNK_HEADER + u32(header, 4, this.isBigEndian) <= this.file.size + 1;
	}

	/** Whether what follows the samples is more of them: not only a few bytes, not only zeros. */
	private goesOn(position: number): boolean {
		const bytesPerSecond = this.format && this.format.length >= 12 ? u32(this.format, 8, this.isBigEndian) : 0;
		if (this.file.size - position <= Math.max(LEFTOVER_BYTES, LEFTOVER * bytesPerSecond)) return false;
		const block = 2 ** 16;
		for (let at = position; at < this.file.size; at += block) {
			if (this.file.read(at, block).some((byte) => byte !== 0)) return true;
		}
		return false;
	}

	private nextFile(from: number): number {
		for (const name of ['RIFF', 'RIFX']) {
			for (const at of occurrences(this.file, Buffer.from(name), from)) {
				if (beginsAt(this.file, at)) return at;
			}
		}
		return this.file.size;
	}
}

/** Numbers of the format, least significant byte first. */
function littleEndian(format: Buffer): Buffer {
	const bytes = Buffer.from(format);
	// Tag, channels, rate, bytes per second, bytes per frame, bits, size of the extension, valid bits, speakers, GUID.
	const widths = [2, 2, 4, 4, 2, 2, 2, 2, 4, 4, 2, 2];
	let at = 0;
	for (const width of widths) {
		if (at + width > bytes.length) break;
		bytes.subarray(at, at + width).reverse();
		at += width;
	}
	return bytes;
}

/** Bytes of the numbers that the samples are; 1 where they are none. */
function sampleWidth(format: Buffer): number {
	const tag = format.readUInt16LE(0);
	const bits = format.readUInt16LE(14);
	const isNumber = [1, 3].includes(tag === 0xfffe && format.length >= 26 ? format.readUInt16LE(24) : tag);
	return isNumber && bits % 8 === 0 && bits > 8 && bits <= 64 ? bits / 8 : 1;
}

/** A header up to the samples. @param size bytes of samples */
function wavHeader(format: Buffer, size: number): Buffer {
	const header = Buffer.alloc(RIFF_HEADER + CHUNK_HEADER + format.length + CHUNK_HEADER);
	const claimed = (bytes: number) => Math.min(bytes, 0xffff_ffff);
	header.write('RIFF', 0, 'latin1');
	header.writeUInt32LE(claimed(header.length - CHUNK_HEADER + size), 4);
	header.write('WAVEfmt ', 8, 'latin1');
	header.writeUInt32LE(format.length, 16);
	format.copy(header, 20);
	header.write('data', 20 + format.length, 'latin1');
	header.writeUInt32LE(claimed(size), 24 + format.length);
	return header;
}

/** The file anew, under a header that is right. */
function mended(file: InputFile, { data, format, isBigEndian }: Wav): InputFile {
	const samples = viewOf(file, data);
	const plain = isBigEndian ? littleEndian(format) : format;
	const width = isBigEndian ? sampleWidth(plain) : 1;
	return headed(plain, width > 1 ? swappedView(samples, width) : samples);
}

/** Samples as a WAV file. @param format content of the chunk that says what they are */
export function headed(format: Buffer, samples: InputFile): InputFile {
	return viewOf(samples, [wavHeader(format, samples.size), { start: 0, size: samples.size }]);
}

/** The recordings of a RIFF or RIFX file of waves; undefined where it is another file, or describes no samples. */
export function wavRecordings(file: InputFile): InputFile[] | undefined {
	const recordings: InputFile[] = [];
	for (let start = 0; beginsAt(file, start); ) {
		const wav = new Walk(file, start).wav();
		if (!wav) break;
		const size = wav.end - start;
		const piece: Piece = { start, size };
		const isWhole = start === 0 && size === file.size;
		recordings.push(wav.isOdd ? mended(file, wav) : isWhole ? file : viewOf(file, [piece]));
		start = wav.end;
	}
	return recordings.length > 0 ? recordings : undefined;
}
