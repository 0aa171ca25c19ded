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

/** Cosine of two vectors of length one. */
export function cosine(a: Float32Array, b: Float32Array): number {
	let sum = 0;
	for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
	return sum;
}

/** Sum of vectors of one dimension, each times its weight. Of none: an empty one. */
export function weightedSum(vectors: readonly Float32Array[], weights: readonly number[]): Float64Array {
	const sum = new Float64Array(vectors[0]?.length ?? 0);
	vectors.forEach((vector, v) => {
		for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (vector[i] as number) * (weights[v] as number);
	});
	return sum;
}
