/**
 * Which pieces are one speaker: average linkage on the cosine. As the vectors have length one, the mean cosine between
 * two clusters follows from their sums, so that no matrix of all pairs is needed and memory does not grow with its square.
 */

/** Mean cosine from which on two clusters are one speaker; measured for pieces of 2 s of `voiceprint-resnet34-v1`. */
export const SAME_SPEAKER = 0.3;

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
	members: number[];
}

function dotOf(one: Float64Array, other: Float64Array): number {
	let sum = 0;
	for (let i = 0; i < one.length; i++) sum += one[i]! * other[i]!;
	return sum;
}

/** How alike each is to each; of each the most alike one before it is known, so that a join costs one row. */
class Pairs {
	/** `[size, size]`, below the diagonal. */
	private readonly alike: Float64Array;

	/** Of each cluster, the most alike one before it; -1 where there is none. */
	private readonly nearest: Int32Array;

	constructor(private readonly clusters: readonly Cluster[]) {
		const size = clusters.length;
		this.alike = new Float64Array(size * size);
		this.nearest = new Int32Array(size).fill(-1);
		for (let one = 0; one < size; one++) {
			for (let other = 0; other < one; other++) this.compare(one, other);
			this.findNearest(one);
		}
	}

	mostAlike(): { one: number; other: number; alike: number } | undefined {
		let best: { one: number; other: number; alike: number } | undefined;
		for (let other = 0; other < this.clusters.length; other++) {
			const one = this.nearest[other]!;
			if (one === -1) continue;
			const alike = this.between(one, other);
			if (!best || alike > best.alike) best = { one, other, alike };
		}
		return best;
	}

	/** The members of the later one go to the earlier one. */
	join(one: number, other: number): void {
		const [into, from] = [this.clusters[one]!, this.clusters[other]!];
		for (let i = 0; i < into.sum.length; i++) into.sum[i] = into.sum[i]! + from.sum[i]!;
		into.members.push(...from.members);
		from.members = [];
		this.nearest[other] = -1;
		for (let third = 0; third < this.clusters.length; third++) {
			if (third !== one && this.isOpen(third)) this.compare(one, third);
		}
		this.findNearest(one);
		for (let third = one + 1; third < this.clusters.length; third++) {
			if (!this.isOpen(third)) continue;
			const nearest = this.nearest[third]!;
			if (nearest === one || nearest === other) this.findNearest(third);
			else if (nearest === -1 || this.between(one, third) > this.between(nearest, third)) this.nearest[third] = one;
		}
	}

	private isOpen(one: number): boolean {
		return this.clusters[one]!.members.length > 0;
	}

	private at(one: number, other: number): number {
		return Math.max(one, other) * this.clusters.length + Math.min(one, other);
	}

	private between(one: number, other: number): number {
		return this.alike[this.at(one, other)]!;
	}

	/** The mean cosine of all pairs of members. */
	private compare(one: number, other: number): void {
		const [here, there] = [this.clusters[one]!, this.clusters[other]!];
		this.alike[this.at(one, other)] = dotOf(here.sum, there.sum) / (here.members.length * there.members.length);
	}

	private findNearest(one: number): void {
		let best = -1;
		for (let other = 0; other < one; other++) {
			if (this.isOpen(other) && (best === -1 || this.between(one, other) > this.between(one, best))) best = other;
		}
		this.nearest[one] = best;
	}
}

class Linkage {
	private readonly clusters: Cluster[] = [];

	add(vector: Float32Array, member: number): void {
		this.clusters.push({ sum: Float64Array.from(vector), members: [member] });
		if (this.clusters.length > MOST_EVER) this.join(-1, LEFT_OPEN);
		else if (this.clusters.length > MOST_OPEN && this.clusters.length % (MOST_OPEN - LEFT_OPEN) === 1) this.join(CLEARLY_ALIKE, LEFT_OPEN);
	}

	/** Joins the most alike two, again and again, while they are as alike as `least` and more than `left` are open. */
	join(least: number, left = 1): void {
		const pairs = new Pairs(this.clusters);
		for (let open = this.clusters.length; open > left; open--) {
			const best = pairs.mostAlike();
			if (!best || best.alike < least) break;
			pairs.join(best.one, best.other);
		}
		this.clusters.splice(0, Infinity, ...this.clusters.filter(({ members }) => members.length > 0));
	}

	get members(): number[][] {
		return this.clusters.map(({ members }) => members);
	}
}

/**
 * @param vectors of length one
 * @param threshold mean cosine from which on two clusters are one
 * @returns members of each cluster, in order of their first ones
 */
export function linkByAverage(vectors: readonly Float32Array[], threshold: number): number[][] {
	const linkage = new Linkage();
	vectors.forEach((vector, i) => linkage.add(vector, i));
	linkage.join(threshold);
	return linkage.members.map((members) => members.sort((one, other) => one - other)).sort(([one], [other]) => one! - other!);
}
