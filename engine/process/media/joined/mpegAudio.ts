/**
 * MP3 and ADTS, frame by frame: tags between and behind the frames are no sound, and FFmpeg would report them as damage;
 * an MP3 that was appended begins with a frame that describes it.
 */
import type { InputFile } from '../inputFile';
import { Reader, type Piece } from '../view';

/** Bytes in which the parts of a frame's header and its description lie. */
const FRAME_HEAD = 48;

/** kbit/s by version (MPEG 1; 2 and 2.5), layer and index. */
const BIT_RATES: Record<string, number[]> = {
	'1/1': [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
	'1/2': [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
	'1/3': [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
	'2/1': [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
	'2/2': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
	'2/3': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};

const RATES = [44_100, 48_000, 32_000];

/** Bytes of the MPEG audio frame that begins here; 0 where none does. */
function mpegFrame(head: Buffer): number {
	if (head.length < 4 || head[0] !== 0xff || (head[1]! & 0xe0) !== 0xe0) return 0;
	const [versionBits, layerBits] = [(head[1]! >> 3) & 3, (head[1]! >> 1) & 3];
	const [rateIndex, bitIndex] = [(head[2]! >> 2) & 3, head[2]! >> 4];
	if (versionBits === 1 || layerBits === 0 || rateIndex === 3 || bitIndex === 0 || bitIndex === 15) return 0;
	const layer = 4 - layerBits;
	const isFirst = versionBits === 3;
	const rate = RATES[rateIndex]! / (isFirst ? 1 : versionBits === 2 ? 2 : 4);
	const bits = BIT_RATES[`${isFirst ? 1 : 2}/${layer}`]![bitIndex - 1]! * 1000;
	const padding = (head[2]! >> 1) & 1;
	if (layer === 1) return (Math.floor((12 * bits) / rate) + padding) * 4;
	return Math.floor(((layer === 3 && !isFirst ? 72 : 144) * bits) / rate) + padding;
}

/** Bytes of the ADTS frame that begins here; 0 where none does. */
function adtsFrame(head: Buffer): number {
	if (head.length < 7 || head[0] !== 0xff || (head[1]! & 0xf6) !== 0xf0 || ((head[2]! >> 2) & 15) > 12) return 0;
	const length = ((head[3]! & 3) << 11) | (head[4]! << 3) | (head[5]! >> 5);
	return length >= 7 ? length : 0;
}

/** Whether an MPEG audio frame describes the file it begins instead of carrying sound. */
function describesFile(head: Buffer): boolean {
	const isMono = head[3]! >> 6 === 3;
	const isFirst = ((head[1]! >> 3) & 3) === 3;
	const at = 4 + (isFirst ? (isMono ? 17 : 32) : isMono ? 9 : 17);
	return /^(Xing|Info)$/.test(head.toString('latin1', at, at + 4)) || head.toString('latin1', 36, 40) === 'VBRI';
}

/** Rate and channels of an ADTS frame: FFmpeg counts time by those of the first. */
const adtsFormat = (head: Buffer): number => ((head[2]! & 0x3d) << 8) | (head[3]! & 0xc0);

const syncsafe = (bytes: Buffer, at: number): number =>
	(bytes[at]! << 21) | (bytes[at + 1]! << 14) | (bytes[at + 2]! << 7) | bytes[at + 3]!;

const APE_TAG = 32;

/** Bytes of the lyrics tag that begins here: it says how long it is at its end. */
function lyricsTag(reader: Reader, position: number): number {
	const bytes = reader.at(position, 2 ** 18);
	const end = ['LYRICS200', 'LYRICSEND'].map((mark) => bytes.indexOf(mark, 11, 'latin1')).filter((at) => at >= 0);
	return end.length > 0 ? Math.min(...end) + 9 : 0;
}

/** Bytes of an APE tag of the first version, which has no header: it ends with one. */
function apeItems(reader: Reader, position: number): number {
	const bytes = reader.at(position, 2 ** 16);
	const footer = bytes.indexOf('APETAGEX', 0, 'latin1');
	if (footer < 0 || footer + APE_TAG > bytes.length) return 0;
	const end = footer + APE_TAG;
	return bytes.readUInt32LE(footer + 12) === end ? end : 0;
}

/** Bytes of the tag that begins at a position; 0 where none does. */
function tagAt(reader: Reader, position: number): number {
	const head = Buffer.from(reader.at(position, APE_TAG));
	const start = head.toString('latin1', 0, 11);
	if (start.startsWith('ID3') && head.length >= 10) return 10 + syncsafe(head, 6) + (head[5]! & 0x10 ? 10 : 0);
	if (start.startsWith('TAG+')) return 227;
	if (start.startsWith('TAG')) return 128;
	if (start === 'LYRICSBEGIN') return lyricsTag(reader, position);
	if (!start.startsWith('APETAGEX') || head.length < APE_TAG) return apeItems(reader, position);
	const [size, flags] = [head.readUInt32LE(12), head.readUInt32LE(20)];
	// The size counts the footer, not the header; here stands the header, or a footer alone.
	return flags & 0x2000_0000 ? APE_TAG + size : APE_TAG;
}

type FrameAt = (head: Buffer) => number;

/** The frames of the file, or undefined where it is neither MP3 nor ADTS. */
function frameReader(reader: Reader): FrameAt | undefined {
	let position = 0;
	for (let tag = tagAt(reader, 0); tag > 0 && position < reader.file.size; tag = tagAt(reader, position)) position += tag;
	return [mpegFrame, adtsFrame].find((frameAt) => {
		const length = frameAt(reader.at(position, FRAME_HEAD));
		return length > 0 && frameAt(reader.at(position + length, FRAME_HEAD)) > 0;
	});
}

/** Bytes that are searched for the next frame behind damage; further on, all is left as it is. */
const LONGEST_DAMAGE = 2 ** 16;

/** Position of the next two frames or the next tag; the file's end where there is none near. */
function nextFrame(reader: Reader, from: number, frameAt: FrameAt): number {
	const bytes = Buffer.from(reader.at(from, LONGEST_DAMAGE));
	for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
		const length = frameAt(bytes.subarray(at, at + FRAME_HEAD));
		if (length > 0 && frameAt(reader.at(from + at + length, FRAME_HEAD)) > 0) return from + at;
	}
	return reader.file.size;
}

/**
 * The recordings of an MP3 or ADTS file, each in pieces without the tags behind its first frame; undefined where it is
 * another file.
 */
export function mpegAudioRecordings(file: InputFile): Piece[][] | undefined {
	const reader = new Reader(file);
	const frameAt = frameReader(reader);
	if (!frameAt) return undefined;
	const recordings: Array<Array<{ start: number; size: number }>> = [[]];
	let start = 0;
	const cut = (end: number, next: number) => {
		if (end > start) recordings.at(-1)!.push({ start, size: end - start });
		start = next;
	};
	const begin = (position: number) => {
		cut(position, position);
		recordings.push([]);
	};
	let [frames, format] = [0, -1];
	for (let position = 0; position < file.size; ) {
		const head = reader.at(position, FRAME_HEAD);
		const frame = frameAt(head);
		if (frame > 0) {
			const before = format;
			if (frameAt === adtsFrame) format = adtsFormat(head);
			if (frames > 0 && (frameAt === mpegFrame ? describesFile(head) : format !== before)) begin(position);
			frames += 1;
			position += frame;
			continue;
		}
		const tag = tagAt(reader, position);
		if (tag > 0 && frames > 0) cut(position, position + tag);
		position = tag > 0 ? position + tag : nextFrame(reader, position + 1, frameAt);
	}
	cut(file.size, file.size);
	return recordings.filter((pieces) => pieces.length > 0);
}
