/** Pixels as a PNG file: what another reader sees in it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pngFile } from '../../../../dist/engine/process/artefacts/picture/pngFile.js';
import { ffmpeg } from '../media/support/encode.mts';

test('a PNG file has its pixels, row by row, whatever their number is', async () => {
	const [width, height] = [37, 11];
	const pixels = Uint8Array.from({ length: width * height * 4 }, (_, i) => (i * 31 + (i >> 5)) & 255);
	const png = pngFile(pixels, width, height);
	const read = await ffmpeg({ '/picture.png': png }, '-err_detect', 'crccheck+explode', '-i', '/picture.png', '-f', 'rawvideo', '-pix_fmt', 'rgba', '/pixels.rgba');
	assert.deepEqual(new Uint8Array(read), pixels);
});
