/** Numbers of 16 bits (IEEE 754), as which weights are stored. */

/** Exponents count from 15 in 16 bits and from 127 in 32: numbers whose bits were only moved are too small by this. */
const FACTOR = 2 ** (127 - 15);
const SIGN = 0x8000;
/** Places that a fraction has more in 32 bits. */
const SHIFT = 13;

/** @param halves little-endian; none of them infinite or no number @param target gets as many numbers of 32 bits */
export function makeWhole(halves: Uint8Array, target: Float32Array): void {
	const bits = new Int32Array(target.buffer, target.byteOffset, target.length);
	for (let i = 0; i < halves.length / 2; i++) {
		const half = halves[2 * i]! | (halves[2 * i + 1]! << 8);
		bits[i] = ((half & SIGN) << 16) | ((half & (SIGN - 1)) << SHIFT);
		target[i]! *= FACTOR;
	}
}
