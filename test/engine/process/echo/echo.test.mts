/** One channel heard again in another, beside pairs of channels where nothing is an echo. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { findEchoes } from '../../../../dist/engine/process/echo/echo.js';
import { lengthOf } from '../../../../dist/engine/process/spans.js';
import { generator } from '../../../support/disturbances.mts';
import { audioOf, CALL, CALL_TRUTH, decodeChannels, SAMPLE_RATE } from '../../../support/recordings.mts';
import { encode } from '../media/support/encode.mts';

interface Voice {
	samples: Float32Array;
	spans: Array<{ start: number; end: number }>;
}

let desk: Voice;
let caller: Voice;

/** The speech of a channel one stretch behind the other, with short pauses, so that two channels speak at once. */
function dense(samples: Float32Array, speech: Array<[number, number]>): Voice {
	const joined = new Float32Array(14 * SAMPLE_RATE);
	const spans: Voice['spans'] = [];
	let at = 0.5;
	for (const [start, end] of speech) {
		if (at + end - start > 13.5) break;
		joined.set(samples.subarray(Math.round(start * SAMPLE_RATE), Math.round(end * SAMPLE_RATE)), Math.round(at * SAMPLE_RATE));
		spans.push({ start: at, end: at + end - start });
		at += end - start + 0.2;
	}
	return { samples: joined, spans };
}

before(async () => {
	const channels = await decodeChannels(CALL);
	[desk, caller] = CALL_TRUTH.channels.map(({ channel_number, speech }) => dense(channels[channel_number], speech));
});

/** The sound later and quieter. */
const heardAgain = (samples: Float32Array, seconds: number, decibels: number) => {
	const lag = Math.round(seconds * SAMPLE_RATE);
	return samples.map((_, i) => (i >= lag ? samples[i - lag] * 10 ** (-decibels / 20) : 0));
};
const moved = ({ spans }: Voice, seconds: number) => spans.map(({ start, end }) => ({ start: start + seconds, end: end + seconds }));
const sum = (one: Float32Array, other: Float32Array) => one.map((sample, i) => sample + other[i]);
const find = (...voices: Voice[]) => findEchoes(voices.map(({ samples, spans }) => ({ audio: audioOf(samples), spans })));

describe('an echo is found', () => {
	for (const [seconds, decibels] of [[0, 30], [0.02, 6], [0.06, 40], [0.25, 20], [0.6, 50], [0.95, 10], [0.12, 60]]) {
		test(`${seconds} s later, ${decibels} dB quieter`, () => {
			const samples = heardAgain(desk.samples, seconds, decibels).map((sample) => Math.round(sample * 2 ** 15) / 2 ** 15);
			const [none, echo] = find(desk, { samples, spans: moved(desk, seconds) });
			assert.equal(none, undefined);
			assert.equal(echo?.of, 0);
			assert.ok(Math.abs(echo.delay - seconds) < 0.002 && Math.abs(echo.attenuation - decibels) < 3, `${echo.delay} ${echo.attenuation}`);
			assert.ok(lengthOf(echo.spans) > 0.75 * lengthOf(desk.spans), String(lengthOf(echo.spans)));
		});
	}

	test('through a room and a codec of 12 kbit/s, in noise', async () => {
		const random = generator(9);
		const room = Array.from({ length: 30 }, (_, i) => ({ lag: 1 + Math.floor(800 * random()), gain: (random() - 0.5) * Math.exp(-i / 15) }));
		const dry = heardAgain(desk.samples, 0.15, 25);
		const wet = dry.map((sample, i) => room.reduce((total, { lag, gain }) => total + gain * (dry[i - lag] ?? 0), sample));
		const noisy = wet.map((sample) => sample + 0.0005 * (random() - 0.5));
		const [coded] = await decodeChannels(await encode({ channels: [noisy], rate: SAMPLE_RATE }, 'echo.opus', '-c:a', 'libopus', '-b:a', '12k'));
		const [, echo] = find(desk, { samples: coded, spans: moved(desk, 0.15) });
		assert.equal(echo?.of, 0);
		assert.ok(lengthOf(echo.spans) > 0.5 * lengthOf(desk.spans));
	});

	test('only where the channel does not speak itself', () => {
		const half = desk.samples.length / 2;
		const own = caller.samples.map((sample, i) => (i < half ? 0 : sample));
		const middle = half / SAMPLE_RATE;
		const spans = [...moved(desk, 0.1).filter(({ end }) => end < middle), ...caller.spans.filter(({ start }) => start > middle)];
		const [, echo] = find(desk, { samples: sum(heardAgain(desk.samples, 0.1, 30), own), spans });
		assert.equal(echo?.of, 0);
		assert.ok(echo.spans.every(({ end }) => end < middle + 0.2), JSON.stringify(echo.spans));
		assert.ok(lengthOf(echo.spans) > 1);
	});
});

describe('nothing is an echo', () => {
	const quiet = (voice: Voice, decibels: number) => ({ ...voice, samples: heardAgain(voice.samples, 0, decibels) });

	test('of two people who talk at once', () => {
		assert.deepEqual(find(desk, caller), [undefined, undefined]);
		assert.deepEqual(find(desk, quiet(caller, 25)), [undefined, undefined]);
		assert.deepEqual(find(quiet(desk, 25), caller), [undefined, undefined]);
	});

	test('of two microphones in one place, and of two voices panned', () => {
		const random = generator(2);
		const near = heardAgain(desk.samples, 0.0006, 2).map((sample) => sample + 0.002 * (random() - 0.5));
		assert.deepEqual(find(desk, { ...desk, samples: near }), [undefined, undefined]);
		const left = sum(desk.samples, heardAgain(caller.samples, 0, 6));
		const right = sum(heardAgain(desk.samples, 0, 6), caller.samples);
		assert.deepEqual(find({ ...desk, samples: left }, { ...caller, samples: right }), [undefined, undefined]);
	});

	test('without speech', () => assert.deepEqual(find(desk, { samples: desk.samples, spans: [] }), [undefined, undefined]));
});

test('of channels that hold the same, the later one is said to', () => {
	const [first, second] = find(desk, quieter(desk));
	assert.equal(first, undefined);
	assert.deepEqual([second?.of, second?.same], [0, true]);
});

const quieter = (voice: Voice) => ({ ...voice, samples: voice.samples.map((sample) => 0.8 * sample) });
