/** Cut audio, decoded back: as long as its segments, each in its place, without clicks, in every format. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CutSound, reachOf, type Sound } from '../../../../dist/engine/process/artefacts/cuts/cutSound.js';
import { OwnSound } from '../../../../dist/engine/process/artefacts/cuts/ownSound.js';
import { keptPieces } from '../../../../dist/engine/process/artefacts/cuts/pieces.js';
import { cutSpeechOnly } from '../../../../dist/engine/process/artefacts/cuts/speechOnly.js';
import { decodeMedia } from '../../../../dist/engine/process/media/decode.js';
import type { AudioFormat, MediaRequest, SpeechOnlyArtefact } from '../../../../dist/engine/client/protocol.js';
import { file, floatWav, temporaryFolder } from '../media/support/encode.mts';
import { align, signal } from '../media/support/signal.mts';
import { samples16, samplesFloat, wav } from '../media/support/wav.mts';

const folder = temporaryFolder();

const SPANS = [
	{ start: 1.003, end: 3.5 },
	{ start: 5.25, end: 6.7514 },
	{ start: 8, end: 8.41 },
	{ start: 9.2, end: 12 },
];

/** The same in less time, where the format is what matters. */
const SHORT = [
	{ start: 0.503, end: 1.7 },
	{ start: 2.25, end: 2.7514 },
	{ start: 3.4, end: 4 },
];

interface Decoded {
	rate: number;
	channels: Float32Array[];
}

async function decodeAt(path: string, rate: number): Promise<Float32Array[]> {
	const blocks: Float32Array[][] = [];
	await decodeMedia({ path, channelMode: 'split' }, { onBlock: (block) => blocks.push(block.map((samples) => samples.slice())) }, { workFolder: folder, rate });
	return blocks[0].map((_, channel) => new Float32Array(Buffer.concat(blocks.map((block) => Buffer.from(block[channel].buffer))).buffer));
}

interface Options {
	format?: AudioFormat;
	keptPause?: number;
	spans?: typeof SPANS;
	media?: Partial<MediaRequest>;
	codec?: string;
}

/** Cuts a file; with what the cut sounds like. */
async function cut(path: string, rate: number, { format = 'wav', keptPause = 0, spans = SPANS, media = {}, codec = 'pcm_s16le' }: Options = {}) {
	const work = mkdtempSync(join(folder, 'job-'));
	const info = { container: 'wav', codec, sample_rate: rate, channels: 0 };
	const start = media.rangeFrom ?? 0;
	const sound = await OwnSound.decode({ media: { path, channelMode: 'split', ...media }, info, spans, folder: work });
	const gain = sound.peak > 1 ? 1 / sound.peak : 1;
	const artefact = await cutSpeechOnly({ sound, gain, spans, start, folder: work, baseName: 'call' }, { format, bitRate: 0, keptPause });
	sound.dispose();
	return { artefact: artefact as SpeechOnlyArtefact, work };
}

const heardIn = async ({ path, sampleRate }: SpeechOnlyArtefact): Promise<Decoded> => ({ rate: sampleRate, channels: await decodeAt(path, sampleRate) });

const wavFile = (name: string, channels: Float32Array[], rate: number) => file(name, wav(samples16(channels), { rate, channels: channels.length }));

const lengthOf = (spans: typeof SPANS) => spans.reduce((sum, { start, end }) => sum + end - start, 0);

describe('every format', () => {
	const CASES: Array<[AudioFormat, number, number, number]> = [
		['wav', 44_100, 2, 44_100],
		['flac', 22_050, 2, 22_050],
		['flac', 96_000, 1, 96_000],
		['mp3', 44_100, 2, 44_100],
		['mp3', 16_000, 1, 16_000],
		['mp3', 8000, 1, 8000],
		['opus', 48_000, 2, 48_000],
		['opus', 44_100, 1, 48_000],
		['opus', 8000, 1, 8000],
	];
	for (const [format, rate, channels, outputRate] of CASES) {
		test(`${format} of ${channels} channel(s) at ${rate} Hz is the sum of its segments, each in its place`, async () => {
			const path = wavFile(`${format}-${rate}.wav`, signal(rate, 4, channels), rate);
			const { artefact } = await cut(path, rate, { format, spans: SHORT });
			assert.equal(artefact.sampleRate, outputRate);
			const heard = await heardIn(artefact);
			assert.equal(heard.channels.length, channels);
			const seconds = heard.channels[0].length / outputRate;
			assert.ok(Math.abs(seconds - lengthOf(SHORT)) < 0.001, `${seconds} s instead of ${lengthOf(SHORT)}`);
			assert.ok(Math.abs(artefact.length - lengthOf(SHORT)) < 0.001);
			assert.equal(artefact.size, readFileSync(artefact.path).length);
			const original = signal(outputRate, 4, channels);
			for (const { start_time, end_time, cut_start_time } of artefact.timeMap) {
				for (const [channel, samples] of heard.channels.entries()) {
					const at = (seconds: number) => Math.round(seconds * outputRate);
					const there = original[channel].subarray(at(start_time + 0.01), at(end_time - 0.01));
					const here = samples.subarray(at(cut_start_time + 0.01), at(cut_start_time + 0.01) + there.length);
					const { lag, correlation } = align(here, there, at(0.006));
					assert.ok(Math.abs(lag) <= outputRate * 0.001, `off by ${(1000 * lag) / outputRate} ms`);
					assert.ok(correlation > 0.9, `correlation ${correlation}`);
				}
			}
		});
	}

	test('holds as many channels as it says', async () => {
		const path = wavFile('eight.wav', signal(16_000, 4, 8), 16_000);
		for (const format of ['flac', 'opus', 'wav'] as const) {
			const { artefact } = await cut(path, 16_000, { format, spans: SHORT });
			const { channels } = await heardIn(artefact);
			assert.equal(channels.length, 8);
			// Also the one that families with a layout take for low tones.
			const at = Math.round(SHORT[0].start * 16_000);
			const { correlation } = align(channels[3].subarray(0, 16_000), signal(16_000, 4, 8)[3].subarray(at, at + 16_000), 20);
			assert.ok(correlation > 0.9, `${format}: ${correlation}`);
		}
	});
});

describe('samples', () => {
	const rate = 44_100;

	test('of 16 bits are the very same, but for the joins', async () => {
		const source = signal(rate, 12, 2);
		const path = wavFile('exact.wav', source, rate);
		const { artefact } = await cut(path, rate);
		const data = readFileSync(artefact.path).subarray(44);
		const original = readFileSync(path).subarray(44);
		const reach = reachOf(rate);
		let at = 0;
		for (const { start, end } of SPANS) {
			const [first, last] = [Math.round(start * rate), Math.round(end * rate)];
			const inner = data.subarray(4 * (at + reach), 4 * (at + last - first - reach));
			assert.ok(inner.equals(original.subarray(4 * (first + reach), 4 * (last - reach))));
			at += last - first;
		}
		assert.equal(data.length, 4 * at);
	});

	test('do not jump at the joins', async () => {
		const tone = Float32Array.from({ length: 12 * rate }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 110 * i) / rate));
		const { artefact } = await cut(wavFile('tone.wav', [tone], rate), rate);
		const { channels } = await heardIn(artefact);
		const jumps = (samples: Float32Array) => samples.reduce((most, sample, i) => (i === 0 ? most : Math.max(most, Math.abs(sample - samples[i - 1]))), 0);
		assert.ok(jumps(channels[0]) < 1.7 * jumps(tone), `${jumps(channels[0])} instead of ${jumps(tone)}`);
		assert.ok(Math.abs(channels[0][0]) < 0.001 && Math.abs(channels[0].at(-1)!) < 0.01, 'the beginning or the end clicks');
	});

	test('keep their offset over a join, so that there is no thump', async () => {
		const { artefact } = await cut(wavFile('offset.wav', [new Float32Array(12 * rate).fill(0.25)], rate), rate);
		const { channels } = await heardIn(artefact);
		const inside = channels[0].subarray(reachOf(rate), -reachOf(rate) || undefined);
		assert.ok(inside.every((sample) => Math.abs(sample - 0.25) < 0.001));
	});

	test('louder than full scale are made quieter, all by the same', async () => {
		const [loud] = signal(rate, 12, 1).map((samples) => samples.map((sample) => 4000 * sample));
		const path = file('loud.wav', wav(samplesFloat([loud]), { format: 3, bits: 32, rate }));
		const { artefact } = await cut(path, rate, { codec: 'pcm_f32le' });
		const { channels } = await heardIn(artefact);
		const first = Math.round(SPANS[0].start * rate);
		const { lag, correlation } = align(channels[0].subarray(300, rate), loud.subarray(first + 300, first + rate), 10);
		assert.equal(lag, 0);
		assert.ok(correlation > 0.9999, `${correlation}`);
		const peak = channels[0].reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
		assert.ok(peak > 0.9 && peak <= 1, `peak ${peak}`);
	});
});

describe('what is asked for', () => {
	const rate = 16_000;
	const path = file('asked.wav', floatWav({ channels: signal(rate, 12, 3), rate }));

	test('a kept pause is that of the recording, and times in it are mapped too', async () => {
		const { artefact } = await cut(path, rate, { keptPause: 0.6 });
		// Pauses: 1.75 s, 1.25 s, 0.79 s.
		assert.deepEqual(
			artefact.timeMap.map(({ start_time, end_time }) => [start_time, end_time]),
			[[1.003, 3.8], [4.95, 7.051], [7.7, 8.71], [8.9, 12]],
		);
		const whole = await cut(path, rate, { keptPause: 0.8 });
		assert.deepEqual(whole.artefact.timeMap.at(-1), { start_time: 7.6, end_time: 12, cut_start_time: 5.198, cut_end_time: 9.598 });
		assert.equal(whole.artefact.removedLength, 2.402);
	});

	test('a range: times are those of the file', async () => {
		const { artefact } = await cut(path, rate, { media: { rangeFrom: 5, rangeTo: 10 }, spans: [{ start: 0.25, end: 1.75 }, { start: 4.5, end: 9 }] });
		assert.deepEqual(artefact.timeMap, [
			{ start_time: 5.25, end_time: 6.75, cut_start_time: 0, cut_end_time: 1.5 },
			{ start_time: 9.5, end_time: 10, cut_start_time: 1.5, cut_end_time: 2 },
		]);
		const { channels } = await heardIn(artefact);
		const { lag, correlation } = align(channels[1].subarray(100, 24_000 - 100), signal(rate, 12, 3)[1].subarray(5.25 * rate + 100, 6.75 * rate - 100), 80);
		assert.deepEqual([lag, correlation > 0.999], [0, true]);
	});

	test('chosen channels, and a mix', async () => {
		const chosen = await heardIn((await cut(path, rate, { media: { channels: [2, 0] } })).artefact);
		const at = Math.round(SPANS[0].start * rate);
		const original = signal(rate, 12, 3)[2].subarray(at + 100, at + rate);
		assert.equal(chosen.channels.length, 2);
		assert.ok(align(chosen.channels[1].subarray(100, rate), original, 10).correlation > 0.999);
		const mixed = await heardIn((await cut(path, rate, { media: { channelMode: 'mix', mixMethod: 'mean' } })).artefact);
		assert.equal(mixed.channels.length, 1);
		const mean = signal(rate, 12, 3).reduce((sum, channel) => sum.map((sample, i) => sample + channel[i] / 3), new Float32Array(12 * rate));
		assert.ok(align(mixed.channels[0].subarray(100, rate), mean.subarray(at + 100, at + rate), 10).correlation > 0.999);
	});

	test('without speech nothing is made', async () => {
		const { artefact, work } = await cut(path, rate, { spans: [] });
		assert.equal(artefact, undefined);
		assert.deepEqual(readdirSync(work), []);
	});

	test('more channels than the format has are refused by the name of the parameter', async () => {
		await assert.rejects(cut(path, rate, { format: 'mp3' }), (error: { code: string; message: string }) => {
			assert.deepEqual([error.code, error.message], ['INVALID_PARAMETER', "'Audio Format' MP3 holds at most 2 channels, and there are 3"]);
			return true;
		});
	});
});

describe('pieces', () => {
	test('those that touch, overlap or nearly touch are one; all lie within the recording', () => {
		const spans = [{ start: 4, end: 5 }, { start: -1, end: 2 }, { start: 1, end: 2.5 }, { start: 5.01, end: 6 }, { start: 9, end: 20 }, { start: 12, end: 13 }];
		assert.deepEqual(keptPieces(spans, 0, 10), [{ start: 0, end: 2.5 }, { start: 4, end: 6 }, { start: 9, end: 10 }]);
	});
});

describe('sound read in parts', () => {
	/** Each sample is its number. */
	const source: Sound = {
		channels: 1,
		rate: 1000,
		length: 1000,
		read: (_, start, target) => target.forEach((_, i) => (target[i] = start + i >= 0 && start + i < 1000 ? start + i : 0)),
	};

	test('is that of one reading, wherever it is begun', () => {
		const sound = new CutSound(source, [{ start: 100, end: 150 }, { start: 300, end: 303 }, { start: 400, end: 500 }]);
		const whole = new Float32Array(sound.length);
		sound.read(0, 0, whole);
		assert.equal(whole.length, 153);
		for (let start = 0; start < 153; start += 1) {
			for (const size of [1, 7, 60]) {
				const part = new Float32Array(size);
				sound.read(0, start, part);
				part.forEach((sample, i) => assert.equal(sample, whole[start + i] ?? 0));
			}
		}
	});
});
