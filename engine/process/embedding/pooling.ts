/** Statistics over time of a model's features: what a voice is like on the whole, of any choice of rows. */

/** Added to the variance before its square root, as the networks were trained. */
const LEAST_VARIANCE = 1e-7;

/** Collects rows of features; of what is collected, only sums are kept. */
export class RowStatistics {
	private readonly sums: Float64Array;

	private readonly squares: Float64Array;

	private rows = 0;

	/** @param width numbers per row */
	constructor(private readonly width: number) {
		this.sums = new Float64Array(width);
		this.squares = new Float64Array(width);
	}

	/**
	 * @param features `[rows, width]`
	 * @param from first row that counts
	 * @param to the row behind the last one
	 */
	add(features: Float32Array, from: number, to: number): void {
		const { width, sums, squares } = this;
		for (let row = from; row < to; row++) {
			const start = row * width;
			for (let i = 0; i < width; i++) {
				const value = features[start + i]!;
				sums[i] = sums[i]! + value;
				squares[i] = squares[i]! + value * value;
			}
		}
		this.rows += to - from;
	}

	/** All that another has collected counts here too. */
	include(other: RowStatistics): void {
		for (let i = 0; i < this.width; i++) {
			this.sums[i] = this.sums[i]! + other.sums[i]!;
			this.squares[i] = this.squares[i]! + other.squares[i]!;
		}
		this.rows += other.rows;
	}

	/** @param target `[2 · width]`: the means, then the deviations (unbiased; of a single row: none) */
	write(target: Float32Array): void {
		const { width, rows, sums, squares } = this;
		for (let i = 0; i < width; i++) {
			const mean = sums[i]! / rows;
			const variance = rows > 1 ? Math.max(0, (squares[i]! - sums[i]! * mean) / (rows - 1)) : 0;
			target[i] = mean;
			target[width + i] = Math.sqrt(variance + LEAST_VARIANCE);
		}
	}
}
