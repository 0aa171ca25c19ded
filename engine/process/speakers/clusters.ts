/**
 * Which pieces are one speaker: average linkage on the cosine. As the vectors have length one, the mean cosine between
 * two clusters follows from their sums, so that no matrix of all pairs is needed and memory does not grow with its square.
 */
import { Agglomeration, type Measure } from './agglomeration';

/** Mean cosine from which on two clusters are one speaker, by model: measured for pieces of 2 s. */
export const SAME_SPEAKER: Record<'accurate' | 'fast', number> = { accurate: 0.3, fast: 0.22 };

/** With more open clusters than this… */
const MOST_OPEN = 400;
/** …the most alike are joined until so many are left… */
const LEFT_OPEN = 200;
/** …as long as they are clearly alike. */
const CLEARLY_ALIKE = 0.65;
/** From here on they are joined whatever they are like. */
const MOST_EVER = 2000;

interface Cluster {
	sum: Float64Array;
	members: number;
}

export function dotOf(one: Float64Array, other: Float64Array): number {
	let sum = 0;
	for (let i = 0; i < one.length; i++) sum += one[i]! * other[i]!;
	return sum;
}

/** The mean cosine of all pairs of members. */
const MEAN_COSINE: Measure<Cluster> = {
	alike: (one, other) => dotOf(one.sum, other.sum) / (one.members * other.members),
	join: (one, other) => ({ sum: one.sum.map((value, i) => value + other.sum[i]!), members: one.members + other.members }),
};

/**
 * @param vectors of length one
 * @param threshold mean cosine from which on two clusters are one
 * @param most so many clusters are left at most, even if they are less alike
 * @returns members of each cluster, in order of their first ones
 */
export function linkByAverage(vectors: readonly Float32Array[], threshold: number, most = Infinity): number[][] {
	const linkage = new Agglomeration(MEAN_COSINE);
	for (const vector of vectors) {
		linkage.add({ sum: Float64Array.from(vector), members: 1 });
		if (linkage.size > MOST_EVER) linkage.join(-1, LEFT_OPEN);
		else if (linkage.size > MOST_OPEN && linkage.size % (MOST_OPEN - LEFT_OPEN) === 1) linkage.join(CLEARLY_ALIKE, LEFT_OPEN);
	}
	linkage.join(threshold);
	if (linkage.size > most) linkage.join(-1, most);
	return linkage.members;
}
