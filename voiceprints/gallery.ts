/** Many voiceprints to look one up in: their vectors in one block of memory, read once and searched as often as needed. */
import { VoiceprintError } from '../errors';
import { dot } from './vector';
import { VoiceprintDecoder } from './decoding';
import type { Pace } from './pace';
import { clampCosine, type Score } from './scoring';
import type { Side, Voiceprint } from './voiceprint';

/** Entries between two looks at the clock. */
const BLOCK = 64;

/** Two voiceprints of different models; which ones, for whoever knows where they came from. */
export class ModelsDiffer extends VoiceprintError {
	constructor(
		readonly one: string,
		readonly other: string,
		message = `Voiceprints of different models cannot be compared: '${one}' and '${other}'`,
	) {
		super('MODELS_DIFFER', message, 'Only voiceprints of one model can be compared. Make all of them again with the same model.');
	}

	/** The same by whoever knows where they came from. */
	told(message: string): ModelsDiffer {
		return new ModelsDiffer(this.one, this.other, message);
	}
}

export function noSpeechBehind(): VoiceprintError {
	return new VoiceprintError(
		'EMPTY_VOICEPRINT',
		'The voiceprint has no speech behind it',
		'It was made of a recording or channel without speech, and says nothing about a speaker. Leave out such items: ' +
			'{{ $json.speech_length > 0 }} in a Filter node.',
	);
}

export class Gallery {
	/** Of all entries; undefined while there is none. */
	model: string | undefined;

	/** Entries. */
	size = 0;

	/** Of each entry. */
	readonly sides: Side[] = [];

	/** `[capacity, dimension]` */
	private vectors = new Float32Array(0);

	private dimension = 0;

	private readonly decoder = new VoiceprintDecoder();

	/** @param capacity entries that it can take */
	constructor(private readonly capacity: number) {}

	/**
	 * Adds a voiceprint.
	 * @throws VoiceprintError INVALID_VOICEPRINT, EMPTY_VOICEPRINT; ModelsDiffer
	 */
	add(text: unknown): void {
		const { model, dimension, ...side } = this.decoder.open(text);
		if (dimension === 0) throw noSpeechBehind();
		if (this.model !== undefined) this.check(model, dimension);
		// Again where the first one turned out to be bad and this one is of another size.
		if (this.size === 0 && this.dimension !== dimension) this.vectors = new Float32Array(this.capacity * dimension);
		this.dimension = dimension;
		this.decoder.readVector(this.vectors, this.size * dimension);
		this.model = model;
		this.sides[this.size] = side;
		this.size += 1;
	}

	/**
	 * How alike a voiceprint is to each entry.
	 * @returns cosines and scores, in the order of the entries
	 * @throws VoiceprintError CANCELED; ModelsDiffer
	 */
	async compare(probe: Voiceprint, score: Score, pace: Pace): Promise<{ cosines: Float32Array; scores: Float64Array }> {
		this.check(probe.model, probe.vector.length);
		const cosines = new Float32Array(this.size);
		const scores = new Float64Array(this.size);
		for (let from = 0; from < this.size; from += BLOCK) {
			if (pace.isDue) await pace.rest();
			const to = Math.min(from + BLOCK, this.size);
			for (let entry = from; entry < to; entry++) {
				const cosine = clampCosine(dot(this.vectors, entry * this.dimension, probe.vector));
				cosines[entry] = cosine;
				scores[entry] = score(cosine, probe, this.sides[entry] as Side);
			}
		}
		return { cosines, scores };
	}

	private check(model: string, dimension: number): void {
		if (this.model !== undefined && model !== this.model) throw new ModelsDiffer(this.model, model);
		if (this.size > 0 && dimension !== this.dimension) {
			throw new VoiceprintError(
				'INVALID_VOICEPRINT',
				`The voiceprint has ${dimension} numbers, and others of its model '${model}' have ${this.dimension}`,
				'Two models must not have the same ID.',
			);
		}
	}
}

/**
 * The best entries, each label once.
 * @param labels of each entry, from 0 on; entries of one label count as one, by their best score
 * @param count most to return
 * @returns indices of entries, best first; of equal scores the earlier entry comes first
 */
export function bestEntries(scores: ArrayLike<number>, labels: ArrayLike<number>, count: number): number[] {
	const best: number[] = [];
	for (let entry = 0; entry < scores.length; entry++) {
		const label = labels[entry] as number;
		const other = best[label];
		if (other === undefined || (scores[entry] as number) > (scores[other] as number)) best[label] = entry;
	}
	const top: number[] = [];
	const isBefore = (one: number, other: number) =>
		scores[one] !== scores[other] ? (scores[one] as number) > (scores[other] as number) : one < other;
	for (const entry of best) {
		if (entry === undefined || (top.length === count && !isBefore(entry, top[count - 1] as number))) continue;
		const place = top.findIndex((other) => isBefore(entry, other));
		top.splice(place === -1 ? top.length : place, 0, entry);
		if (top.length > count) top.pop();
	}
	return top;
}
