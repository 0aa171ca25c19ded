/** Numbers of 16 bits become the same numbers of 32. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeWhole } from '../../../dist/engine/process/halves.js';

const KNOWN: Array<[bits: number, value: number]> = [
	[0x0000, 0],
	[0x8000, -0],
	[0x0001, 2 ** -24],
	[0x03ff, 1023 * 2 ** -24],
	[0x0400, 2 ** -14],
	[0x2e66, 0.0999755859375],
	[0x3555, 0.333251953125],
	[0x3c00, 1],
	[0x3c01, 1 + 2 ** -10],
	[0xc000, -2],
	[0x7bff, 65_504],
	[0xfbff, -65_504],
];

test('the known ones, at odd places too', () => {
	for (const offset of [0, 1]) {
		const bytes = new Uint8Array(offset + 2 * KNOWN.length);
		const view = new DataView(bytes.buffer);
		KNOWN.forEach(([bits], i) => view.setUint16(offset + 2 * i, bits, true));
		const whole = new Float32Array(KNOWN.length);
		makeWhole(bytes.subarray(offset), whole);
		assert.deepEqual([...whole], KNOWN.map(([, value]) => value));
	}
});
