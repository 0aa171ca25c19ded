/** Several channels into one, by each method, where they are different, one voice each, or upside down to each other. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MixMethod } from '../../../../dist/engine/client/protocol.js';
import { decode } from './support/decode.mts';
import { encode, file } from './support/encode.mts';
import { signal } from './support/signal.mts';
import { samples16, wav } from './support/wav.mts';

const [one, other] = signal(16000, 4, 2);
const negative = one.map((sample) => -sample);
const silent = new Float32Array(one.length);

let files = 0;
const write = (...channels: Float32Array[]) => file(`mix-${files++}.wav`, wav(samples16(channels), { channels: channels.length }));
const mix = async (path: string, mixMethod?: MixMethod) => await decode(path, { channelMode: 'mix', mixMethod });
const power = (samples: Float32Array) => samples.reduce((sum, sample) => sum + sample * sample, 0);
const codes = ({ warnings }: Awaited<ReturnType<typeof decode>>) => warnings.map(({ code }) => code);

describe('channels that cancel each other', () => {
	test('are told, and the loudest is taken', async () => {
		const mixed = await mix(write(one, negative));
		assert.deepEqual(codes(mixed), ['CHANNELS_CANCEL']);
		assert.ok(power(mixed.audio[0]) > 0.95 * power(one));
	});

	test('with Mean are told, and lost', async () => {
		const mixed = await mix(write(one, negative), 'mean');
		assert.deepEqual(codes(mixed), ['CHANNELS_CANCEL']);
		assert.match(mixed.warnings[0].message, /Mix Method/);
		assert.ok(power(mixed.audio[0]) < 1e-3 * power(one));
	});

	test('do not mind the other methods', async () => {
		for (const method of ['loudest', 'powerWeighted'] as const) {
			const mixed = await mix(write(one, negative), method);
			assert.deepEqual(codes(mixed), [], method);
			assert.ok(power(mixed.audio[0]) > 0.9 * power(one), method);
		}
	});

	test('in a codec, and with an offset on one side', async () => {
		const path = await encode({ channels: [one, negative.map((sample) => 0.8 * sample + 0.1)], rate: 16000 }, 'cancel.mp3', '-b:a', '128k');
		const mixed = await mix(path);
		assert.deepEqual(codes(mixed), ['CHANNELS_CANCEL']);
		assert.ok(power(mixed.audio[0]) > 0.5 * power(one));
	});
});

test('other channels are averaged, to the bit of no method', async () => {
	for (const channels of [[one, other], [one, one], [one, silent], [one, other, negative.map((sample) => 0.3 * sample)]]) {
		const path = write(...channels);
		const [mixed, mean] = [await mix(path), await mix(path, 'mean')];
		assert.deepEqual([codes(mixed), codes(mean)], [[], []]);
		assert.ok(mixed.audio[0].every((sample, i) => sample === mean.audio[0][i]));
	}
});

test('Loudest takes whoever speaks, and changes without a click', async () => {
	const half = one.length / 2;
	const first = one.map((sample, i) => (i < half ? sample : 0));
	const second = other.map((sample, i) => (i < half ? 0 : sample));
	const { audio } = await mix(write(first, second), 'loudest');
	const expected = first.map((sample, i) => sample + second[i]);
	const lost = audio[0].map((sample, i) => sample - expected[i]);
	assert.ok(power(lost) < 0.05 * power(expected), `${power(lost) / power(expected)}`);
});

test('Power-Weighted gives a single voice its whole loudness', async () => {
	const { audio } = await mix(write(one, silent), 'powerWeighted');
	assert.ok(power(audio[0]) > 0.98 * power(one));
});
