/** Range and maximum duration: exact to the sample, and without decoding what lies before where that is possible. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { seekSeconds } from '../../../../dist/engine/process/media/range.js';
import { decode, failure } from './support/decode.mts';
import { encode, file, floatWav } from './support/encode.mts';
import { signal } from './support/signal.mts';

const RATE = 44100;
const SECONDS = 30;
const source = { channels: signal(RATE, SECONDS, 1), rate: RATE };

/** Range From in seconds: before anything is sought, on a whole second, between two samples of the file. */
const STARTS = [1.5, 25, 26.3333];

/** Name, then arguments of the encoder. */
const FILES: Array<[name: string, ...args: string[]]> = [
	['long.wav', '-c:a', 'pcm_s16le'],
	['telephone.wav', '-c:a', 'pcm_mulaw', '-ar', '8000'],
	['plain.wav', '-c:a', 'pcm_s16le', '-ar', '16000'],
	['adpcm.wav', '-c:a', 'adpcm_ima_wav'],
	['long.aiff', '-c:a', 'pcm_s16be'],
	['long.flac', '-c:a', 'flac'],
	['cbr.mp3', '-c:a', 'libmp3lame', '-b:a', '64k'],
	['vbr.mp3', '-c:a', 'libmp3lame', '-q:a', '5'],
	['untagged.mp3', '-c:a', 'libmp3lame', '-q:a', '5', '-write_xing', '0', '-id3v2_version', '0'],
	['long.aac', '-c:a', 'aac', '-f', 'adts'],
	['long.m4a', '-c:a', 'aac'],
	['fragmented.m4a', '-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov'],
	['long.opus', '-c:a', 'libopus'],
	['long.ogg', '-c:a', 'libvorbis'],
	['long.webm', '-c:a', 'libopus'],
	['long.mkv', '-c:a', 'aac'],
	['long.ts', '-c:a', 'aac'],
	['long.ac3', '-c:a', 'ac3', '-ar', '48000'],
];

/**
 * Checks for the whole file's samples from `first` on. AAC fills some bands with random noise, whose generator runs
 * from where decoding starts; one sample of offset would differ far more.
 */
function assertCut(part: Float32Array, whole: Float32Array, first: number, what: string, tolerance = 0): void {
	let difference = 0;
	part.forEach((value, index) => (difference = Math.max(difference, Math.abs(value - whole[first + index]))));
	assert.ok(difference <= tolerance, `${what}: samples differ by ${difference}`);
}

for (const [name, ...args] of FILES) {
	test(`a range of ${name} has the samples of the whole file`, async () => {
		const path = await encode(source, name, ...args);
		const whole = await decode(path);
		for (const start of STARTS) {
			const part = await decode(path, { rangeFrom: start, rangeTo: start + 2.5 });
			assert.equal(part.samples, 40000);
			assert.equal(part.start, Math.round(start * 16000) / 16000);
			const tolerance = args.includes('aac') ? 0.005 : 0;
			assertCut(part.audio[0], whole.audio[0], Math.round(start * 16000), `from ${start} s`, tolerance);
		}
	});
}

test('two Ogg recordings in one file are one timeline', async () => {
	const parts = [signal(48000, 30, 1), signal(48000, 30, 1)].map((channels) => ({ channels, rate: 48000 }));
	const first = readFileSync(await encode(parts[0], 'first.opus', '-c:a', 'libopus', '-serial_offset', '1'));
	const second = readFileSync(await encode(parts[1], 'second.opus', '-c:a', 'libopus', '-serial_offset', '2'));
	const path = file('chained.opus', Buffer.concat([first, second]));
	const whole = await decode(path);
	assert.ok(Math.abs(whole.samples / 16000 - 60) < 0.15);
	const part = await decode(path, { rangeFrom: 40, rangeTo: 42 });
	assertCut(part.audio[0], whole.audio[0], 640000, 'from 40 s');
});

test('only a late range is sought', () => {
	assert.equal(seekSeconds({ from: 10 * 16000, to: Infinity, rate: 16000 }, true), 0);
	assert.equal(seekSeconds({ from: 3600 * 16000, to: Infinity, rate: 16000 }, false), 0);
	assert.equal(seekSeconds({ from: 3600.7 * 16000, to: Infinity, rate: 16000 }, true), 3596);
});

const short = { channels: signal(RATE, 5, 1), rate: RATE };

for (const [name, ...args] of [['short.mp3'], ['short.wav', '-ar', '16000'], ['short.webm', '-c:a', 'libopus']]) {
	test(`ranges at and beyond the end of ${name}`, async () => {
		const path = await encode(short, name, ...args);
		const tail = await decode(path, { rangeFrom: 4, rangeTo: 99 });
		assert.ok(Math.abs(tail.samples / 16000 - 1) < 0.05);
		for (const rangeFrom of [6, 3000]) {
			const error = await failure(path, { rangeFrom });
			assert.equal(error.code, 'RANGE_OUTSIDE_FILE');
			assert.match(error.message, new RegExp(`"${name}" is only (5|4\\.99\\d*|5\\.0\\d*) s long`));
		}
	});
}

test('a range that is empty or not a range is refused', async () => {
	const path = file('any.wav', floatWav(short));
	for (const range of [
		{ rangeFrom: 3, rangeTo: 3 },
		{ rangeFrom: 3, rangeTo: 2 },
		{ rangeFrom: -1 },
		{ rangeFrom: Number.NaN },
		{ rangeTo: Number.NaN },
		{ rangeTo: 0 },
	]) {
		assert.equal((await failure(path, range)).code, 'INVALID_RANGE', JSON.stringify(range));
	}
});

for (const [name, ...args] of [['limit.mp3'], ['limit.wav', '-ar', '16000'], ['limit.aac', '-f', 'adts']]) {
	test(`${name} longer than the maximum is refused`, async () => {
		const path = await encode(short, name, ...args);
		const error = await failure(path, { maximumDuration: 3 });
		assert.equal(error.code, 'FILE_TOO_LONG');
		assert.match(error.message, /"limit\.\w+" is longer than the maximum of 3 s: [45](\.\d+)? s/);
		assert.equal((await decode(path, { maximumDuration: 6 })).start, 0);
		assert.equal((await decode(path, { maximumDuration: 3, rangeFrom: 1, rangeTo: 4 })).samples, 48000);
		assert.equal((await failure(path, { maximumDuration: 2, rangeFrom: 1, rangeTo: 4 })).code, 'FILE_TOO_LONG');
	});
}
