/** Clips: which there are, what is in them, and that none is larger than the limit. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { planClips, type ClipSegment } from '../../../../dist/engine/process/artefacts/cuts/clipPlan.js';
import { cutClips } from '../../../../dist/engine/process/artefacts/cuts/clips.js';
import type { Sound } from '../../../../dist/engine/process/artefacts/cuts/cutSound.js';
import { divide } from '../../../../dist/engine/process/artefacts/cuts/quietPlace.js';
import { decodeMedia } from '../../../../dist/engine/process/media/decode.js';
import type { AudioFormat, ClipArtefact, ClipsRequest } from '../../../../dist/engine/client/protocol.js';
import { temporaryFolder } from '../media/support/encode.mts';
import { align } from '../media/support/signal.mts';

const folder = temporaryFolder();

type SampleAt = (channel: number, index: number) => number;

/** A sound of which each sample is computed. */
function computed(rate: number, seconds: number, channels: number, sampleAt: SampleAt): Sound {
	const length = Math.round(rate * seconds);
	return {
		...{ rate, length, channels },
		read: (channel, start, target) => target.forEach((_, i) => (target[i] = start + i >= 0 && start + i < length ? sampleAt(channel, start + i) : 0)),
	};
}

/** The same for each index, and unlike anything else: a hash. */
function noise(index: number): number {
	const mixed = Math.imul(index ^ (index >>> 15), 0x2c1b3c6d);
	return ((mixed ^ (mixed >>> 12)) >>> 0) / 2 ** 32 - 0.5;
}

const silent = computed(1000, 60, 1, () => 0);

const plan = (segments: number[][], limits: Partial<Parameters<typeof planClips>[2]> = {}, labels: Array<ClipSegment['label']> = []) =>
	planClips(segments.map(([start, end], i) => ({ start, end, label: labels[i] ?? {} })), silent, { mergePauses: 0, padding: 0, longest: Infinity, ...limits })
		.map(({ start, end, segments: count, isPart }) => [start, end, count, isPart]);

describe('which clips there are', () => {
	test('one for each segment, where nothing is merged', () => {
		assert.deepEqual(plan([[100, 200], [300, 400]]), [[100, 200, 1, false], [300, 400, 1, false]]);
	});

	test('those with short pauses between them are one, as long as the limit lets them', () => {
		const segments = [[0, 1000], [1300, 2000], [2200, 4000], [9000, 9500]];
		assert.deepEqual(plan(segments, { mergePauses: 300 }), [[0, 4000, 3, false], [9000, 9500, 1, false]]);
		assert.deepEqual(plan(segments, { mergePauses: 300, longest: 3000 }), [[0, 2000, 2, false], [2200, 4000, 1, false], [9000, 9500, 1, false]]);
		assert.deepEqual(plan(segments, { mergePauses: 60_000 }), [[0, 9500, 4, false]]);
	});

	test('two speakers are never in one', () => {
		const labels = ['A', 'A', 'B', 'A'].map((speaker) => ({ speaker }));
		assert.deepEqual(plan([[0, 100], [110, 200], [150, 300], [310, 400]], { mergePauses: 1000 }, labels), [
			[0, 200, 2, false],
			[150, 300, 1, false],
			[310, 400, 1, false],
		]);
	});

	test('padding ends in the middle of a pause, and at the recording', () => {
		const segments = [[200, 1000], [1100, 2000], [4000, 59_900]];
		assert.deepEqual(plan(segments, { padding: 300 }), [[0, 1050, 1, false], [1050, 2300, 1, false], [3700, 60_000, 1, false]]);
	});

	test('with padding, none is longer than the limit', () => {
		const clips = plan([[1000, 2000], [2400, 3600], [5000, 17_000]], { mergePauses: 500, padding: 200, longest: 3000 });
		assert.ok(clips.every(([start, end]) => (end as number) - (start as number) <= 3000), JSON.stringify(clips));
		assert.deepEqual(clips.slice(0, 1), [[800, 3800, 2, false]]);
		assert.ok(clips.slice(1).every(([, , , isPart]) => isPart === true) && clips.length > 4);
	});
});

describe('a segment that is too long', () => {
	const rate = 8000;
	/** Words of half a second with a pause of 0.15 s after each fourth; the pauses end at whole multiples of 2.15 s. */
	const words = computed(rate, 60, 1, (_, i) => ((i / rate) % 2.15 < 2 ? noise(i) : 0.001 * noise(i)));

	test('is divided in pauses, into parts of about one length', () => {
		const parts = divide(words, { start: 0, end: 60 * rate }, 13 * rate);
		assert.equal(parts.length, 5);
		assert.deepEqual([parts[0].start, parts.at(-1)!.end], [0, 60 * rate]);
		parts.forEach(({ start, end }, i) => {
			assert.ok(end - start <= 13 * rate && end - start > 6 * rate, `${(end - start) / rate} s`);
			if (i === 0) return;
			assert.equal(start, parts[i - 1].end);
			assert.ok((start / rate) % 2.15 >= 2, `divided within a word, at ${start / rate}`);
		});
	});

	test('is divided although there is no pause', () => {
		const parts = divide(computed(rate, 20, 1, (_, i) => noise(i)), { start: 0, end: 20 * rate }, 1000);
		assert.ok(parts.every(({ start, end }) => end > start && end - start <= 1000));
		assert.equal(parts.reduce((sum, { start, end }) => sum + end - start, 0), 20 * rate);
	});
});

const REQUEST: ClipsRequest = { format: 'wav', bitRate: 0, channels: 'each', mergePauses: 0, padding: 0, longest: 0, largest: 0 };

const voice = (start_time: number, end_time: number, more = {}) => ({ start_time, end_time, ...more });

function cut(sound: Sound, segments: Array<Array<ReturnType<typeof voice>>>, request: Partial<ClipsRequest>, start = 0) {
	const work = mkdtempSync(join(folder, 'job-'));
	const channels = segments.map((one, i) => ({ channelNumber: i + 1, segments: one }));
	return { work, clips: cutClips({ sound, gain: 1, channels, start, folder: work, baseName: 'call' }, { ...REQUEST, ...request }) };
}

const facts = (clips: ClipArtefact[]) => clips.map(({ index, channelNumber, startTime, endTime, channels, segments }) => [index, channelNumber, startTime, endTime, channels, segments]);

async function decoded({ path, sampleRate }: ClipArtefact): Promise<Float32Array> {
	const blocks: number[] = [];
	await decodeMedia({ path, channelMode: 'split' }, { onBlock: ([block]) => blocks.push(...block) }, { workFolder: folder, rate: sampleRate });
	return Float32Array.from(blocks);
}

describe('clips of a recording', () => {
	const rate = 16_000;
	const sound = computed(rate, 30, 2, (channel, i) => 0.4 * Math.sin(i * (0.02 + 0.01 * channel) + Math.sin(i / 3000)));
	const segments = [[voice(101, 103), voice(110, 112)], [voice(102, 105), voice(120.5, 128)]];

	test('of each channel, in the order of time', async () => {
		const { clips, work } = cut(sound, segments, {}, 100);
		const made = await clips;
		assert.deepEqual(facts(made), [[0, 1, 101, 103, 1, 1], [1, 2, 102, 105, 1, 1], [2, 1, 110, 112, 1, 1], [3, 2, 120.5, 128, 1, 1]]);
		assert.deepEqual(made.map(({ fileName }) => fileName), [1, 2, 3, 4].map((n) => `call-clip-00${n}.wav`));
		const samples = await decoded(made[1]);
		const original = new Float32Array(3 * rate);
		sound.read(1, 2 * rate, original);
		assert.equal(samples.length, 3 * rate);
		assert.ok(align(samples.subarray(100, -100), original.subarray(100, -100), 10).correlation > 0.9999);
		assert.equal(readdirSync(work).length, 4);
	});

	test('of all channels together', async () => {
		assert.deepEqual(facts(await cut(sound, segments, { channels: 'all' }, 100).clips), [
			[0, undefined, 101, 105, 2, 1],
			[1, undefined, 110, 112, 2, 1],
			[2, undefined, 120.5, 128, 2, 1],
		]);
	});

	test('say whose speech it is, and what is an echo', async () => {
		const spoken = [[voice(1, 2, { speaker: 'SPEAKER_00', name: 'Anna' }), voice(2.1, 3, { speaker: 'SPEAKER_01', name: null }), voice(4, 5, { echo_of_channel: 2 })]];
		const clips = await cut(computed(rate, 6, 1, () => 0), spoken, { mergePauses: 1 }).clips;
		assert.deepEqual(clips.map(({ speaker, name, echoOfChannel }) => [speaker, name, echoOfChannel]), [
			['SPEAKER_00', 'Anna', undefined],
			['SPEAKER_01', null, undefined],
			[undefined, undefined, 2],
		]);
	});

	test('there are none without speech', async () => {
		assert.deepEqual(await cut(sound, [[], []], {}).clips, []);
	});

	test('padding that leaves no room is refused by its name', async () => {
		await assert.rejects(cut(sound, segments, { longest: 2, padding: 1 }).clips, /'Padding' \(1 s before and after\) leaves no room .* at most 2 s/);
		await assert.rejects(cut(sound, segments, { largest: 10_000 }).clips, { code: 'INVALID_PARAMETER' });
	});

	// More than one instance of FFmpeg has to write them.
	test('are many with one decoding, and each is what it says', async () => {
		const many = Array.from({ length: 40 }, (_, i) => voice(0.7 * i, 0.7 * i + 0.4));
		const clips = await cut(sound, [many, []], { format: 'mp3' }).clips;
		assert.equal(clips.length, 40);
		const samples = await decoded(clips[37]);
		const original = new Float32Array(0.4 * rate);
		sound.read(0, Math.round(37 * 0.7 * rate), original);
		const { lag, correlation } = align(samples.subarray(500, -500), original.subarray(500, -500), 80);
		assert.ok(Math.abs(samples.length - original.length) <= 0.001 * rate && Math.abs(lag) <= 16 && correlation > 0.95, `${samples.length} ${lag} ${correlation}`);
	});
});

describe('no clip is larger than the limit', () => {
	const LARGEST = 80_000;
	for (const [format, seconds] of [['wav', 10], ['flac', 10], ['mp3', 40], ['opus', 50]] as Array<[AudioFormat, number]>) {
		test(format, async () => {
			// Noise: nothing is harder to make small.
			const sound = computed(16_000, seconds, 1, (_, i) => 1.9 * noise(i));
			const { clips } = cut(sound, [[voice(0, seconds)]], { format, largest: LARGEST });
			const made = await clips;
			for (const { path, size } of made) {
				assert.equal(statSync(path).size, size);
				assert.ok(size <= LARGEST, `${size} bytes`);
			}
			assert.ok(made.length >= 3 && made.every(({ isPart }) => isPart));
			const total = made.reduce((sum, { length }) => sum + length, 0);
			assert.ok(Math.abs(total - seconds) < 0.01, `${total} s in all`);
		});
	}

	test('also where the format takes more than it promises', async () => {
		// The bit rate that is asked for is below what the format can do.
		const sound = computed(48_000, 20, 1, (_, i) => 1.9 * noise(i));
		const made = await cut(sound, [[voice(0, 20)]], { format: 'mp3', bitRate: 8, largest: 40_000 }).clips;
		assert.ok(made.every(({ size }) => size <= 40_000), made.map(({ size }) => size).join());
		assert.ok(Math.abs(made.reduce((sum, { length }) => sum + length, 0) - 20) < 0.01);
		assert.deepEqual(made.map(({ index, startTime }) => [index, startTime]), made.map(({ startTime }, i) => [i, startTime]).sort((one, other) => one[1] - other[1]));
	});
});
