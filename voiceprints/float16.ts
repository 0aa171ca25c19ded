/** Half-precision numbers (IEEE 754 binary16): 11 significant bits, enough for a cosine to three decimals. */

/** The largest finite half. */
export const LARGEST_HALF = 65_504;

const scratch = new DataView(new ArrayBuffer(4));

/** The bits of the half nearest to a number; ties go to the even one, and what is too large becomes infinite. */
export function halfBits(value: number): number {
	scratch.setFloat32(0, value);
	const bits = scratch.getUint32(0);
	const sign = (bits >>> 16) & 0x8000;
	const magnitude = bits & 0x7fff_ffff;
	if (magnitude >= 0x7f80_0000) return sign | (magnitude > 0x7f80_0000 ? 0x7e00 : 0x7c00); // NaN, infinity
	if (magnitude < 0x3880_0000) return sign | roundToEven(Math.abs(value) * 2 ** 24); // subnormal: a multiple of 2^-24
	// Rounding may carry into the exponent, which is what it should do: 1.1111 becomes 10.000.
	const rebased = magnitude - (112 << 23);
	const rounded = (rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13;
	return sign | Math.min(rounded, 0x7c00);
}

let table: Float32Array | undefined;

/** The number behind every one of the 65,536 bit patterns, made on first use: looking up is the fastest way to decode. */
export function halves(): Float32Array {
	table ??= Float32Array.from({ length: 65_536 }, (_, bits) => halfValue(bits));
	return table;
}

function halfValue(bits: number): number {
	const sign = bits & 0x8000 ? -1 : 1;
	const exponent = (bits >>> 10) & 0x1f;
	const fraction = bits & 0x3ff;
	if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
	return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function roundToEven(value: number): number {
	const floor = Math.floor(value);
	const rest = value - floor;
	return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
