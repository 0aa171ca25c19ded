/** Arithmetic of vectors of length one. */

/** Scales a vector to length one, in place. A vector of zeros stays as it is. */
export function normalize(vector: Float32Array): Float32Array {
	let sum = 0;
	for (let i = 0; i < vector.length; i++) sum += (vector[i] as number) ** 2;
	if (sum === 0) return vector;
	const factor = 1 / Math.sqrt(sum);
	for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) * factor;
	return vector;
}

/** Dot product of a vector with a stretch of another; four sums side by side, as a processor can do them at once. */
export function dot(block: Float32Array, offset: number, vector: Float32Array): number {
	const { length } = vector;
	let [a, b, c, d] = [0, 0, 0, 0];
	let i = 0;
	for (; i + 3 < length; i += 4) {
		a += (block[offset + i] as number) * (vector[i] as number);
		b += (block[offset + i + 1] as number) * (vector[i + 1] as number);
		c += (block[offset + i + 2] as number) * (vector[i + 2] as number);
		d += (block[offset + i + 3] as number) * (vector[i + 3] as number);
	}
	for (; i < length; i++) a += (block[offset + i] as number) * (vector[i] as number);
	return a + b + (c + d);
}

/** Cosine of two vectors of length one. */
export function cosine(a: Float32Array, b: Float32Array): number {
	return dot(a, 0, b);
}

/** Cosines of all pairs of vectors of length one. */
export function pairCosines(vectors: readonly Float32Array[]): number[] {
	return vectors.flatMap((one, i) => vectors.slice(i + 1).map((other) => cosine(one, other)));
}

/** A vector's numbers with the digits that float32 has, so that they do not fill the page. */
export function plainNumbers(vector: Float32Array): number[] {
	return Array.from(vector, (value) => Number(value.toPrecision(7)));
}

/** Sum of vectors of one dimension, each times its weight. Of none: an empty one. */
export function weightedSum(vectors: readonly Float32Array[], weights: readonly number[]): Float64Array {
	const sum = new Float64Array(vectors[0]?.length ?? 0);
	vectors.forEach((vector, v) => {
		for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (vector[i] as number) * (weights[v] as number);
	});
	return sum;
}
