/** The value below which `share` of the values lie. Of none: NaN. */
export function quantile(values: readonly number[], share: number): number {
	const sorted = Float64Array.from(values).sort();
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** As many values of the upper, and of the lower half of a number's bits. */
const HALF = 2 ** 16;

/**
 * The number that would stand at an index if they were sorted; none is negative. In that case they are in the order of their bits.
 * @param values not empty
 */
export function nthSmallest(values: Float32Array, index: number): number {
	const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
	const counts = new Uint32Array(HALF);
	for (let i = 0; i < bits.length; i++) counts[bits[i]! >>> 16]!++;
	let [before, upper] = [0, 0];
	while (before + counts[upper]! <= index) before += counts[upper++]!;
	counts.fill(0);
	for (let i = 0; i < bits.length; i++) if (bits[i]! >>> 16 === upper) counts[bits[i]! & (HALF - 1)]!++;
	let lower = 0;
	while (before + counts[lower]! <= index) before += counts[lower++]!;
	return new Float32Array(Uint32Array.of(upper * HALF + lower).buffer)[0]!;
}
