/** The sound at the file's own rate that one decoding gives beside the sound for the models: that of decoding for it alone. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { OwnSound, type CutSource } from '../../../../dist/engine/process/artefacts/cuts/ownSound.js';
import { OwnSounds } from '../../../../dist/engine/process/artefacts/cuts/ownSounds.js';
import { decodeMedia } from '../../../../dist/engine/process/media/decode.js';
import { Spool } from '../../../../dist/engine/process/media/spool.js';
import type { MediaRequest } from '../../../../dist/engine/client/protocol.js';
import { encode, file, floatWav, temporaryFolder } from '../media/support/encode.mts';
import { signal } from '../media/support/signal.mts';
import { samples16, wav } from '../media/support/wav.mts';

const folder = temporaryFolder();

const RATE = 44_100;

/** Longer than the file. */
const ALL = [{ start: 0, end: 100 }];

const SOUND = { channels: signal(RATE, 3, 2), rate: RATE };

function samplesOf(sound: CutSource): Float32Array[] {
	return Array.from({ length: sound.channels }, (_, channel) => {
		const samples = new Float32Array(sound.length);
		sound.read(channel, 0, samples);
		return samples;
	});
}

interface Options {
	freeBytes?: () => number;
	spans?: typeof ALL;
	/** Takes the file away once it was decoded. */
	onDecoded?: () => void;
}

/** Decodes for the models, and gives the sound at the file's own rate. */
async function ownOf(media: MediaRequest, { freeBytes, spans = ALL, onDecoded }: Options = {}) {
	const work = mkdtempSync(join(folder, 'job-'));
	const own = new OwnSounds(work, freeBytes);
	const spool = new Spool(work);
	const { info, channelNumbers } = await decodeMedia(media, { onBlock: (block) => spool.append(block), onSilence: (samples) => spool.appendSilence(samples) }, { workFolder: work, original: own });
	spool.finish();
	onDecoded?.();
	const decoded = channelNumbers.map((_, channel) => ({ length: spool.length, read: (start: number, target: Float32Array) => void spool.read(channel, start, target) }));
	const sound = await own.of({ media, info, decoded, spans });
	return { sound, info, work, dispose: () => (sound.dispose(), spool.dispose()) };
}

async function compare(media: MediaRequest, options: Options = {}): Promise<void> {
	const { sound, info, work, dispose } = await ownOf(media, options);
	const alone = await OwnSound.decode({ media, info, spans: ALL, folder: work });
	assert.equal(sound.rate, alone.rate);
	assert.equal(sound.peak, alone.peak);
	assert.deepEqual(samplesOf(sound), samplesOf(alone));
	alone.dispose();
	dispose();
	assert.deepEqual(readdirSync(work), []);
}

const M4A = encode(SOUND, 'own.m4a', '-c:a', 'aac', '-b:a', '96k');

const PARTS: Array<[string, Partial<MediaRequest>]> = [
	['all of it', {}],
	['a range', { rangeFrom: 0.3337, rangeTo: 2.1111 }],
	['one channel', { channels: [1], rangeFrom: 0.7 }],
	['a mix', { channelMode: 'mix' }],
];

describe('one decoding gives what another one for it alone would give', () => {
	for (const [name, media] of PARTS) {
		test(name, async () => await compare({ path: await M4A, channelMode: 'split', ...media }));
	}

	test('also of a WAV, which is read again, and of numbers in it that are larger than full scale, and none', async () => {
		const channels = signal(RATE, 2, 2).map((samples) => samples.map((sample) => 3 * sample));
		channels[0][1000] = NaN;
		channels[1][2000] = 1e9;
		const path = file('own-float.wav', floatWav({ channels, rate: RATE }));
		await compare({ path, channelMode: 'split' });
		const { sound, dispose } = await ownOf({ path, channelMode: 'split' });
		assert.equal(sound.readWhole!(0, new Int16Array(100)), false);
		dispose();
	});

	test('also where recordings are one behind the other, of which only the second decoding knows', async () => {
		const ogg = readFileSync(await encode(SOUND, 'own.ogg', '-c:a', 'libopus', '-frame_duration', '10'));
		await compare({ path: file('two.ogg', Buffer.concat([ogg, ogg])), channelMode: 'split' });
	});

	test('also where the rate changes on the way', async () => {
		const part = async (rate: number) => readFileSync(await encode({ channels: signal(rate, 3, 1), rate }, `part-${rate}.mp2`, '-c:a', 'mp2'));
		const [high, low] = [await part(44_100), await part(16_000)];
		await compare({ path: file('rates.mp2', Buffer.concat([high, low])), channelMode: 'split' });
	});

	test('also where it begins late', async () => {
		const path = await encode(SOUND, 'late.m4a', '-c:a', 'aac', '-output_ts_offset', '1.5');
		const { sound, dispose } = await ownOf({ path, channelMode: 'split' });
		const [first] = samplesOf(sound);
		assert.equal(first.subarray(0, 1.4 * RATE).find((sample) => sample !== 0), undefined);
		dispose();
		await compare({ path, channelMode: 'split' });
	});

	test('also where an encoder had a run-up, and where time stamps jump', async () => {
		const jump = ['-af', 'asetpts=PTS+gt(T\\,2)*3/TB'];
		const path = await encode({ channels: signal(48_000, 4, 1), rate: 48_000 }, 'jump.webm', ...jump, '-c:a', 'libopus');
		const { sound, dispose } = await ownOf({ path, channelMode: 'split' });
		assert.ok(sound.length > 6.9 * 48_000, `${sound.length / 48_000} s`);
		dispose();
		await compare({ path, channelMode: 'split' });
	});
});

test('what did not all come is decoded again', async () => {
	const media: MediaRequest = { path: await M4A, channelMode: 'split' };
	const work = mkdtempSync(join(folder, 'job-'));
	const own = new OwnSounds(work);
	own.begin({ rate: RATE, codec: 'aac' }).onBlock(signal(RATE, 1, 2).map((samples) => samples.slice(0, 16_000)));
	const { info } = await decodeMedia(media, { onBlock() {} });
	const silence = { length: 3 * 16_000, read: (_: number, target: Float32Array) => void target.fill(0) };
	const sound = await own.of({ media, info, decoded: [silence, silence], spans: ALL });
	assert.ok(sound.length > 2.9 * RATE, `${sound.length} samples`);
	sound.dispose();
});

test('whole numbers are read as they are stored, which is what the others are rounded to', async () => {
	const { sound, dispose } = await ownOf({ path: await M4A, channelMode: 'split' });
	const whole = new Int16Array(2 * 5000);
	assert.equal(sound.readWhole!(RATE, whole), true);
	const [left, right] = samplesOf(sound).map((samples) => samples.subarray(RATE, RATE + 5000));
	assert.ok(whole.some((sample) => sample !== 0));
	assert.deepEqual([...whole], [...left].flatMap((sample, i) => [sample, right[i]].map((one) => one * 32_768)));
	dispose();
});

test('the file is not read again', async () => {
	const path = join(folder, 'once.m4a');
	copyFileSync(await M4A, path);
	const { sound, dispose } = await ownOf({ path, channelMode: 'split' }, { onDecoded: () => file('once.m4a', Buffer.alloc(0)) });
	assert.equal(sound.rate, RATE);
	assert.ok(Math.abs(sound.length - 3 * RATE) <= 2048, `${sound.length} samples`);
	dispose();
});

test('at 16 kHz there is nothing to keep beside the sound for the models', async () => {
	const path = file('own-16k.wav', wav(samples16(signal(16_000, 2, 2)), { rate: 16_000, channels: 2 }));
	await compare({ path, channelMode: 'split' });
	const { work, dispose } = await ownOf({ path, channelMode: 'split' });
	assert.deepEqual(readdirSync(work).sort(), ['channel-0.f32', 'channel-1.f32']);
	dispose();
});

test('where the disk has not much room left, only what cuts need is kept, by decoding again', async () => {
	// A length that is not known leaves it to FFmpeg; what is read directly is read again in any case.
	const path = file('large.wav', wav(Buffer.alloc(30 * RATE * 16), { rate: RATE, channels: 8, claimed: 0xffff_ffff }));
	const keptOf = async (free: number) => {
		const { work, dispose } = await ownOf({ path, channelMode: 'split' }, { freeBytes: () => free, spans: [{ start: 1, end: 2 }] });
		const [kept] = readdirSync(work).filter((name) => name.startsWith('cuts-'));
		const { size } = statSync(join(work, kept, 'channel-0.f32'));
		dispose();
		return size / 16 / RATE;
	};
	const little = await keptOf(2 ** 31);
	assert.ok(Math.abs(little - 1) < 0.02, `${little} s`);
	assert.equal(await keptOf(2 ** 33), 30);
});
