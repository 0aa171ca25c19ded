import { randomNumbers } from '../../voiceprints/support/vectors.mts';

/** Chance that is the same for the same seed. */
export class Random {
	/** From 0 up to but not including 1. */
	private readonly next: () => number;

	/** @param seeds any numbers; each combination gives another row */
	constructor(...seeds: number[]) {
		this.next = randomNumbers(seeds.reduce((state, seed) => Math.imul(state ^ seed, 0x9e3779b1) ^ (state >>> 15), 1));
	}

	/** A whole number from 0 up to but not including `limit`. */
	below(limit: number): number {
		return Math.floor(this.next() * limit);
	}

	chance(probability: number): boolean {
		return this.next() < probability;
	}

	pick<T>(from: readonly T[]): T {
		return from[this.below(from.length)];
	}

	bytes(length: number): Buffer {
		return Buffer.from(Array.from({ length }, () => this.below(256)));
	}
}
