/** Samples without a header: named where they can be guessed, read where somebody says what they are. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RawAudio, RawEncoding } from '../../../../dist/engine/client/protocol.js';
import { decode, failure } from './support/decode.mts';
import { ffmpeg, file, floatWav } from './support/encode.mts';
import { align, signal } from './support/signal.mts';
import { noise, samples16, wav } from './support/wav.mts';

const SECONDS = 3;

/** How FFmpeg makes the samples. */
const MADE: Array<[encoding: RawEncoding, rate: number, channels: number, ...args: string[]]> = [
	['mulaw', 8000, 1],
	['mulaw', 8000, 2],
	['alaw', 8000, 1],
	['s16le', 8000, 1],
	['s16le', 16_000, 2],
	['s16be', 16_000, 1],
	['s24le', 48_000, 1],
	['s32le', 16_000, 1],
	['f32le', 16_000, 1],
	['u8', 8000, 1],
	['g722', 16_000, 1],
];

async function samples(encoding: RawEncoding, rate: number, channels: number): Promise<Buffer> {
	const sound = floatWav({ channels: signal(rate, SECONDS, channels), rate });
	return await ffmpeg({ '/sound.wav': sound }, '-i', '/sound.wav', '-f', encoding, '/raw');
}

function assertIs(audio: Float32Array[], channels: number, what: string): void {
	assert.equal(audio.length, channels);
	signal(16_000, SECONDS, channels).forEach((original, channel) => {
		const { correlation, lag } = align(audio[channel], original, 60);
		assert.ok(correlation > 0.95, `${what}, channel ${channel}: ${correlation} at ${lag}`);
	});
}

describe('samples are read as', () => {
	for (const [encoding, rate, channels] of MADE) {
		it(`${encoding} at ${rate} Hz, ${channels} channel(s)`, async () => {
			const raw: RawAudio = { encoding, sampleRate: rate, channels };
			const decoded = await decode(file('samples.bin', await samples(encoding, rate, channels)), { raw });
			assert.deepEqual(decoded.warnings, []);
			assert.ok(Math.abs(decoded.samples / 16_000 - SECONDS) < 0.01, `${decoded.samples / 16_000} s`);
			assertIs(decoded.audio, channels, encoding);
		});
	}
});

/** Dialogic ADPCM, by the description of its steps. */
function vox(sound: Float32Array): Buffer {
	const steps = Array.from({ length: 49 }, (_, index) => Math.floor(16 * 1.1 ** index));
	let [value, index] = [0, 0];
	const codes = Array.from(sound, (sample) => {
		const wanted = Math.round(sample * 2047) - value;
		const step = steps[index];
		const magnitude = Math.min(7, Math.floor((Math.abs(wanted) * 4) / step));
		const change = Math.floor((step * (2 * magnitude + 1)) / 8);
		value = Math.max(-2048, Math.min(2047, value + (wanted < 0 ? -change : change)));
		index = Math.max(0, Math.min(48, index + [-1, -1, -1, -1, 2, 4, 6, 8][magnitude]));
		return magnitude | (wanted < 0 ? 8 : 0);
	});
	return Buffer.from(Array.from({ length: codes.length / 2 }, (_, at) => (codes[2 * at] << 4) | codes[2 * at + 1]));
}

it('samples are read as vox', async () => {
	const [sound] = signal(8000, SECONDS, 1);
	const raw: RawAudio = { encoding: 'vox', sampleRate: 8000, channels: 1 };
	const decoded = await decode(file('speech.vox', vox(sound)), { raw });
	assert.ok(Math.abs(decoded.samples / 16_000 - SECONDS) < 0.05, `${decoded.samples / 16_000} s`);
	assertIs(decoded.audio, 1, 'vox');
});

it('frames of GSM are read, as FFmpeg knows no encoder silence ones', async () => {
	// A frame of full-rate GSM begins with 1101.
	const frames = Buffer.alloc(33 * 100, Buffer.concat([Buffer.from([0xd0]), Buffer.alloc(32)]));
	const decoded = await decode(file('speech.bin', frames), { raw: { encoding: 'gsm', sampleRate: 8000, channels: 1 } });
	assert.equal(decoded.info.codec, 'gsm');
	assert.ok(Math.abs(decoded.samples - 32_000) <= 2);
});

describe('samples without a header are named', () => {
	for (const [encoding, rate, words] of [
		['mulaw', 8000, /raw samples in mu-law/],
		['alaw', 8000, /raw samples in A-law/],
		['s16le', 8000, /raw samples in signed 16-bit PCM, little endian/],
		['s16be', 16_000, /raw samples in signed 16-bit PCM, big endian/],
		['f32le', 16_000, /raw samples in 32-bit float PCM/],
	] as const) {
		it(encoding, async () => {
			for (const name of ['recording', 'recording.wav']) {
				const error = await failure(file(name, await samples(encoding, rate, 1)));
				assert.equal(error.code, 'RAW_AUDIO');
				assert.match(error.message, words);
				assert.match(error.description ?? '', new RegExp(`Raw Audio Encoding.*ffmpeg -f ${encoding} -ar 8000`));
			}
		});
	}

	it('by their ending where their bytes say nothing', async () => {
		const error = await failure(file('speech.g722', await samples('g722', 16_000, 1)));
		assert.match(error.message, /raw samples in G\.722/);
		assert.match((await failure(file('speech.vox', vox(signal(8000, SECONDS, 1)[0])))).message, /Dialogic ADPCM/);
	});

	it('but noise and zeros are not', async () => {
		assert.equal((await failure(file('noise.bin', noise(60_000)))).code, 'NOT_MEDIA');
		assert.equal((await failure(file('zeros.bin', Buffer.alloc(60_000)))).code, 'NOT_MEDIA');
	});
});

it('a file with a header is not read as samples', async () => {
	const path = file('header.wav', wav(samples16(signal(16_000, 1, 1))));
	const error = await failure(path, { raw: { encoding: 'mulaw', sampleRate: 8000, channels: 1 } });
	assert.equal(error.code, 'INVALID_PARAMETER');
	assert.match(error.message, /"header.wav" has a header of its own \(WAV\)/);
});
