/** Joins the most alike two clusters, again and again. What a cluster is and how alike two are is the caller's. */

/** How clusters are compared and joined. */
export interface Measure<C> {
	/** The more, the more alike; the same both ways round. */
	alike(one: C, other: C): number;
	/** What both are together. */
	join(one: C, other: C): C;
}

interface Cluster<C> {
	/** Undefined where it was joined with another. */
	content: C | undefined;
	/** Numbers of what it is made of. */
	members: number[];
}

/** How alike each is to each; of each the most alike one before it is known, so that a join costs one row. */
class Pairs<C> {
	/** `[size, size]`, below the diagonal. */
	private readonly alike: Float64Array;

	/** Of each cluster, the most alike one before it; -1 where there is none. */
	private readonly nearest: Int32Array;

	constructor(
		private readonly clusters: ReadonlyArray<Cluster<C>>,
		private readonly measure: Measure<C>,
	) {
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
		into.content = this.measure.join(into.content!, from.content!);
		into.members.push(...from.members);
		from.content = undefined;
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
		return this.clusters[one]!.content !== undefined;
	}

	private at(one: number, other: number): number {
		return Math.max(one, other) * this.clusters.length + Math.min(one, other);
	}

	private between(one: number, other: number): number {
		return this.alike[this.at(one, other)]!;
	}

	private compare(one: number, other: number): void {
		this.alike[this.at(one, other)] = this.measure.alike(this.clusters[one]!.content!, this.clusters[other]!.content!);
	}

	private findNearest(one: number): void {
		let best = -1;
		for (let other = 0; other < one; other++) {
			if (this.isOpen(other) && (best === -1 || this.between(one, other) > this.between(one, best))) best = other;
		}
		this.nearest[one] = best;
	}
}

/** Clusters in the making. While one joins, its memory grows with the square of how many are open. */
export class Agglomeration<C> {
	private readonly clusters: Array<Cluster<C>> = [];

	private added = 0;

	constructor(private readonly measure: Measure<C>) {}

	/** How many clusters there are now. */
	get size(): number {
		return this.clusters.length;
	}

	/** A cluster of its own, whose only member has the next number, counted from 0. */
	add(content: C): void {
		this.clusters.push({ content, members: [this.added++] });
	}

	/** Joins while two are as alike as `least` and more than `left` are there. */
	join(least: number, left = 1): void {
		const pairs = new Pairs(this.clusters, this.measure);
		for (let open = this.clusters.length; open > left; open--) {
			const best = pairs.mostAlike();
			if (!best || best.alike < least) break;
			pairs.join(best.one, best.other);
		}
		this.clusters.splice(0, Infinity, ...this.clusters.filter(({ content }) => content !== undefined));
	}

	/** The members of each cluster, ascending, in order of their first ones. */
	get members(): number[][] {
		return this.clusters.map(({ members }) => [...members].sort((one, other) => one - other)).sort(([one], [other]) => one! - other!);
	}
}
