/** Searching in what is sorted. */

/**
 * How many hold something, of which the first ones do and no later one: by halves, so in few steps of many.
 * @param length of the list
 * @param holds whether the one with this index does
 */
export function countWhile(length: number, holds: (index: number) => boolean): number {
	let [low, high] = [0, length];
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (holds(middle)) low = middle + 1;
		else high = middle;
	}
	return low;
}
