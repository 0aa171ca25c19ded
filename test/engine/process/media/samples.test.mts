/** Samples, channels and blocks: nothing is lost, swapped or rounded on the way. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeMedia } from '../../../../dist/engine/process/media/decode.js';
import { decode, failure, type Decoded } from './support/decode.mts';
import { encode, ffmpeg, file, floatWav } from './support/encode.mts';
import { align, signal } from './support/signal.mts';
import { noise, samples16, wav } from './support/wav.mts';

/** Offset of the data chunk's size in a WAV by FFmpeg or by hand; its placeholder leaves the file to FFmpeg. */
function unknownLength(bytes: Buffer): Buffer {
	const copy = Buffer.from(bytes);
	copy.writeUInt32LE(0xffffffff, copy.indexOf('data', 12, 'latin1') + 4);
	return copy;
}

/** A deep comparison of so many samples would take half a minute to describe a difference. */
function sameBits(a: Float32Array, b: Float32Array): boolean {
	const bytes = (samples: Float32Array) => Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
	return bytes(a).equals(bytes(b));
}

function assertSameResult({ audio, ...media }: Decoded, { audio: others, ...otherMedia }: Decoded): void {
	assert.deepEqual(media, otherMedia);
	audio.forEach((channel, number) => assert.ok(sameBits(channel, others[number]), `channel ${number} differs`));
}

test('16-bit WAV at 16 kHz comes out as its samples divided by 32768', async () => {
	const data = noise(16000 * 2 * 2);
	const decoded = await decode(file('exact.wav', wav(data, { channels: 2 })));
	decoded.audio.forEach((channel, number) => {
		const sample = (index: number) => data.readInt16LE((2 * index + number) * 2) / 32768;
		const expected = Float32Array.from({ length: 16000 }, (_, index) => sample(index));
		assert.ok(sameBits(channel, expected));
	});
});

/** Codec and bytes per sample; what the direct reader takes. */
const DIRECT: Array<[codec: string, format: number, bits: number]> = [
	['pcm_u8', 1, 8],
	['pcm_s16le', 1, 16],
	['pcm_s24le', 1, 24],
	['pcm_s32le', 1, 32],
	['pcm_f32le', 3, 32],
	['pcm_alaw', 6, 8],
	['pcm_mulaw', 7, 8],
];

for (const [codec, format, bits] of DIRECT) {
	test(`the direct WAV reader and FFmpeg give the same bits for ${codec}`, async () => {
		for (const channels of [1, 3]) {
			const data = Buffer.from(noise(channels * bits * 2500));
			if (codec === 'pcm_f32le') {
				for (let at = 0; at < data.length; at += 4) data.writeFloatLE(data.readInt32LE(at) / 2 ** 31, at);
			}
			const bytes = wav(data, { format, bits, channels });
			const direct = await decode(file('direct.wav', bytes));
			const ffmpegs = await decode(file('ffmpeg.wav', unknownLength(bytes)));
			assert.equal(direct.samples, 20000);
			assert.deepEqual(direct.info, { container: 'wav', codec, sample_rate: 16000, channels });
			assertSameResult(direct, ffmpegs);
		}
	});
}

test('WAV with other chunks, extensible headers and odd sizes reads the same both ways', async () => {
	const source = { channels: signal(16000, 1, 2), rate: 16000 };
	const inputs = { '/source.wav': floatWav(source) };
	const from = ['-i', '/source.wav'];
	for (const args of [
		['-c:a', 'pcm_s24le', '-metadata', 'title=A title that is odd'],
		['-c:a', 'pcm_s16le', '-write_bext', '1', '-metadata', 'description=odd'],
		['-c:a', 'pcm_u8', '-ac', '1', '-t', '0.50001'],
	]) {
		const bytes = await ffmpeg(inputs, ...from, ...args, '/chunks.wav');
		const direct = await decode(file('chunks.wav', bytes));
		assertSameResult(direct, await decode(file('chunks-ffmpeg.wav', unknownLength(bytes))));
	}
});

test('the kept channels come in ascending order, each once, with their own numbers', async () => {
	const sound = signal(48000, 3, 4);
	const path = await encode({ channels: sound, rate: 48000 }, 'four.flac');
	const decoded = await decode(path, { channels: [3, 1, 3] });
	assert.deepEqual(decoded.channelNumbers, [1, 3]);
	assert.equal(decoded.info.channels, 4);
	const originals = signal(16000, 3, 4);
	assert.ok(align(decoded.audio[0], originals[1], 2).correlation > 0.98);
	assert.ok(align(decoded.audio[1], originals[3], 2).correlation > 0.98);
	assert.deepEqual((await decode(path, { channels: [] })).channelNumbers, [0, 1, 2, 3]);
});

test('a mix is the mean of the kept channels', async () => {
	const path = file('mix.wav', wav(samples16(signal(16000, 2, 3)), { channels: 3 }));
	const split = await decode(path);
	const mixed = await decode(path, { channelMode: 'mix', channels: [0, 2] });
	assert.deepEqual(mixed.channelNumbers, [0]);
	mixed.audio[0].forEach((value, index) => {
		assert.ok(Math.abs(value - (split.audio[0][index] + split.audio[2][index]) / 2) < 1e-7);
	});
});

test('a channel that the file does not have is named', async () => {
	const stereo = await encode({ channels: signal(16000, 1, 2), rate: 16000 }, 'stereo.mp3');
	const error = await failure(stereo, { channels: [0, 5] });
	assert.equal(error.code, 'CHANNEL_NOT_FOUND');
	assert.equal(error.message, 'Channel 5 does not exist in "stereo.mp3": the file has 2 channels: 0 and 1');
	const mono = file('mono.wav', wav(samples16(signal(16000, 1, 1))));
	assert.match((await failure(mono, { channels: [1], channelMode: 'mix' })).message, /the file has 1 channel: 0$/);
	assert.equal((await failure(mono, { channels: [-1] })).code, 'CHANNEL_NOT_FOUND');
	assert.equal((await failure(mono, { channels: [0.5] })).code, 'CHANNEL_NOT_FOUND');
});

test('a change of rate and channels on the way keeps the first layout and all sound', async () => {
	const stereo = await encode({ channels: signal(44100, 4, 2), rate: 44100 }, 'first.mp3');
	const mono = await encode({ channels: signal(22050, 4, 1), rate: 22050 }, 'second.mp3');
	const decoded = await decode(file('joined.mp3', Buffer.concat([readFileSync(stereo), readFileSync(mono)])));
	assert.equal(decoded.info.channels, 2);
	assert.equal(decoded.info.sample_rate, 44100);
	assert.ok(Math.abs(decoded.samples / 16000 - 8) < 0.2, `${decoded.samples / 16000} s`);
	assert.ok(align(decoded.audio[0].subarray(65000, 120000), signal(16000, 4, 1)[0], 3000).correlation > 0.9);
});

for (const name of ['stop.wav', 'stop.mp3']) {
	test(`what the receiver of ${name} throws stops decoding at once and is thrown on unchanged`, async () => {
		const path = await encode({ channels: signal(16000, 20, 1), rate: 16000 }, name);
		const reason = Object.assign(new Error('Aborted by the test'), { name: 'ErrnoError', errno: 28 });
		let blocks = 0;
		const stopped = decodeMedia({ path, channelMode: 'split' }, {
			onBlock: () => {
				blocks++;
				if (blocks === 2) throw reason;
			},
		});
		await assert.rejects(stopped, (error) => error === reason);
		assert.equal(blocks, 2);
		assert.equal((await decode(path)).samples, 320000);
	});
}
