/** Voiceprints without voices: vectors by a seeded generator. */
import { crc32 } from 'node:zlib';
import { FAST_MODEL } from '../../../dist/models/bundled.js';
import { encodeVoiceprint } from '../../../dist/voiceprints/encoding.js';
import { normalize } from '../../../dist/voiceprints/vector.js';
import type { Voiceprint } from '../../../dist/voiceprints/voiceprint.js';

/** ID of the bundled model. */
export const BUNDLED: string = FAST_MODEL;

/** Uniform numbers from 0 to 1, always the same ones for a seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** A vector of length one in any direction. */
export function unitVector(random: () => number, dimension = 192): Float32Array {
	return normalize(Float32Array.from({ length: dimension }, () => random() + random() + random() - 1.5));
}

/** A vector whose cosine to the given one is about `cosine`. */
export function near(vector: Float32Array, cosine: number, random: () => number): Float32Array {
	const other = unitVector(random, vector.length);
	const along = vector.reduce((sum, value, i) => sum + value * other[i], 0);
	const across = normalize(other.map((value, i) => value - along * vector[i]));
	return normalize(vector.map((value, i) => cosine * value + Math.sqrt(1 - cosine ** 2) * across[i]));
}

export function voiceprintOf(vector: Float32Array, speechLength = 10, model = BUNDLED): Voiceprint {
	return { model, speechLength, vector };
}

/** The same as text. */
export function textOf(vector: Float32Array, speechLength = 10, model = BUNDLED): string {
	return encodeVoiceprint(voiceprintOf(vector, speechLength, model));
}

export const NOBODY = textOf(new Float32Array(0), 0);

/** The text with other bytes and, if wanted, a checksum that fits them. */
export function tampered(text: string, change: (bytes: Buffer) => Buffer | void, { fixed = true } = {}): string {
	const bytes = Buffer.from(text, 'base64');
	const changed = change(bytes) ?? bytes;
	if (fixed) changed.writeUInt32LE(crc32(changed.subarray(0, -4)), changed.length - 4);
	return changed.toString('base64');
}
