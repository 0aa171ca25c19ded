/** Seconds at millisecond precision without floating-point noise: 0.1 + 0.2 gives 0.3. */
export function seconds(value: number): number {
	// `+ 0` turns -0, which rounding a tiny negative number gives, into 0.
	return Math.round(value * 1000) / 1000 + 0;
}
