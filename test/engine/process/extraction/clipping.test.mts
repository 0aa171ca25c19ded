/** Waves that were cut off at the top, as they come out of files of every rate, codec and depth, and waves that were not. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { clippedSamples, quantizationStep } from '../../../../dist/engine/process/extraction/clipping.js';
import { LIMITS } from '../../../../dist/engine/process/extraction/quality.js';
import { CALL, CALL_TRUTH, decodeChannels, SAMPLE_RATE } from '../../../support/recordings.mts';
import { encode } from '../media/support/encode.mts';

const FINE = quantizationStep('pcm_s16le');

let speech: Float32Array;

before(async () => {
	const [desk] = await decodeChannels(CALL);
	const [[start, end]] = CALL_TRUTH.channels[0].speech;
	speech = desk.slice(Math.round(start * SAMPLE_RATE), Math.round(end * SAMPLE_RATE));
});

const share = (samples: Float32Array, step = FINE) => clippedSamples(samples, step) / samples.length;

/** So that a share of the samples is cut off. */
function clipped(samples: Float32Array, cutOff: number): Float32Array {
	const limit = samples.map(Math.abs).sort()[Math.floor((1 - cutOff) * (samples.length - 1))];
	return samples.map((sample) => Math.max(-limit, Math.min(limit, sample)) / limit);
}

/** FFmpeg's filter for the rate comes before the cut, so that the file holds the cut at that rate. */
async function throughFile(cutOff: number, name: string, ...args: string[]): Promise<Float32Array> {
	const source = cutOff > 0 ? clipped(speech, cutOff) : speech;
	const [decoded] = await decodeChannels(await encode({ channels: [source], rate: SAMPLE_RATE }, name, ...args));
	return decoded;
}

test('speech as it is is not clipped, at any level, with an offset, turned upside down', () => {
	const waves: Array<[string, (sample: number) => number]> = [
		['as it is', (sample) => sample],
		['quiet', (sample) => 0.01 * sample],
		['with an offset', (sample) => sample + 0.3],
		['upside down', (sample) => -sample],
	];
	for (const [name, wave] of waves) assert.ok(share(speech.map(wave)) < LIMITS.clipping / 5, name);
});

test('of untouched samples the share is found', () => {
	for (const cutOff of [0.01, 0.05, 0.2, 0.45]) {
		for (const gain of [1, 0.1]) {
			const found = share(clipped(speech, cutOff).map((sample) => gain * sample));
			assert.ok(found > 0.8 * cutOff && found < 1.3 * cutOff, `${cutOff}: ${found}`);
		}
	}
});

test('an offset does not hide it, and one side is enough', () => {
	const limit = 2 * Math.sqrt(speech.reduce((sum, sample) => sum + sample * sample, 0) / speech.length);
	assert.ok(share(clipped(speech, 0.1).map((sample) => 0.5 * sample + 0.3)) > 0.05);
	assert.ok(share(speech.map((sample) => Math.min(limit, sample))) > LIMITS.clipping);
});

describe('quiet speech in few bits', () => {
	for (const peak of [1, 2, 3, 5, 12]) {
		test(`of 8-bit samples of at most ${peak} is not clipped`, () => {
			const largest = Math.max(...speech.map(Math.abs));
			const coarse = speech.map((sample) => Math.round((sample / largest) * peak) / 128);
			assert.ok(share(coarse, quantizationStep('pcm_u8')) < LIMITS.clipping, String(share(coarse, quantizationStep('pcm_u8'))));
		});
	}
});

const FILES: Array<[name: string, ...args: string[]]> = [
	['clip-8k.wav', '-ar', '8000', '-c:a', 'pcm_s16le'],
	['clip-mulaw.wav', '-ar', '8000', '-c:a', 'pcm_mulaw'],
	['clip-8-bit.wav', '-ar', '11025', '-c:a', 'pcm_u8'],
	['clip.mp3', '-ar', '44100', '-b:a', '64k'],
	['clip.opus', '-c:a', 'libopus', '-b:a', '32k'],
	['clip-48k.flac', '-ar', '48000'],
];

for (const [name, ...args] of FILES) {
	test(`heavy clipping is found in ${name}, and none where there is none`, async () => {
		const step = quantizationStep(name.includes('8-bit') ? 'pcm_u8' : '');
		const found = share(await throughFile(0.4, name, ...args), step);
		assert.ok(found > LIMITS.clipping, `clipped: ${found}`);
		const sound = share(await throughFile(0, name, ...args), step);
		assert.ok(sound < LIMITS.clipping, `sound: ${sound}`);
	});
}
