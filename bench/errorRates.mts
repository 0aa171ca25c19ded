/** How well scores tell pairs of one speaker from pairs of two. All lists are sorted, ascending, and not empty. */

/** Share of the values below a threshold. */
export function shareBelow(sorted: Float64Array, threshold: number): number {
	let [low, high] = [0, sorted.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (sorted[middle] < threshold) low = middle + 1;
		else high = middle;
	}
	return low / sorted.length;
}

/** Where as many strangers pass as speakers are missed. */
export function equalErrorRate(same: Float64Array, different: Float64Array): number {
	let below = 0;
	for (let missed = 0; missed < same.length; missed++) {
		while (below < different.length && different[below] < same[missed]) below++;
		const [rejects, accepts] = [missed / same.length, 1 - below / different.length];
		if (rejects >= accepts) return (rejects + accepts) / 2;
	}
	return 0;
}

/**
 * Detection cost at the best threshold, relative to the better of two constant answers; both errors cost 1.
 * @param prior probability of one speaker
 */
export function minimumCost(same: Float64Array, different: Float64Array, prior: number): number {
	let least = Infinity;
	let below = 0;
	for (let missed = 0; missed <= same.length; missed++) {
		const threshold = same[missed] ?? Infinity;
		while (below < different.length && different[below] < threshold) below++;
		least = Math.min(least, prior * (missed / same.length) + (1 - prior) * (1 - below / different.length));
	}
	return least / Math.min(prior, 1 - prior);
}

/** Cost of log-likelihood ratios, bits per decision: 0 is perfect, 1 says nothing. */
export function cllr(same: Float64Array, different: Float64Array): number {
	const mean = (values: Float64Array, sign: number) =>
		values.reduce((sum, value) => sum + Math.log2(1 + Math.exp(sign * value)), 0) / values.length;
	return (mean(same, -1) + mean(different, 1)) / 2;
}
