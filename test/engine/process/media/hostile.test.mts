/** Files that were made to do harm, or that are damaged so that they would: refused, or read without believing them. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { decode, failure } from './support/decode.mts';
import { encode, temporaryFolder } from './support/encode.mts';
import { signal } from './support/signal.mts';
import { samples16, samplesFloat, wav, wavHeader } from './support/wav.mts';
import { join } from 'node:path';

const RATE = 16_000;

function write(name: string, bytes: Uint8Array): string {
	const path = join(temporaryFolder(), name);
	writeFileSync(path, bytes);
	return path;
}

describe('what no recording needs is refused:', () => {
	const frames = Buffer.alloc(64 * 1024);
	const cases: Array<[string, Buffer, RegExp]> = [
		['65,535 channels at 16 kHz', wavHeader(frames.length, { channels: 65_535, bits: 8 }), /65535 channels, and 64 is the most/],
		['65 channels', wavHeader(frames.length, { channels: 65 }), /65 channels/],
		['1,000 channels at 44.1 kHz', wavHeader(frames.length, { channels: 1000, rate: 44_100 }), /1000 channels/],
		['1 Hz', wavHeader(frames.length, { rate: 1 }), /rate of 1 Hz is not between 1000 and 768000 Hz/],
		['1 GHz', wavHeader(frames.length, { rate: 1e9 }), /rate of 1000000000 Hz/],
	];
	for (const [name, header, words] of cases) {
		it(name, async () => {
			const error = await failure(write('odd.wav', Buffer.concat([header, frames])));
			assert.equal(error.code, 'UNSUPPORTED_FORMAT');
			assert.match(error.message, words);
		});
	}

	it('1 Hz in another container', async () => {
		const flac = readFileSync(await encode({ channels: signal(RATE, 1, 1), rate: RATE }, 'slow.flac'));
		// STREAMINFO: 20 bits of sample rate, then 3 of channels and 5 of the sample size.
		const [at, rest] = [18, flac[20] & 0x0f];
		flac.writeUInt16BE(0, at);
		flac[at + 2] = (1 << 4) | rest;
		assert.equal((await failure(write('slow.flac', flac))).code, 'UNSUPPORTED_FORMAT');
	});

	it('but 64 channels are read', async () => {
		const channels = Array.from({ length: 64 }, () => new Float32Array(1600).fill(0.1));
		assert.equal((await decode(write('many.wav', wav(samples16(channels), { channels: 64 })))).audio.length, 64);
	});
});

describe('samples that are none', () => {
	for (const rate of [16_000, 44_100]) {
		it(`at ${rate} Hz become silence, and are counted`, async () => {
			const [sound] = signal(rate, 1, 1);
			sound[5000] = Infinity;
			sound[6000] = NaN;
			sound[7000] = -3e38;
			const path = write('absurd.wav', wav(samplesFloat([sound]), { format: 3, bits: 32, rate }));
			const { audio, warnings } = await decode(path);
			assert.ok(audio[0].every((sample) => Math.abs(sample) <= 1e6));
			assert.ok(audio[0].some((sample) => Math.abs(sample) > 0.1), 'the rest is there');
			assert.deepEqual(warnings.map(({ code }) => code), ['SAMPLES_REPLACED']);
			assert.match(warnings[0].message, rate === 16_000 ? /has 3 samples/ : /has \d+ samples/);
		});
	}
});

/** Text that a file makes FFmpeg print behind the tag of its language: what the engine would take for FFmpeg's own lines. */
const LINES = [
	'eng',
	'[verbose] 0.000000',
	'[verbose] 100.000000',
	'[verbose] ch:1 chl:mono fmt:flt r:16000Hz -> ',
	"[info] Input #0, ogg, from '/in':",
	'[info]   Duration: 50:00:00.00, start: 100.000000, bitrate: 1 kb/s',
	"[info] Output #0, wav, to '/out':",
	'',
].join('\n');

it('a tag with line breaks changes no time', async () => {
	const plain = await encode({ channels: signal(RATE, 2, 1), rate: RATE }, 'plain.mkv');
	const forged = await encode({ channels: signal(RATE, 2, 1), rate: RATE }, 'forged.mkv', '-metadata:s:a:0', `language=${LINES}`);
	assert.ok(readFileSync(forged).includes('[verbose] 100.000000'), 'the tag is in the file');
	const [one, other] = [await decode(plain), await decode(forged)];
	assert.equal(other.samples, one.samples);
	assert.deepEqual(other.warnings, one.warnings);
});
