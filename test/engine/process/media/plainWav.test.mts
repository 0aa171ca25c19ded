/** WAV files that are read without FFmpeg, at every usual rate: the same samples to the bit, and the same of all else. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeMedia } from '../../../../dist/engine/process/media/decode.js';
import { decodeRecordings } from '../../../../dist/engine/process/media/decodeRecordings.js';
import { openInput } from '../../../../dist/engine/process/media/inputFile.js';
import { Planes } from '../../../../dist/engine/process/media/planes.js';
import { sampleRange } from '../../../../dist/engine/process/media/range.js';
import { RangeCut } from '../../../../dist/engine/process/media/rangeCut.js';
import { rawFile } from '../../../../dist/engine/process/media/raw/rawFile.js';
import { WavRun } from '../../../../dist/engine/process/media/wav/run.js';
import { decode, failure, type Decoded, type Options } from './support/decode.mts';
import { ffmpeg, file, floatWav } from './support/encode.mts';
import { signal } from './support/signal.mts';
import { noise, samples16, wav } from './support/wav.mts';

const makePlanes = await Planes.prepare();

/** A placeholder for the size leaves the file to FFmpeg. */
function forFfmpeg(bytes: Buffer): Buffer {
	const copy = Buffer.from(bytes);
	copy.writeUInt32LE(0xffffffff, copy.indexOf('data', 12, 'latin1') + 4);
	return copy;
}

/** Whether a file is read without FFmpeg. */
async function isDirect(path: string, open = (input: ReturnType<typeof openInput>) => input): Promise<boolean> {
	const input = openInput(path, 'recording.wav');
	const newCut = () => new RangeCut({ path, channelMode: 'split' }, 'recording.wav', sampleRange(), { onBlock() {} }, makePlanes);
	const { runs } = await decodeRecordings([open(input)], { newCut });
	input.close();
	return runs.every((run) => run instanceof WavRun);
}

/** A deep comparison of so many samples would take half a minute to describe a difference. */
function sameBits(a: Float32Array, b: Float32Array): boolean {
	const bytes = (samples: Float32Array) => Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
	return bytes(a).equals(bytes(b));
}

function assertSame({ audio, ...media }: Decoded, { audio: others, ...otherMedia }: Decoded): void {
	assert.deepEqual(media, otherMedia);
	audio.forEach((channel, number) => assert.ok(sameBits(channel, others[number]), `channel ${number} differs`));
}

async function assertSameAsFfmpeg(bytes: Buffer, options: Options = {}): Promise<Decoded> {
	const path = file('direct.wav', bytes);
	assert.ok(await isDirect(path));
	const [direct, others] = [await decode(path, options), await decode(file('ffmpeg.wav', forFfmpeg(bytes)), options)];
	assertSame(direct, others);
	return direct;
}

/** Codec and bytes per sample, and a rate and channels to try it with. */
const CODECS: Array<[codec: string, format: number, bits: number, rate: number, channels: number]> = [
	['pcm_mulaw', 7, 8, 8000, 2],
	['pcm_alaw', 6, 8, 8000, 1],
	['pcm_u8', 1, 8, 11025, 1],
	['pcm_s16le', 1, 16, 44100, 2],
	['pcm_s24le', 1, 24, 48000, 3],
	['pcm_s32le', 1, 32, 22050, 2],
	['pcm_f32le', 3, 32, 32000, 1],
	['pcm_s16le', 1, 16, 192_000, 1],
	['pcm_s16le', 1, 16, 4500, 5],
];

for (const [codec, format, bits, rate, channels] of CODECS) {
	test(`${codec} at ${rate} Hz`, async () => {
		for (const frames of [Math.ceil(rate / 10), Math.floor(rate / 5) + 17]) {
			const data = noise((frames * channels * bits) / 8);
			if (codec === 'pcm_f32le') {
				for (let at = 0; at < data.length; at += 4) data.writeFloatLE(data.readInt32LE(at) / 2 ** 31, at);
			}
			const decoded = await assertSameAsFfmpeg(wav(data, { format, bits, channels, rate }));
			assert.deepEqual(decoded.info, { container: 'wav', codec, sample_rate: rate, channels });
			assert.ok(Math.abs(decoded.samples - (frames * 16_000) / rate) <= 1);
		}
	});
}

describe('ranges, channels and mixtures', () => {
	const bytes = wav(samples16(signal(8000, 27, 2)), { channels: 2, rate: 8000 });
	const cases: Array<[string, Options]> = [
		['a range at the beginning', { rangeFrom: 0.3, rangeTo: 1.7 }],
		['a range that is sought', { rangeFrom: 24.1003, rangeTo: 25 }],
		['up to the end', { rangeFrom: 25.5 }],
		['one channel', { channels: [1] }],
		['the mean', { channelMode: 'mix', rangeFrom: 3 }],
	];
	for (const [name, options] of cases) test(name, async () => void (await assertSameAsFfmpeg(bytes, options)));

	test('what is wrong with the request is said in the same words', async () => {
		for (const options of [{ rangeFrom: 27.1 }, { maximumDuration: 5 }, { maximumDuration: 2, rangeFrom: 20 }, { channels: [2] }]) {
			const [direct, others] = [await failure(file('odd.wav', bytes), options), await failure(file('odd.wav', forFfmpeg(bytes)), options)];
			assert.deepEqual([direct.code, direct.message, direct.description], [others.code, others.message, others.description]);
		}
	});
});

test('a sample alone gives none', async () => {
	const bytes = wav(noise(2), { rate: 8000 });
	assert.equal(await isDirect(file('one.wav', wav(noise(1600 - 2), { rate: 8000 }))), false);
	assert.equal((await failure(file('one.wav', bytes))).code, 'NO_SAMPLES');
});

test('a rate that the resampler does not take is left to FFmpeg', async () => {
	const path = file('odd-rate.wav', wav(samples16(signal(44_056, 1, 1)), { rate: 44_056 }));
	assert.equal(await isDirect(path), false);
	assert.equal((await decode(path)).info.sample_rate, 44_056);
});

test('a file at the rate that is wanted is read as it is', async () => {
	const bytes = wav(samples16(signal(22_050, 1, 1)), { rate: 22_050 });
	const samples = async (path: string) => {
		const parts: number[] = [];
		const decoded = await decodeMedia({ path, channelMode: 'split' }, { onBlock: ([block]) => parts.push(...block) }, { rate: 22_050 });
		return { ...decoded, audio: [Float32Array.from(parts)] };
	};
	const direct = await samples(file('own-rate.wav', bytes));
	assertSame(direct, await samples(file('own-rate-ffmpeg.wav', forFfmpeg(bytes))));
	assert.equal(direct.audio[0][777], bytes.readInt16LE(44 + 2 * 777) / 2 ** 15);
});

test('recordings of two rates, one behind the other', async () => {
	// Of so many frames at 44.1 kHz the resampler makes one sample less than their time.
	const [first, second] = [44_100, 8000].map((rate) => wav(samples16(signal(rate, 2, 1)).subarray(0, 2 * 8823), { rate }));
	const path = file('joined.wav', Buffer.concat([first, second]));
	const parts = [(await decode(file('first.wav', first))).audio[0], (await decode(file('second.wav', second))).audio[0]];
	const whole = Float32Array.of(...parts[0], ...parts[1]);
	assert.ok(sameBits((await decode(path)).audio[0], whole));
	assert.ok(sameBits((await decode(path, { rangeFrom: 0.4 })).audio[0], whole.subarray(6400)));
});

test('samples of telephone systems without a header need no FFmpeg either', async () => {
	const raw = { encoding: 'mulaw', sampleRate: 8000, channels: 1 } as const;
	const path = file('call.ulaw', noise(4000));
	assert.ok(await isDirect(path, (input) => rawFile(input, raw)));
	assertSame(await decode(path, { raw }), await decode(file('call.ulaw.wav', wav(noise(4000), { format: 7, bits: 8, rate: 8000 }))));
});

describe('packets in the place of samples are decoded', () => {
	const source = { channels: signal(48_000, 1, 2), rate: 48_000 };
	const cases: Array<[codec: string, ...args: string[]]> = [
		['dts', '-c:a', 'dca', '-strict', '-2', '-f', 'dts'],
		['ac3', '-c:a', 'ac3', '-f', 'spdif'],
	];
	for (const [codec, ...args] of cases) {
		test(codec, async () => {
			const packets = await ffmpeg({ '/source.wav': floatWav(source) }, '-i', '/source.wav', ...args, '/packets');
			const { info } = await decode(file(`${codec}.wav`, wav(packets, { channels: 2, rate: 48_000 })));
			assert.equal(info.codec, codec);
		});
	}

	test('samples that look like the beginning of one are none', async () => {
		const data = noise(20_000);
		for (const at of [0, 1001, 7000]) data.write('7ffe8001', at, 'hex');
		assert.ok(await isDirect(file('chance.wav', wav(data, { rate: 48_000 }))));
	});
});
