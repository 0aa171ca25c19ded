/** Frame scores of voice activity detection, on frames of 10 ms. */

export type Span = readonly [start: number, end: number];

const FRAME = 0.01;

/** 1 where a frame is speech. */
export function frames(spans: readonly Span[], duration: number): Uint8Array {
	const marked = new Uint8Array(Math.floor(duration / FRAME + 1e-6));
	for (const [start, end] of spans) marked.fill(1, Math.round(start / FRAME), Math.round(end / FRAME));
	return marked;
}

export interface Counts {
	truePositives: number;
	falsePositives: number;
	falseNegatives: number;
}

export function count(found: Uint8Array, truth: Uint8Array): Counts {
	const counts = { truePositives: 0, falsePositives: 0, falseNegatives: 0 };
	truth.forEach((speech, i) => {
		if (speech && found[i]) counts.truePositives++;
		else if (found[i]) counts.falsePositives++;
		else if (speech) counts.falseNegatives++;
	});
	return counts;
}

/** F1, precision and recall over the frames of several recordings together. */
export function score(all: Counts[]): { f1: number; precision: number; recall: number } {
	const sum = (key: keyof Counts) => all.reduce((total, counts) => total + counts[key], 0);
	const [hits, extra, missed] = [sum('truePositives'), sum('falsePositives'), sum('falseNegatives')];
	return { f1: (2 * hits) / (2 * hits + extra + missed), precision: hits / (hits + extra), recall: hits / (hits + missed) };
}

/** Area under the ROC curve of scores for frames with truth 0 or 1, ties shared. */
export function rocAuc(scores: ArrayLike<number>, truth: ArrayLike<number>): number {
	const order = Array.from({ length: truth.length }, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
	let rankSum = 0;
	let positives = 0;
	for (let i = 0; i < order.length; ) {
		let j = i;
		while (j < order.length && scores[order[j]] === scores[order[i]]) j++;
		for (let k = i; k < j; k++) {
			if (truth[order[k]]) {
				rankSum += (i + 1 + j) / 2;
				positives++;
			}
		}
		i = j;
	}
	return (rankSum - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}
