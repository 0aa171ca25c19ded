/**
 * Who of many unknown speakers is the same: clustering by average linkage, so that two groups become one as long as
 * their members are, on average, alike enough. By chains of nearest neighbours, in quadratic time and one matrix.
 */
import { VoiceprintError } from '../errors';
import type { Pace } from './pace';

/** The matrix of that many takes 100 MB. */
export const MOST_TO_CLUSTER = 5000;

/** How alike each is to each other: `[size, size]`, symmetric; the diagonal does not count. */
export interface Similarities {
	size: number;
	values: Float32Array;
}

/** @throws VoiceprintError TOO_MANY_VOICEPRINTS */
export function emptySimilarities(size: number): Similarities {
	if (size > MOST_TO_CLUSTER) {
		throw new VoiceprintError(
			'TOO_MANY_VOICEPRINTS',
			`${size} voiceprints are too many to group at once: ${MOST_TO_CLUSTER} is the most`,
			'Group fewer at a time, or merge the voiceprints of each known speaker first and use Identify for the others.',
		);
	}
	return { size, values: new Float32Array(size * size) };
}

/** Notes how alike two are. */
export function setSimilarity({ size, values }: Similarities, one: number, other: number, similarity: number): void {
	values[one * size + other] = similarity;
	values[other * size + one] = similarity;
}

/**
 * @param similarities are used up
 * @param threshold average similarity from which on two groups are one
 * @returns for each, the number of its cluster, counted from 0 in the order of first members
 * @throws VoiceprintError CANCELED
 */
export async function cluster(similarities: Similarities, threshold: number, pace: Pace): Promise<number[]> {
	const { size } = similarities;
	/** Members of the cluster that each stands for; 0 where another one stands for it. */
	const members = new Int32Array(size).fill(1);
	/** Another one of the same cluster; itself, where it stands for it. */
	const parent = Int32Array.from({ length: size }, (_, i) => i);
	/** Clusters that no other one comes near enough any more. */
	const isFinal = new Uint8Array(size);
	const chain: number[] = [];
	for (let next = 0; ; ) {
		if (pace.isDue) await pace.rest();
		if (chain.length === 0) {
			while (next < size && (members[next] === 0 || isFinal[next] === 1)) next++;
			if (next === size) break;
			chain.push(next);
		}
		const end = chain.at(-1) as number;
		const before = chain.at(-2);
		const { neighbour, similarity } = nearest(similarities, end, before, members, isFinal);
		if (neighbour === -1 || similarity < threshold) {
			// Nobody is near enough to it, and by average linkage a union of others does not come nearer than the nearest.
			isFinal[end] = 1;
			chain.length = 0;
		} else if (neighbour === before) {
			chain.length -= 2;
			join(similarities, before, end, members);
			parent[end] = before;
		} else {
			chain.push(neighbour);
		}
	}
	return numbered(parent);
}

/** The most similar cluster; among equals the one before in the chain, so that every chain ends, then the first. */
function nearest(
	{ size, values }: Similarities,
	one: number,
	before: number | undefined,
	members: Int32Array,
	isFinal: Uint8Array,
): { neighbour: number; similarity: number } {
	let neighbour = before ?? -1;
	let similarity = before === undefined ? -Infinity : (values[one * size + before] as number);
	for (let other = 0, at = one * size; other < size; other++, at++) {
		if ((values[at] as number) > similarity && members[other] !== 0 && isFinal[other] === 0 && other !== one) {
			neighbour = other;
			similarity = values[at] as number;
		}
	}
	return { neighbour, similarity };
}

/** Puts two clusters together, under the first one: its similarities become the averages over all pairs of members. */
function join({ size, values }: Similarities, one: number, other: number, members: Int32Array): void {
	const [here, there] = [members[one] as number, members[other] as number];
	for (let third = 0; third < size; third++) {
		if (members[third] === 0) continue;
		const average = (here * values[one * size + third]! + there * values[other * size + third]!) / (here + there);
		values[one * size + third] = average;
		values[third * size + one] = average;
	}
	members[one] = here + there;
	members[other] = 0;
}

function numbered(parent: Int32Array): number[] {
	const numbers = new Map<number, number>();
	return Array.from(parent, (_, one) => {
		let top = one;
		while (parent[top] !== top) top = parent[top] as number;
		const number = numbers.get(top) ?? numbers.size;
		numbers.set(top, number);
		return number;
	});
}
