/** What is measured on the speech behind a voiceprint, on speech whose damage is known. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { pausePowers } from '../../../../dist/engine/process/extraction/frames.js';
import { LIMITS, qualityWarnings, SpeechMeter } from '../../../../dist/engine/process/extraction/quality.js';
import { audioOf, CALL, CALL_TRUTH, decodeChannels, SAMPLE_RATE } from '../../../support/recordings.mts';

const [{ speech }] = CALL_TRUTH.channels;
const spans = speech.map(([start, end]) => ({ start, end }));

let desk: Float32Array;

before(async () => {
	[desk] = await decodeChannels(CALL);
});

const cut = (samples: Float32Array) =>
	spans.map(({ start, end }) => samples.subarray(Math.round(start * SAMPLE_RATE), Math.round(end * SAMPLE_RATE)));

function powerOfSpeech(samples: Float32Array): number {
	let sum = 0;
	let count = 0;
	for (const part of cut(samples)) {
		for (const sample of part) sum += sample * sample;
		count += part.length;
	}
	return sum / count;
}

function measure(samples: Float32Array) {
	const meter = new SpeechMeter(2 ** -15);
	for (const part of cut(samples)) meter.add(part);
	return { level: meter.level!, clipping: meter.clipping!, snr: meter.snr(pausePowers(audioOf(samples), spans))! };
}

/** Reproducible white noise of power 1. */
function noise(length: number): Float32Array {
	let seed = 4711;
	const uniform = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
	return Float32Array.from({ length }, () => (uniform() * 2 - 1) * Math.sqrt(3));
}

function withNoise(decibels: number): Float32Array {
	const gain = Math.sqrt(powerOfSpeech(desk) / 10 ** (decibels / 10));
	const added = noise(desk.length);
	return desk.map((sample, i) => sample + gain * added[i]);
}

describe('signal to noise', () => {
	for (const decibels of [0, 5, 10, 20]) {
		test(`of speech ${decibels} dB above white noise is found within 3 dB`, () => {
			const { snr } = measure(withNoise(decibels));
			assert.ok(Math.abs(snr - decibels) < 3, `${snr} dB`);
		});
	}

	test('does not depend on the level', () => {
		const quiet = withNoise(10).map((sample) => sample * 0.01);
		assert.ok(Math.abs(measure(quiet).snr - measure(withNoise(10)).snr) < 0.2);
	});

	test('is not that of an offset, a drift or a rumble', () => {
		const rumble = desk.map((sample, i) => sample + 0.3 + 0.2 * Math.sin(i / 4000) + 0.1 * Math.sin((2 * Math.PI * 25 * i) / SAMPLE_RATE));
		assert.ok(Math.abs(measure(rumble).snr - measure(desk).snr) < 3, `${measure(rumble).snr} and ${measure(desk).snr} dB`);
	});

	test('is that of the speech where a gate has silenced the pauses', () => {
		const gated = new Float32Array(desk.length);
		cut(withNoise(5)).forEach((part, i) => gated.set(part, Math.round(spans[i].start * SAMPLE_RATE)));
		const { snr } = measure(gated);
		assert.ok(snr < 12, `${snr} dB`);
	});

	test('is that of the speech where music fills the pauses', () => {
		const music = desk.map((sample, i) => sample + 0.5 * Math.sin(i / 5));
		cut(desk).forEach((part, i) => music.set(part, Math.round(spans[i].start * SAMPLE_RATE)));
		const { snr } = measure(music);
		assert.ok(snr > 20, `${snr} dB`);
	});
});

describe('clipping', () => {
	test('is not found in sound speech, at any level', () => {
		for (const gain of [1, 0.05]) {
			assert.ok(measure(desk.map((sample) => gain * sample)).clipping < LIMITS.clipping / 5);
		}
	});

	test('is found in speech cut off at twice its level, also where it was turned down afterwards', () => {
		const limit = 2 * Math.sqrt(powerOfSpeech(desk));
		for (const gain of [1, 0.1]) {
			const { clipping } = measure(desk.map((sample) => gain * Math.max(-limit, Math.min(limit, sample))));
			assert.ok(clipping > 5 * LIMITS.clipping, `${clipping}`);
		}
	});
});

test('the level is that of the speech, not of the pauses', () => {
	assert.ok(Math.abs(measure(desk).level - 10 * Math.log10(powerOfSpeech(desk))) < 0.1);
});

test('without speech there is nothing to measure', () => {
	const meter = new SpeechMeter(2 ** -15);
	assert.deepEqual([meter.level, meter.clipping, meter.snr([])], [null, null, null]);
});

describe('a warning', () => {
	const sound = { speech_found: 30, level: -20, clipping: 0, snr: 30, consistency: 0.8 };
	const codes = (used: number, quality: Partial<typeof sound> = {}, several = false) =>
		qualityWarnings(2, used, 3, { ...sound, ...quality }, several).map(({ code }) => code);

	test('is not given for sound speech', () => assert.deepEqual(codes(3), []));
	test('is given for little speech', () => assert.deepEqual(codes(2.9), ['LITTLE_SPEECH']));
	test('is given for noise', () => assert.deepEqual(codes(10, { snr: 4 }), ['NOISY']));
	test('is given for clipping', () => assert.deepEqual(codes(10, { clipping: 0.01 }), ['CLIPPED']));
	test('is given for several speakers', () => assert.deepEqual(codes(10, {}, true), ['SEVERAL_SPEAKERS']));

	test('names the channel', () => {
		const [{ message }] = qualityWarnings(2, 1.25, 3, sound, false);
		assert.match(message, /^Channel 2 has only 1\.3 s of speech/);
	});
});
