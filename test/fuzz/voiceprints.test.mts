/** Voiceprints as a hostile workflow would give them: each is read soundly or refused as what it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf as textOfError, VoiceprintError } from '../../dist/errors.js';
import { VoiceprintDecoder } from '../../dist/voiceprints/decoding.js';
import { decodeVoiceprint, encodeVoiceprint } from '../../dist/voiceprints/encoding.js';
import { NOBODY, randomNumbers, tampered, textOf, unitVector, voiceprintOf } from '../voiceprints/support/vectors.mts';
import { mutate } from './support/mutate.mts';
import { Random } from './support/random.mts';

const COUNT = 20_000;

/** Milliseconds that one of them may take: they come by the thousand. */
const TIME_LIMIT = 500;

const vectors = randomNumbers(5);
const SOUND = [
	textOf(unitVector(vectors)),
	encodeVoiceprint(voiceprintOf(unitVector(vectors, 2048), 3, 'another-model'), 'float32'),
	textOf(unitVector(vectors, 2), 1e6, 'ü'.repeat(100)),
	NOBODY,
];

/** What else can stand in a field of a workflow. */
const NO_TEXTS: unknown[] = [
	...[undefined, null, 0, NaN, true, [], {}, ['TjhWUA'], { voiceprint: SOUND[0] }, Symbol('s'), 10n ** 30n, () => SOUND[0]],
	...['', ' ', '\0', 'TjhWUA', '=', '====', '\ud800', 'A'.repeat(2 ** 24), 'TjhWUA'.repeat(2 ** 20), ' '.repeat(2 ** 22)],
	Object.create(null),
	{ toString: () => SOUND[0] },
];

/** Base64 that was changed as text. */
function changedText(text: string, random: Random): string {
	const at = random.below(text.length);
	const stray = random.pick(['=', ' ', '\n', '-', '_', 'ä', '\0', '😀', 'A', 'TjhWUA', 'A'.repeat(5000)]);
	return random.pick([
		text.slice(0, at),
		text.slice(at),
		text.slice(0, at) + stray + text.slice(at),
		text.slice(0, at) + stray + text.slice(at + 1),
		text + text,
		Buffer.from(text, 'base64').toString('base64url'),
	]);
}

/** Bytes that were changed, mostly with a checksum that fits them: without it nothing else would be looked at. */
function changedBytes(text: string, random: Random): string {
	const other = Buffer.from(random.pick(SOUND), 'base64');
	const change = (bytes: Buffer) => {
		if (random.chance(0.5)) bytes[random.below(Math.min(20, bytes.length))] = random.pick([0, 1, 2, 0x7f, 0x80, 0xff]);
		const changed = mutate(bytes, random, other);
		return changed.length >= 4 ? changed : Buffer.concat([changed, Buffer.alloc(4)]);
	};
	return tampered(text, change, { fixed: random.chance(0.8) });
}

function assertSoundOrRefused(text: unknown, what: string): 'read' | 'refused' {
	try {
		const { model, speechLength, vector } = decodeVoiceprint(text);
		const length = Math.hypot(...vector);
		assert.ok(model.length > 0 && model.length <= 255, what);
		assert.ok(speechLength >= 0 && speechLength < Infinity, what);
		assert.ok(vector.length === 0 || Math.abs(length - 1) < 0.01, `${what}: a vector of length ${length}`);
		return 'read';
	} catch (error) {
		if (error instanceof assert.AssertionError) throw error;
		assert.ok(error instanceof VoiceprintError, `${what}: ${textOfError(error)}`);
		assert.equal(error.code, 'INVALID_VOICEPRINT', what);
		assert.ok(error.message.length < 200, `${what}: ${error.message.length} characters`);
		return 'refused';
	}
}

test(`${COUNT} damaged voiceprints`, (t) => {
	const seen = { read: 0, refused: 0 };
	let slowest = 0;
	for (let index = 0; index < COUNT; index++) {
		const random = new Random(7, index);
		const change = random.chance(0.5) ? changedText : changedBytes;
		const text = change(random.pick(SOUND), random);
		const startedAt = performance.now();
		seen[assertSoundOrRefused(text, `number ${index}`)]++;
		slowest = Math.max(slowest, performance.now() - startedAt);
	}
	t.diagnostic(`${seen.read} read, ${seen.refused} refused; the slowest took ${slowest.toFixed(1)} ms`);
	assert.ok(slowest < TIME_LIMIT);
	assert.ok(seen.read > 0 && seen.refused > COUNT / 2);
});

test('what is no text at all, or none of this kind', () => {
	for (const [index, value] of NO_TEXTS.entries()) assert.equal(assertSoundOrRefused(value, `value ${index}`), 'refused');
});

test('a decoder that was given damaged ones reads the next sound one', () => {
	const decoder = new VoiceprintDecoder();
	const target = new Float32Array(2048);
	for (let index = 0; index < 2000; index++) {
		const random = new Random(8, index);
		try {
			decoder.open(changedBytes(random.pick(SOUND), random));
		} catch {
			// what is thrown is looked at above
		}
		const { model, speechLength, vector } = decodeVoiceprint(SOUND[0]);
		assert.deepEqual(decoder.open(SOUND[0]), { model, speechLength, dimension: vector.length });
		decoder.readVector(target, 0);
		assert.deepEqual(target.subarray(0, vector.length), vector);
	}
});
