/** WAV files whose header does not fit: all samples are read, and what is no sample is not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decode } from './support/decode.mts';
import { file } from './support/encode.mts';
import { signal } from './support/signal.mts';
import { samples16, samplesFloat, wav, wavHeader } from './support/wav.mts';

const SECONDS = 2;
const RATES = [16_000, 8000];

function chunk(name: string, content: Buffer): Buffer {
	const header = Buffer.alloc(8);
	header.write(name, 'latin1');
	header.writeUInt32LE(content.length, 4);
	return Buffer.concat([header, content]);
}

const LIST = chunk('LIST', Buffer.from('INFOISFT\x06\0\0\0maker\0'));

/** A file with all its fields the other way round. */
function rifx(data: Buffer, width: number, header: Parameters<typeof wavHeader>[1]): Buffer {
	const bytes = wavHeader(data.length, header);
	bytes.write('RIFX', 0, 'latin1');
	for (const [at, size] of [[4, 4], [16, 4], [20, 2], [22, 2], [24, 4], [28, 4], [32, 2], [34, 2], [40, 4]]) bytes.subarray(at, at + size).reverse();
	const samples = Buffer.from(data);
	for (let at = 0; at < samples.length; at += width) samples.subarray(at, at + width).reverse();
	return Buffer.concat([bytes, samples]);
}

for (const rate of RATES) {
	const data = samples16(signal(rate, SECONDS, 1));
	const half = data.length / 2;
	const whole = wav(data, { rate });

	describe(`at ${rate} Hz`, () => {
		for (const [name, bytes] of [
			['the header tells of the first half only', wav(data, { rate, claimed: half })],
			['the header tells of the first half only, and a list comes at the end', Buffer.concat([wav(data, { rate, claimed: half }), LIST])],
			['the samples are in two chunks', Buffer.concat([wavHeader(half, { rate }), data.subarray(0, half), chunk('data', data.subarray(half))])],
			['a list lies between two chunks of samples', Buffer.concat([wavHeader(half, { rate }), data.subarray(0, half), LIST, chunk('data', data.subarray(half))])],
			['an empty chunk of samples comes first', Buffer.concat([wavHeader(0, { rate }), chunk('data', data)])],
			['the header counts itself in', wav(data, { rate, claimed: data.length + 44 })],
			['zeros fill the file up', Buffer.concat([whole, Buffer.alloc(40_000)])],
			['an ID3 tag comes behind the samples', Buffer.concat([whole, Buffer.from('ID3\x03\0\0\0\0\x40\0'), Buffer.alloc(8192, 'x')])],
			['a few bytes are left over', Buffer.concat([whole, Buffer.from('leftover')])],
			['a chunk that nobody knows comes behind the samples', Buffer.concat([whole, chunk('Made', Buffer.alloc(9000, 'y'))])],
			['the numbers are the other way round (RIFX)', rifx(data, 2, { rate })],
		] as const) {
			it(name, async () => {
				const expected = await decode(file('whole.wav', whole));
				const decoded = await decode(file('odd.wav', bytes));
				assert.deepEqual(decoded.warnings, []);
				// What follows the samples may reach the last few of them through the resampler.
				assert.ok(Math.abs(decoded.samples - expected.samples) <= 400, `${decoded.samples} samples`);
				const compared = Math.min(decoded.samples, expected.samples) - 200;
				assert.deepEqual(decoded.audio[0].slice(0, compared), expected.audio[0].slice(0, compared));
			});
		}

		it('two files are one recording after the other', async () => {
			const decoded = await decode(file('two.wav', Buffer.concat([whole, LIST, wav(data, { rate })])));
			assert.deepEqual(decoded.warnings, []);
			assert.ok(Math.abs(decoded.samples - 2 * SECONDS * 16_000) <= 2);
		});

		it('half a file is still cut off', async () => {
			const decoded = await decode(file('half.wav', whole.subarray(0, whole.length / 2)));
			assert.deepEqual(decoded.warnings.map(({ code }) => code), ['TRUNCATED_FILE']);
		});
	});
}

describe('RIFX of', () => {
	const [left, right] = signal(16_000, SECONDS, 2);
	it('two channels', async () => {
		const { audio } = await decode(file('stereo.wav', rifx(samples16([left, right]), 2, { channels: 2 })));
		const plain = await decode(file('plain.wav', wav(samples16([left, right]), { channels: 2 })));
		assert.deepEqual(audio, plain.audio);
	});

	it('floats', async () => {
		const { audio } = await decode(file('float.wav', rifx(samplesFloat([left]), 4, { format: 3, bits: 32 })));
		assert.deepEqual(audio[0], left);
	});

	it('mu-law, whose bytes stand for themselves', async () => {
		const bytes = Buffer.from(Array.from({ length: 32_000 }, (_, index) => (index * 7) % 256));
		const { audio } = await decode(file('mulaw.wav', rifx(bytes, 1, { format: 7, bits: 8 })));
		assert.deepEqual(audio, (await decode(file('plain-mulaw.wav', wav(bytes, { format: 7, bits: 8 })))).audio);
	});
});
