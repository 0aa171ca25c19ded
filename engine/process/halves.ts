/** Numbers of 16 bits (IEEE 754), as which weights are stored. */

/** Those that are not negative, in their order; made when they are needed. */
let table: Float32Array | undefined;

const newTable = () =>
	Float32Array.from({ length: 32_768 }, (_, bits) => {
		const [exponent, fraction] = [bits >> 10, (bits & 1023) / 1024];
		return exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15);
	});

/** @param halves little-endian; none of them infinite or no number @param target gets as many numbers of 32 bits */
export function makeWhole(halves: Uint8Array, target: Float32Array): void {
	const values = (table ??= newTable());
	for (let i = 0; i < halves.length / 2; i++) {
		const bits = halves[2 * i]! | (halves[2 * i + 1]! << 8);
		target[i] = bits < values.length ? values[bits]! : -values[bits - values.length]!;
	}
}
