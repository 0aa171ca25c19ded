/** Scores of many items with the same list, by a server. */
import type { Pace } from '../../../voiceprints/pace';
import { SpeechPlatformError } from '../../../speech-platform';
import { textForServer, type Given } from '../voiceprints';
import { checkSameModel } from './driver';
import { LONGEST_LIST, MOST_SCORES, type Server } from './serverScores';

/**
 * What the items have to send; nothing for those that will be refused when it is their turn.
 * @param model of what they are compared with; null where nobody knows
 * @param probeOf throws where an item has none
 */
export async function sendable(
	pace: Pace,
	items: Iterable<number>,
	model: string | null,
	probeOf: (itemIndex: number) => Given,
): Promise<Map<number, string>> {
	const texts = new Map<number, string>();
	for (const itemIndex of items) {
		if (pace.isDue) await pace.rest();
		try {
			const given = probeOf(itemIndex);
			checkSameModel(given.model, model);
			texts.set(itemIndex, textForServer(given));
		} catch {
			// It says so itself when it is its turn.
		}
	}
	return texts;
}

/** Statuses of a request that the server did not like. */
const REFUSALS: ReadonlySet<string> = new Set(['TASK_REJECTED', 'REQUEST_REFUSED', 'REQUEST_INVALID']);

/**
 * The scores of many items with the same list, a batch of items at a time: hundreds of items take one comparison
 * instead of hundreds. Where the server refuses a batch, each of its items is tried on its own, to find the bad one.
 */
export class ItemScores {
	private readonly done = new Map<number, Float64Array>();

	private readonly alone = new Set<number>();

	/**
	 * @param texts by item index; absent for an item that is not to be sent
	 * @param list what each is compared with
	 */
	constructor(
		private readonly server: Server,
		private readonly texts: Map<number, string>,
		private readonly list: string[],
	) {}

	/** Scores of one item with each entry of the list. */
	async of(itemIndex: number): Promise<Float64Array> {
		if (!this.done.has(itemIndex)) {
			const batch = this.alone.has(itemIndex) ? [itemIndex] : this.batchFrom(itemIndex);
			if (batch.length === 1 || !(await this.fetchTogether(batch))) await this.fetch([itemIndex]);
		}
		const scores = this.done.get(itemIndex)!;
		this.done.delete(itemIndex); // an item asks once
		return scores;
	}

	private batchFrom(itemIndex: number): number[] {
		const most = Math.max(1, Math.min(LONGEST_LIST, Math.floor(MOST_SCORES / this.list.length)));
		const batch = [];
		for (const i of this.texts.keys()) {
			if (batch.length === most) break;
			if (i >= itemIndex && !this.alone.has(i)) batch.push(i);
		}
		return batch;
	}

	/** @returns false where the server refuses the batch, whose items are then to be fetched alone */
	private async fetchTogether(batch: number[]): Promise<boolean> {
		try {
			await this.fetch(batch);
			return true;
		} catch (error) {
			const isRefusal = error instanceof SpeechPlatformError && REFUSALS.has(error.code);
			if (isRefusal) for (const one of batch) this.alone.add(one);
			else throw error instanceof Error ? error : new Error(String(error));
			return false;
		}
	}

	private async fetch(batch: number[]): Promise<void> {
		const results = batch.map(() => new Float64Array(this.list.length));
		const texts = batch.map((itemIndex) => this.texts.get(itemIndex)!);
		await this.server.compare(texts, this.list, (i, j, score) => (results[i]![j] = score));
		batch.forEach((itemIndex, i) => this.done.set(itemIndex, results[i]!));
	}
}
