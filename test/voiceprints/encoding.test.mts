/** Voiceprints as text: what is written, and that nothing but what was written is ever read. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { VoiceprintDecoder } from '../../dist/voiceprints/decoding.js';
import { decodeVoiceprint, encodeVoiceprint, isOwnVoiceprint } from '../../dist/voiceprints/encoding.js';
import { halfBits, halves } from '../../dist/voiceprints/float16.js';
import type { Voiceprint } from '../../dist/voiceprints/voiceprint.js';
import { NOBODY, randomNumbers, tampered, textOf, unitVector, voiceprintOf } from './support/vectors.mts';

const DOCUMENT = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'voiceprint-format.md'), 'utf8');

const EXAMPLE: Voiceprint = { model: 'demo', speechLength: 2.5, vector: Float32Array.of(0.5, -0.5, 0.5, -0.5) };

const COHORT = { wide: { mean: 0.125, deviation: 0.03125 }, narrow: { mean: 0.25, deviation: 0.0625 } };
const HEARD: Voiceprint = { ...EXAMPLE, conditions: { narrowBand: true, snr: 18.5, cohort: COHORT } };

const INVALID = { name: 'VoiceprintError', code: 'INVALID_VOICEPRINT' };

describe('the format', () => {
	it('is, byte for byte, what the documentation shows', () => {
		const [[, text], [, dump], [, heard], [, more]] = [...DOCUMENT.matchAll(/```\n([\s\S]*?)```/g)];
		const bytesOf = (shown: string) => shown.trim().split('\n').map((line) => line.split('   ')[0]).join(' ');
		const hex = (encoded: string) => Buffer.from(encoded, 'base64').toString('hex').replace(/../g, '$& ').trim();
		assert.equal(encodeVoiceprint(EXAMPLE), text.trim());
		assert.equal(hex(encodeVoiceprint(EXAMPLE)), bytesOf(dump));
		assert.equal(encodeVoiceprint(HEARD), heard.trim());
		assert.ok(hex(encodeVoiceprint(HEARD)).endsWith(bytesOf(more)));
	});

	it('takes the bytes and characters that the documentation names', () => {
		const text = textOf(unitVector(randomNumbers(1)));
		assert.deepEqual([Buffer.from(text, 'base64').length, text.length], [420, 560]);
		assert.match(DOCUMENT, /has 420 bytes, 560 characters/);
		assert.match(text, /^TjhWUA/);
	});
});

describe('what was written is read', () => {
	const vector = unitVector(randomNumbers(2));

	it('exactly, as float32', () => {
		const original = voiceprintOf(vector, 12.345, 'Modell-ü/2');
		const read = decodeVoiceprint(encodeVoiceprint(original, 'float32'));
		assert.deepEqual(read, { ...original, speechLength: Math.fround(12.345) });
	});

	it('within half a step, as float16', () => {
		const read = decodeVoiceprint(encodeVoiceprint(voiceprintOf(vector))).vector;
		for (const [i, value] of read.entries()) assert.ok(Math.abs(value - vector[i]) <= Math.abs(vector[i]) * 2 ** -11 + 2 ** -25);
		assert.notDeepEqual(read, vector);
	});

	it('again the same, once rounded', () => {
		const text = textOf(vector);
		assert.equal(encodeVoiceprint(decodeVoiceprint(text)), text);
	});

	it('with the conditions of its speech, those that nobody knows as null', () => {
		for (const type of ['float16', 'float32'] as const) {
			assert.deepEqual(decodeVoiceprint(encodeVoiceprint(HEARD, type)), HEARD);
			const little = { ...EXAMPLE, conditions: { narrowBand: false, snr: null, cohort: null } };
			assert.deepEqual(decodeVoiceprint(encodeVoiceprint(little, type)), little);
		}
	});

	it('in the first version of the format where nothing is known of its speech, in the second where something is', () => {
		const versionOf = (voiceprint: Voiceprint) => Buffer.from(encodeVoiceprint(voiceprint), 'base64')[4];
		assert.deepEqual([versionOf(EXAMPLE), versionOf(HEARD)], [1, 2]);
	});

	it('without speech, as nobody', () => {
		assert.deepEqual(decodeVoiceprint(NOBODY), voiceprintOf(new Float32Array(0), 0));
	});

	it('with blanks and line breaks in the text', () => {
		const text = textOf(vector);
		const wrapped = ` ${text.replace(/.{76}/g, '$&\r\n')}\n`;
		assert.ok(wrapped.includes('\r\n'));
		assert.deepEqual(decodeVoiceprint(wrapped), decodeVoiceprint(text));
	});

	it('by one decoder after another, whatever their models and sizes', () => {
		const decoder = new VoiceprintDecoder();
		const long = textOf(unitVector(randomNumbers(3), 2048), 3, 'long');
		for (const text of [textOf(vector), long, encodeVoiceprint(EXAMPLE, 'float32'), long, textOf(vector)]) {
			const { model, speechLength, vector: numbers } = decodeVoiceprint(text);
			const target = new Float32Array(numbers.length + 3).fill(7);
			assert.deepEqual(decoder.open(text), { model, speechLength, dimension: numbers.length });
			decoder.readVector(target, 2);
			assert.deepEqual(target, Float32Array.of(7, 7, ...numbers, 7));
		}
	});
});

describe('what is no voiceprint is refused, and why:', () => {
	const sound = textOf(unitVector(randomNumbers(4)));
	const cases: Array<[string, unknown, RegExp]> = [
		['nothing', undefined, /must be text, but is empty/],
		['a list of numbers', [0.1, 0.2], /must be text, but is a list/],
		['an object', { voiceprint: sound }, /must be text, but is an object/],
		['a number', 7, /must be text, but is a number/],
		['an empty text', '  ', /is an empty text/],
		['words', 'Alice Miller!', /is not base64 text/],
		['base64 with a foreign letter in it', `${sound.slice(0, 100)}!${sound.slice(101)}`, /is not base64 text/],
		['a voiceprint of a Speech Platform', 'e1UHdmVyc2lvblUBfQ==', /is not one of the local engine/],
		['a text that is cut off', sound.slice(0, 255), /truncated: it(s base64 text is cut off)/],
		['bytes that are cut off', sound.slice(0, 256), /truncated: it has 192 bytes and should have 420/],
		['the beginning alone', sound.slice(0, 8), /truncated: it has 6 bytes/],
		['a newer version', tampered(sound, (bytes) => void bytes.writeUInt8(3, 4)), /has version 3 of the format/],
		['version 0', tampered(sound, (bytes) => void bytes.writeUInt8(0, 4)), /damaged: there is no version 0/],
		['another byte', tampered(sound, (bytes) => void (bytes[200] ^= 1), { fixed: false }), /damaged: its checksum is wrong/],
		['more bytes', tampered(sound, (bytes) => Buffer.concat([bytes, Buffer.alloc(3)])), /damaged: it goes on after its end/],
		['no numbers', tampered(sound, (bytes) => void bytes.writeUInt16LE(0x7e00, 60)), /damaged: its vector is not of length one/],
		['infinite numbers', tampered(sound, (bytes) => void bytes.writeUInt16LE(0x7c00, 60)), /not of length one/],
		['a vector of another length', tampered(sound, (bytes) => void bytes.writeUInt16LE(0x3c00, 60)), /not of length one/],
		['a negative speech length', tampered(sound, (bytes) => void bytes.writeFloatLE(-1, 8)), /speech length is not a number/],
		['a speech length that is none', tampered(sound, (bytes) => void bytes.writeFloatLE(NaN, 8)), /speech length is not a number/],
	];
	for (const [name, text, message] of cases) {
		it(name, () => assert.throws(() => decodeVoiceprint(text), { ...INVALID, message }));
	}

	it('an unknown kind of numbers', () => {
		const text = tampered(encodeVoiceprint(EXAMPLE, 'float32'), (bytes) => void bytes.writeUInt8(3, 5));
		assert.throws(() => decodeVoiceprint(text), { ...INVALID, message: /kind of numbers is unknown/ });
	});

	const conditions: Array<[string, (bytes: Buffer) => void, RegExp]> = [
		['a mark that nobody knows', (bytes) => void (bytes[bytes.length - 25] |= 8), /mark that nobody knows/],
		['a signal-to-noise ratio that is none', (bytes) => void bytes.writeFloatLE(NaN, bytes.length - 24), /signal-to-noise ratio is NaN/],
		['a mean cosine that is none', (bytes) => void bytes.writeFloatLE(1.5, bytes.length - 12), /mean cosine to the cohort is 1.5/],
		['a deviation of nothing', (bytes) => void bytes.writeFloatLE(0, bytes.length - 8), /deviation of its cosines to the cohort is 0/],
	];
	for (const [name, change, message] of conditions) {
		it(name, () => {
			assert.throws(() => decodeVoiceprint(tampered(encodeVoiceprint(HEARD), change)), { ...INVALID, message });
		});
	}

	it('no model', () => {
		const text = tampered(encodeVoiceprint(EXAMPLE), (bytes) => {
			const shorter = Buffer.concat([bytes.subarray(0, 13), bytes.subarray(17)]);
			shorter.writeUInt8(0, 12);
			return shorter;
		});
		assert.throws(() => decodeVoiceprint(text), { ...INVALID, message: /does not name its model/ });
	});

	it('tells what to do: also where it may be one of another system', () => {
		assert.throws(() => decodeVoiceprint('e1UHdmVyc2lvblUBfQ=='), { description: /set Engine to Speech Platform API/ });
	});
});

describe('what comes from a broken model is not written:', () => {
	const cases: Array<[string, Voiceprint, RegExp]> = [
		['no ID', { ...EXAMPLE, model: '' }, /ID has 0 bytes/],
		['a long ID', { ...EXAMPLE, model: 'ü'.repeat(128) }, /ID has 256 bytes/],
		['no numbers', { ...EXAMPLE, vector: Float32Array.of(NaN, 1) }, /finite/],
		['numbers beyond a half', { ...EXAMPLE, vector: Float32Array.of(1e5, 1) }, /finite/],
		['more numbers than the format can count', { ...EXAMPLE, vector: new Float32Array(65_536).fill(1 / 256) }, /65535 is the most/],
		['a vector of zeros', { ...EXAMPLE, vector: new Float32Array(4) }, /not of length one/],
		['a vector twice as long', { ...EXAMPLE, vector: EXAMPLE.vector.map((value) => 2 * value) }, /not of length one/],
		['a speech length that is none', { ...EXAMPLE, speechLength: NaN }, /speech length/],
		['a noise that is none', { ...EXAMPLE, conditions: { narrowBand: false, snr: NaN, cohort: null } }, /signal-to-noise/],
		['a cohort that is one voice', { ...EXAMPLE, conditions: { narrowBand: false, snr: 1, cohort: { ...COHORT, wide: { mean: 1, deviation: 0 } } } }, /deviation/],
	];
	for (const [name, voiceprint, description] of cases) {
		it(name, () => assert.throws(() => encodeVoiceprint(voiceprint), { code: 'INVALID_MODEL', description }));
	}
});

describe('whose voiceprint it is', () => {
	it('shows at the beginning', () => {
		assert.equal(isOwnVoiceprint(` ${textOf(unitVector(randomNumbers(5)))}`), true);
		assert.equal(isOwnVoiceprint(NOBODY.slice(0, 20)), true);
		for (const text of ['e1UHdmVyc2lvblUBfQ==', '', 'TjhW', 'TjhX', 'N8VP']) assert.equal(isOwnVoiceprint(text), false);
	});
});

/** Reads a text. Whatever happens, it must be one of two things. */
function readOrRefused(text: string, original: Voiceprint): 'same' | 'refused' {
	try {
		assert.deepEqual(decodeVoiceprint(text), original);
		return 'same';
	} catch (error) {
		assert.equal((error as Error).name, 'VoiceprintError', String(error));
		assert.equal((error as { code?: string }).code, 'INVALID_VOICEPRINT');
		return 'refused';
	}
}

describe('no damage goes unnoticed:', () => {
	const samples = [
		encodeVoiceprint(EXAMPLE),
		encodeVoiceprint(EXAMPLE, 'float32'),
		NOBODY,
		encodeVoiceprint(HEARD),
		textOf(unitVector(randomNumbers(6))),
	];

	it('every other value of every byte', () => {
		for (const [index, text] of samples.entries()) {
			const original = decodeVoiceprint(text);
			const bytes = Buffer.from(text, 'base64');
			// All values for small ones, every bit for the large one.
			const masks = index === samples.length - 1 ? [1, 2, 4, 8, 16, 32, 64, 128] : Array.from({ length: 255 }, (_, i) => i + 1);
			for (let at = 0; at < bytes.length; at++) {
				for (const mask of masks) {
					bytes[at] ^= mask;
					assert.equal(readOrRefused(bytes.toString('base64'), original), 'refused', `byte ${at}, mask ${mask}`);
					bytes[at] ^= mask;
				}
			}
		}
	});

	it('every truncation, of bytes and of characters', () => {
		for (const text of samples) {
			const original = decodeVoiceprint(text);
			const bytes = Buffer.from(text, 'base64');
			for (let length = 0; length < bytes.length; length++) {
				assert.equal(readOrRefused(bytes.subarray(0, length).toString('base64'), original), 'refused');
			}
			for (let length = 0; length < text.length; length++) {
				assert.equal(readOrRefused(text.slice(0, length), original), 'refused', `${length} characters`);
			}
		}
	});

	it('other characters, more characters, and what is no voiceprint at all', () => {
		const random = randomNumbers(7);
		const outcomes = { same: 0, refused: 0 };
		for (let round = 0; round < 20_000; round++) {
			const text = samples[Math.floor(random() * samples.length)];
			const at = Math.floor(random() * text.length);
			const letter = String.fromCharCode(Math.floor(random() * 0x180));
			const end = random() < 0.5 ? at + 1 : at;
			outcomes[readOrRefused(text.slice(0, at) + letter + text.slice(end), decodeVoiceprint(text))] += 1;
		}
		// Blanks, and bits that base64 does not use, change nothing.
		assert.ok(outcomes.same > 0 && outcomes.refused > 15_000, JSON.stringify(outcomes));
		for (let round = 0; round < 5_000; round++) {
			const bytes = Buffer.from(Array.from({ length: Math.floor(random() * 80) }, () => Math.floor(random() * 256)));
			if (round % 2) Buffer.from(EXAMPLE_BYTES.subarray(0, 1 + (round % 16))).copy(bytes);
			assert.throws(() => decodeVoiceprint(bytes.toString('base64')), INVALID);
		}
	});
});

const EXAMPLE_BYTES = Buffer.from(encodeVoiceprint(EXAMPLE), 'base64');

describe('halves', () => {
	it('are read and written alike, all of them', () => {
		for (const [bits, value] of halves().entries()) {
			if (Number.isNaN(value)) assert.equal(halfBits(value) & 0x7c00, 0x7c00);
			else assert.equal(halfBits(value), bits, `${value}`);
		}
	});

	it('have the values of the standard', () => {
		const known: Array<[number, number]> = [
			[0x0001, 2 ** -24],
			[0x03ff, 1023 * 2 ** -24],
			[0x0400, 2 ** -14],
			[0x3555, 0.333251953125],
			[0x3c00, 1],
			[0x7bff, 65_504],
			[0xc000, -2],
		];
		for (const [bits, value] of known) assert.equal(halves()[bits], value);
	});

	it('are the nearest ones, and of two equally near ones the even one', () => {
		const table = halves();
		for (let bits = 0; bits < 0x7bff; bits++) {
			const [low, high] = [table[bits], table[bits + 1]];
			const middle = (low + high) / 2;
			assert.equal(halfBits(middle), bits % 2 === 0 ? bits : bits + 1);
			assert.equal(halfBits(middle - (high - low) / 8), bits);
			assert.equal(halfBits(-middle - (high - low) / 8), 0x8000 | (bits + 1));
		}
		assert.equal(halfBits(65_519), 0x7bff);
		assert.equal(halfBits(65_520), 0x7c00);
	});
});
