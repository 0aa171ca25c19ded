/**
 * The cohort of a model: voiceprints of many other speakers. How much a voiceprint resembles those that are most like it
 * says what a cosine of it is worth. Its file, byte for byte, is explained in `docs/own-models.md`. Little endian.
 */
import { crc32 } from 'node:zlib';
import { invalidModel } from '../errors';
import type { Calibration, Factor } from './calibration';
import { halves } from './float16';
import { TOLERANCE } from './format';
import { dot } from './vector';
import type { CohortResemblance, CohortStatistics, SpeechConditions } from './voiceprint';

export interface Cohort {
	/** Numbers per vector. */
	dimension: number;
	/** `[speakers, dimension]`, of length one each: as they sound through a good microphone, and through a telephone. */
	wide: Float32Array;
	narrow: Float32Array;
}

const MAGIC = Buffer.from('N8VC', 'latin1');
const VERSION = 1;

/** Offsets in bytes. The vectors follow the model's ID, and a CRC-32 follows the vectors. */
const LAYOUT = { version: 4, idLength: 5, dimension: 6, wide: 8, narrow: 12, id: 16 };
const CHECKSUM_BYTES = 4;

/** @throws VoiceprintError INVALID_MODEL where the file is not a cohort, or that of another model */
export function parseCohort(bytes: Buffer, model: string): Cohort {
	if (bytes.length < LAYOUT.id + CHECKSUM_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw wrong('it is none');
	if (bytes[LAYOUT.version] !== VERSION) throw wrong(`it is of version ${bytes[LAYOUT.version]}, and this package reads version ${VERSION}`);
	const end = bytes.length - CHECKSUM_BYTES;
	if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) throw wrong('its checksum is wrong');
	const start = LAYOUT.id + (bytes[LAYOUT.idLength] as number);
	const id = bytes.subarray(LAYOUT.id, start).toString('utf8');
	if (id !== model) throw wrong(`it is that of the model '${id.slice(0, 60)}'`);
	const dimension = bytes.readUInt16LE(LAYOUT.dimension);
	const [wide, narrow] = [bytes.readUInt32LE(LAYOUT.wide), bytes.readUInt32LE(LAYOUT.narrow)];
	if (start + (wide + narrow) * dimension * 2 !== end) throw wrong('it has not as many bytes as its vectors need');
	const middle = start + wide * dimension * 2;
	return {
		dimension,
		wide: readVectors(bytes.subarray(start, middle), dimension),
		narrow: readVectors(bytes.subarray(middle, end), dimension),
	};
}

function readVectors(bytes: Buffer, dimension: number): Float32Array {
	const table = halves();
	const vectors = Float32Array.from({ length: bytes.length / 2 }, (_, i) => table[bytes.readUInt16LE(i * 2)] as number);
	for (let start = 0; start < vectors.length; start += dimension) {
		const vector = vectors.subarray(start, start + dimension);
		// Written so that NaN does not pass.
		if (!(Math.abs(Math.sqrt(dot(vector, 0, vector)) - 1) <= TOLERANCE)) throw wrong('a vector in it is not of length one');
	}
	return vectors;
}

/**
 * How much a voiceprint resembles the speakers of the cohort, as they sound in either band: it may be compared with both.
 * @param vector `[dimension]`, of length one
 * @param nearest speakers that count: those that it resembles most
 * @returns null where the cohort has too few speakers of a band, or vectors of another size
 */
export function resemblance(vector: Float32Array, { cohort, nearest }: Normalizer): CohortResemblance | null {
	if (vector.length !== cohort.dimension) return null;
	const [wide, narrow] = [cohort.wide, cohort.narrow].map((vectors) => statistics(vector, vectors, nearest));
	return wide && narrow ? { wide, narrow } : null;
}

/** @param vectors `[speakers, dimension]` */
function statistics(vector: Float32Array, vectors: Float32Array, nearest: number): CohortStatistics | null {
	const { length: dimension } = vector;
	const size = vectors.length / dimension;
	if (size < nearest) return null;
	const top = Float64Array.from({ length: size }, (_, i) => dot(vectors, i * dimension, vector)).sort().subarray(size - nearest);
	const mean = top.reduce((sum, one) => sum + one, 0) / nearest;
	const deviation = Math.sqrt(top.reduce((sum, one) => sum + (one - mean) ** 2, 0) / nearest);
	// Nobody is that much alike to all of them, unless the cohort is one voice many times.
	return deviation > 0 ? { mean, deviation } : null;
}

/** The cohort of a model, and how many of its speakers count. */
export interface Normalizer {
	cohort: Cohort;
	nearest: number;
}

/**
 * What belongs into a voiceprint beside vector and length.
 * @returns undefined where the calibration asks for none of it: then the voiceprint is written so that older readers know it
 */
export function conditionsFor(
	{ terms, covers, errorRates }: Calibration,
	vector: Float32Array,
	{ narrowBand, snr }: Pick<SpeechConditions, 'narrowBand' | 'snr'>,
	normalizer: Normalizer | undefined,
): SpeechConditions | undefined {
	const asksFor = terms.some(({ of }) => of.some((factor) => !HEARD_ANYWAY.has(factor)));
	if (!asksFor && !covers && !errorRates.some(({ band }) => band !== undefined)) return undefined;
	return { narrowBand, snr, cohort: normalizer ? resemblance(vector, normalizer) : null };
}

/** What every voiceprint says. */
const HEARD_ANYWAY: ReadonlySet<Factor> = new Set(['cosine', 'log_length']);

function wrong(fault: string): Error {
	return invalidModel(`The cohort of the model cannot be used: ${fault}`, "Give the cohort that was made for this model in the field 'calibration.cohort.file' of its description.");
}
