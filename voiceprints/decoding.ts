/**
 * Reads voiceprints, one after the other, without making anything new for each: a hundred thousand of them are read in a
 * fraction of a second.
 */
import { crc32 } from 'node:zlib';
import { VoiceprintError } from '../errors';
import { halves } from './float16';
import { faultOfConditions, readConditions } from './conditions';
import {
	CHECKSUM_BYTES,
	CONDITIONS,
	DATA_TYPES,
	FIXED_BYTES,
	LAYOUT,
	MAGIC,
	MOST_BYTES,
	PLAIN_VERSION,
	TOLERANCE,
	VERSION,
} from './format';
import type { Side, SpeechConditions } from './voiceprint';

/** What a voiceprint says of itself. */
export interface VoiceprintHeader extends Side {
	/** ID of the model that made it. */
	model: string;
	/** Numbers in its vector; 0 without speech. */
	dimension: number;
}

export class VoiceprintDecoder {
	private bytes = Buffer.alloc(1024);

	/** Offset of the open voiceprint's vector. */
	private start = 0;

	private dimension = 0;

	private isHalf = true;

	/** The last model's ID, as it is and in bytes: mostly the next one is the same. */
	private model = { id: '', bytes: Buffer.alloc(0) };

	/**
	 * Opens a voiceprint, instead of the one before.
	 * @throws VoiceprintError INVALID_VOICEPRINT
	 */
	open(text: unknown): VoiceprintHeader {
		const size = this.read(text);
		const { bytes } = this;
		if (size < MAGIC.length || MAGIC.compare(bytes, 0, MAGIC.length) !== 0) throw foreign();
		if (size < FIXED_BYTES) throw truncated(size, FIXED_BYTES);
		const version = bytes[LAYOUT.version] as number;
		if (version > VERSION) throw newer(version);
		this.start = LAYOUT.id + (bytes[LAYOUT.idLength] as number);
		this.dimension = bytes.readUInt16LE(LAYOUT.dimension);
		this.isHalf = bytes[LAYOUT.type] === DATA_TYPES.float16.code;
		const numberBytes = DATA_TYPES[this.isHalf ? 'float16' : 'float32'].bytes;
		const conditionBytes = version > PLAIN_VERSION ? CONDITIONS.bytes : 0;
		const end = this.start + this.dimension * numberBytes + conditionBytes;
		if (size < end + CHECKSUM_BYTES) throw truncated(size, end + CHECKSUM_BYTES);
		if (size > end + CHECKSUM_BYTES) throw corrupted('it goes on after its end');
		if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) throw corrupted('its checksum is wrong');
		const header = this.header(version);
		return conditionBytes === 0 ? header : { ...header, conditions: this.conditions(end - conditionBytes) };
	}

	/**
	 * Copies the open voiceprint's vector.
	 * @param target as many numbers from `offset` on as the header's `dimension` says
	 * @throws VoiceprintError INVALID_VOICEPRINT where the vector is not finite or not of length one
	 */
	readVector(target: Float32Array, offset: number): void {
		const { bytes, start, dimension } = this;
		const copy = this.isHalf ? copyHalves : copyFloats;
		const length = Math.sqrt(copy(bytes, start, dimension, target, offset));
		// Written so that NaN does not pass.
		if (dimension > 0 && !(Math.abs(length - 1) <= TOLERANCE)) throw corrupted('its vector is not of length one');
	}

	/** What is in a voiceprint whose checksum is right can still have been written wrongly. */
	private header(version: number): VoiceprintHeader {
		const { bytes, start, dimension } = this;
		const speechLength = bytes.readFloatLE(LAYOUT.speechLength);
		if (!(speechLength >= 0 && speechLength < Infinity)) throw corrupted('its speech length is not a number of seconds');
		if (version < 1) throw corrupted(`there is no version ${version}`);
		if (!this.isHalf && bytes[LAYOUT.type] !== DATA_TYPES.float32.code) throw corrupted('its kind of numbers is unknown');
		if (start === LAYOUT.id) throw corrupted('it does not name its model');
		const id = bytes.subarray(LAYOUT.id, start);
		if (!id.equals(this.model.bytes)) this.model = { id: id.toString('utf8'), bytes: Buffer.from(id) };
		return { model: this.model.id, dimension, speechLength };
	}

	private conditions(start: number): SpeechConditions {
		const conditions = readConditions(this.bytes, start);
		if (!conditions) throw corrupted('its conditions have a mark that nobody knows');
		const fault = faultOfConditions(conditions);
		if (fault !== undefined) throw corrupted(fault);
		return conditions;
	}

	/** Turns base64 into `this.bytes`. Returns how many there are. */
	private read(text: unknown): number {
		if (typeof text !== 'string') throw invalid(`The voiceprint must be text, but is ${kindOf(text)}`, HOW_IT_LOOKS);
		const clean = /\s/.test(text) ? text.replace(/\s+/g, '') : text;
		if (clean === '') throw invalid('The voiceprint is an empty text', HOW_IT_LOOKS);
		const size = Buffer.byteLength(clean, 'base64');
		if (size > MOST_BYTES) throw foreign();
		if (size > this.bytes.length) this.bytes = Buffer.alloc(size);
		// Node leaves out what is not base64, and then writes less than the text's length promises.
		const isBase64 = clean.length % 4 === 0 && this.bytes.write(clean, 'base64') === size;
		if (isBase64) return size;
		if (OWN_BASE64.test(clean)) throw invalid('The voiceprint is truncated: its base64 text is cut off', CUT_OFF);
		throw invalid('The voiceprint is not base64 text', HOW_IT_LOOKS);
	}
}

/** @returns sum of the squares of what was copied */
function copyHalves(bytes: Buffer, start: number, count: number, target: Float32Array, offset: number): number {
	const table = halves();
	let squares = 0;
	for (let i = 0, at = start; i < count; i++, at += 2) {
		const value = table[(bytes[at] as number) | ((bytes[at + 1] as number) << 8)] as number;
		target[offset + i] = value;
		squares += value * value;
	}
	return squares;
}

/** @returns sum of the squares of what was copied */
function copyFloats(bytes: Buffer, start: number, count: number, target: Float32Array, offset: number): number {
	let squares = 0;
	for (let i = 0, at = start; i < count; i++, at += 4) {
		const value = bytes.readFloatLE(at);
		target[offset + i] = value;
		squares += value * value;
	}
	return squares;
}

/** Base64 of any length, from the beginning that voiceprints of this package have. */
const OWN_BASE64 = /^TjhWUA[\w+/-]*={0,2}$/;

const HOW_IT_LOOKS = "Give the text that Extract Voiceprint puts into the field 'voiceprint'.";

const CUT_OFF = 'It was cut off where it was stored or copied, for example by a database column that is too short.';

const DAMAGED = 'It was changed where it was stored or copied. Make it again with Extract Voiceprint.';

function invalid(message: string, description: string): VoiceprintError {
	return new VoiceprintError('INVALID_VOICEPRINT', message, description);
}

function foreign(): VoiceprintError {
	return invalid(
		'The voiceprint is not one of the local engine',
		'It may be one of a Speech Platform: to compare such voiceprints, set Engine to Speech Platform API. ' + HOW_IT_LOOKS,
	);
}

function newer(version: number): VoiceprintError {
	return invalid(
		`The voiceprint has version ${version} of the format, and this version of the package reads up to ${VERSION}`,
		'Update n8n-nodes-voiceprint to the version that made the voiceprint, or a later one.',
	);
}

function truncated(size: number, needed: number): VoiceprintError {
	return invalid(`The voiceprint is truncated: it has ${size} bytes and should have ${needed}`, CUT_OFF);
}

function corrupted(detail: string): VoiceprintError {
	return invalid(`The voiceprint is damaged: ${detail}`, DAMAGED);
}

function kindOf(value: unknown): string {
	if (value === null || value === undefined) return 'empty';
	return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
