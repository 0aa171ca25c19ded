/**
 * Voiceprints as text: base64 of a small binary record that names its model and carries a checksum. Byte for byte in
 * `docs/voiceprint-format.md`. Little endian.
 */
import { crc32 } from 'node:zlib';
import { VoiceprintError } from '../errors';
import { faultOfConditions, writeConditions } from './conditions';
import { VoiceprintDecoder } from './decoding';
import { halfBits, LARGEST_HALF } from './float16';
import {
	CONDITIONS,
	DATA_TYPES,
	FIXED_BYTES,
	LAYOUT,
	LONGEST_MODEL_ID,
	MAGIC,
	MOST_DIMENSIONS,
	PLAIN_VERSION,
	TOLERANCE,
	VERSION,
	type DataType,
} from './format';
import type { Voiceprint } from './voiceprint';

/**
 * In the first version of the format where nothing is known of the speech's conditions, so that older readers can read it.
 * @param type `float16` keeps three decimals of a cosine in half the bytes; `float32` keeps every bit.
 * @throws VoiceprintError INVALID_MODEL where the model gave what is no voiceprint
 */
export function encodeVoiceprint(voiceprint: Voiceprint, type: DataType = 'float16'): string {
	const { model, speechLength, vector, conditions } = voiceprint;
	const id = Buffer.from(model, 'utf8');
	check(voiceprint, id.length);
	const { code, bytes } = DATA_TYPES[type];
	const record = Buffer.alloc(FIXED_BYTES + id.length + vector.length * bytes + (conditions ? CONDITIONS.bytes : 0));
	MAGIC.copy(record, LAYOUT.magic);
	record.writeUInt8(conditions ? VERSION : PLAIN_VERSION, LAYOUT.version);
	record.writeUInt8(code, LAYOUT.type);
	record.writeUInt16LE(vector.length, LAYOUT.dimension);
	record.writeFloatLE(speechLength, LAYOUT.speechLength);
	record.writeUInt8(id.length, LAYOUT.idLength);
	id.copy(record, LAYOUT.id);
	let at = LAYOUT.id + id.length;
	for (const value of vector) {
		if (type === 'float16') record.writeUInt16LE(halfBits(value), at);
		else record.writeFloatLE(value, at);
		at += bytes;
	}
	if (conditions) {
		writeConditions(record.subarray(at), conditions);
		at += CONDITIONS.bytes;
	}
	record.writeUInt32LE(crc32(record.subarray(0, at)), at);
	return record.toString('base64');
}

/**
 * Line breaks and blanks in the text do no harm.
 * @throws VoiceprintError INVALID_VOICEPRINT, which says what is wrong with it
 */
export function decodeVoiceprint(text: unknown): Voiceprint {
	const decoder = new VoiceprintDecoder();
	const { dimension, ...header } = decoder.open(text);
	const vector = new Float32Array(dimension);
	decoder.readVector(vector, 0);
	return { ...header, vector };
}

/** Whether a text is a voiceprint of this package, sound or not; those of others have another beginning. */
export function isOwnVoiceprint(text: string): boolean {
	return Buffer.from(text.trimStart().slice(0, 8), 'base64').subarray(0, MAGIC.length).equals(MAGIC);
}

/** Whether a text is a sound voiceprint of this package with no speech behind it. */
export function isEmptyVoiceprint(text: unknown): boolean {
	if (typeof text !== 'string' || !isOwnVoiceprint(text)) return false;
	try {
		return decodeVoiceprint(text).vector.length === 0;
	} catch {
		return false;
	}
}

/** What a reader would refuse must not be written: a model that gives zeros is found out here. */
function isOfLengthOne(vector: Float32Array): boolean {
	return Math.abs(Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) - 1) <= TOLERANCE;
}

/** What forbids to write it, in words; undefined where nothing does. */
function faultOf({ speechLength, vector, conditions }: Voiceprint, idBytes: number): string | undefined {
	if (idBytes === 0 || idBytes > LONGEST_MODEL_ID) return `its ID has ${idBytes} bytes, and it may have 1 to ${LONGEST_MODEL_ID}`;
	if (vector.length > MOST_DIMENSIONS) return `its vectors have ${vector.length} numbers, and ${MOST_DIMENSIONS} is the most`;
	// Written so that NaN does not pass.
	if (vector.some((value) => !(Math.abs(value) <= LARGEST_HALF))) return 'it gave a vector with something else than finite numbers';
	if (!(speechLength >= 0 && speechLength < Infinity)) return `the speech length is ${speechLength} s`;
	if (vector.length > 0 && !isOfLengthOne(vector)) return 'it gave a vector that is not of length one';
	return conditions && faultOfConditions(conditions);
}

function check(voiceprint: Voiceprint, idBytes: number): void {
	const fault = faultOf(voiceprint, idBytes);
	if (fault === undefined) return;
	const { model } = voiceprint;
	throw new VoiceprintError('INVALID_MODEL', `The model '${model.slice(0, 60)}' gave no voiceprint that can be stored`, `Reason: ${fault}.`);
}
