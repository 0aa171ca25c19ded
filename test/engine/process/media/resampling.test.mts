/** Our resampler gives what FFmpeg's own gives, at every rate that it takes: as many samples, equal within rounding. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RATE_FILTER, Resampler } from '../../../../dist/engine/process/media/resampling/resampler.js';
import { floatWav, ffmpeg } from './support/encode.mts';

const RATES = RATE_FILTER.replace(/^.*=/, '').split('|').map(Number);
/** The usual ones, and odd ones of which FFmpeg's filters have many or few phases, odd or even many taps. */
const TRIED = [4000, 7350, 8000, 11025, 13500, 16000, 22050, 32000, 37800, 44100, 48000, 96000, 192000];
const ROUNDING = 1e-6;

/** Noise, the same each time; the second channel differs. */
function noise(length: number, seed: number): Float32Array {
	let state = seed;
	return Float32Array.from({ length }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5);
}

async function byFfmpeg(channels: Float32Array[], rate: number): Promise<Float32Array> {
	const source = { '/source.wav': floatWav({ channels, rate }) };
	const bytes = await ffmpeg(source, '-i', '/source.wav', '-af', 'aresample=16000', '-f', 'f32le', '/samples.f32');
	return new Float32Array(Uint8Array.from(bytes).buffer);
}

/** @param block frames that come at once */
async function byUs(channels: Float32Array[], rate: number, block: number, mayRelax = true): Promise<Float32Array> {
	const [count, length] = [channels.length, channels[0].length];
	const samples = Float32Array.from({ length: count * length }, (_, i) => channels[i % count][Math.floor(i / count)]);
	const parts: number[] = [];
	const resampler = (await Resampler.prepare(mayRelax))(rate, count, (resampled, frames) => parts.push(...resampled.subarray(0, frames * count)));
	for (let from = 0; from < length; from += block) {
		resampler.onFrames(samples.subarray(from * count, Math.min(length, from + block) * count), Math.min(block, length - from));
	}
	resampler.finish();
	return Float32Array.from(parts);
}

for (const rate of TRIED) {
	test(`${rate} Hz`, async () => {
		assert.ok(RATES.includes(rate));
		for (const [length, block, count, mayRelax] of [[Math.floor(rate / 3) + 137, 1024, 2], [5000, 4999, 1], [400, 7, 3, false]] as const) {
			const channels = Array.from({ length: count }, (_, channel) => noise(length, channel + 1));
			const [expected, actual] = [await byFfmpeg(channels, rate), await byUs(channels, rate, block, mayRelax)];
			assert.equal(actual.length, expected.length, `${length} samples of ${count} channels in blocks of ${block}`);
			const worst = actual.reduce((most, sample, i) => Math.max(most, Math.abs(sample - expected[i])), 0);
			assert.ok(worst < ROUNDING, `${length} samples of ${count} channels in blocks of ${block}: ${worst}`);
		}
	});
}

for (const rate of [8000, 44100, 48000]) {
	test(`${rate} Hz: a channel is the same to the bit, whatever is beside it and however it is cut`, async () => {
		const channels = Array.from({ length: 5 }, (_, channel) => noise(20_011, channel + 1));
		const alone = await byUs(channels.slice(0, 1), rate, 20_011);
		for (const [count, block] of [[1, 1], [2, 1024], [2, 4097], [2, 3], [3, 5000], [4, 999], [5, 20_011]] as const) {
			const together = await byUs(channels.slice(0, count), rate, block);
			assert.equal(together.length, count * alone.length);
			assert.ok(alone.every((sample, i) => sample === together[i * count]), `first of ${count} channels in blocks of ${block}`);
		}
		const last = await byUs(channels.slice(4), rate, 20_011);
		const all = await byUs(channels, rate, 777);
		assert.ok(last.every((sample, i) => sample === all[i * 5 + 4]));
	});
}

test('a handful of samples are resampled too', async () => {
	const actual = await byUs([noise(20, 1)], 48000, 20);
	assert.ok(actual.length > 0 && actual.every((sample) => Math.abs(sample) <= 1));
});

test('a sample that is no number is heard where a filter meets it, and nowhere else', async () => {
	// Also where it lies behind the samples of the next block, when those before it were used.
	for (const at of [9299, 9000, 9150, ...Array.from({ length: 110 }, (_, i) => 4000 + i)]) {
		const samples = noise(10_000, 1);
		samples[at] = NaN;
		const actual = await byUs([samples], 48000, 100);
		const places = [...actual.keys()].filter((i) => Number.isNaN(actual[i]));
		// A filter of 100 samples, filled up to 104, over an input of three samples per output sample.
		assert.ok(places.length >= 33 && places.length <= 35, String(places.length));
		assert.ok(places.every((place) => Math.abs(place - at / 3) < 19), String(places));
	}
});
