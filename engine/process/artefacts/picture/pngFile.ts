/** Pixels as a PNG file (ISO/IEC 15948), packed by Node.js: a third of the renderer's own time, and the files are smaller. */
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Areas of one colour: more than this takes longer and saves little. */
const LEVEL = 3;

const BYTES = 4;

/** Red, green, blue and opacity of 8 bits each. */
const RGBA = 6;

function chunk(type: string, data: Uint8Array): Buffer {
	const bytes = Buffer.alloc(12 + data.length);
	bytes.writeUInt32BE(data.length, 0);
	bytes.write(type, 4, 'latin1');
	bytes.set(data, 8);
	bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
	return bytes;
}

/** @param pixels rows of `width` pixels, four bytes each: red, green, blue, opacity (not multiplied in) */
export function pngFile(pixels: Uint8Array, width: number, height: number): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, RGBA], 8);
	const row = BYTES * width;
	// Before each row stands how it is predicted: 0, not at all.
	const rows = Buffer.alloc((row + 1) * height);
	for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
	return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', deflateSync(rows, { level: LEVEL })), chunk('IEND', Buffer.alloc(0))]);
}
