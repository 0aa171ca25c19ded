/** The level measurement's kernel gives what one would compute sample by sample. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { highPass, VOICE_ONLY } from '../../../../dist/engine/process/highPass.js';
import { LevelMeter, WINDOW_SAMPLES } from '../../../../dist/engine/process/vad/level.js';
import { LevelKernel, LevelState, MOST_MEASURED, PART } from '../../../../dist/engine/process/vad/levelKernel.js';
import { SampleScale } from '../../../../dist/engine/process/vad/sampleScale.js';
import { generator } from '../../../support/disturbances.mts';

/** 1e-9 dB. */
const SAME = 2e-10;
const { b0, b1, b2, a1, a2 } = VOICE_ONLY;

/** Sums of squares of each whole part, as it is and filtered. */
function expected(samples: Float32Array): number[] {
	let [x1, x2] = [samples[0], samples[0]];
	let [y1, y2] = [0, 0];
	const sums: number[] = [];
	let [asIs, filtered] = [0, 0];
	samples.forEach((x, i) => {
		const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
		[x2, x1, y2, y1] = [x1, x, y1, y];
		asIs += x * x;
		filtered += y * y;
		if (i % PART === PART - 1) {
			sums.push(asIs, filtered);
			[asIs, filtered] = [0, 0];
		}
	});
	return sums;
}

/** @param blocks samples that come at once, in turn */
async function measured(samples: Float32Array, blocks: number[]): Promise<{ sums: number[]; state: LevelState; peak: number }> {
	const kernel = await LevelKernel.load(VOICE_ONLY);
	const state = new LevelState();
	const sums: number[] = [];
	let largest = 0;
	for (let from = 0, turn = 0; from < samples.length; turn++) {
		const block = samples.subarray(from, from + blocks[turn % blocks.length]);
		const { parts, energies, peak } = kernel.measure(block, state);
		sums.push(...energies.subarray(0, 2 * parts));
		largest = Math.max(largest, peak);
		from += block.length;
	}
	return { sums, state, peak: largest };
}

function noise(length: number, size = 1): Float32Array {
	const random = generator(length);
	return Float32Array.from({ length }, () => size * (2 * random() - 1));
}

const hum = Float32Array.from({ length: 30_000 }, (_, i) => 0.4 + 0.5 * Math.sin((2 * Math.PI * 50 * i) / 16_000));

for (const [name, samples] of [
	['noise', noise(40_011)],
	['noise of integers', noise(20_000, 32_768)],
	['hum with an offset, most of which is taken away', hum],
	['a click in silence', new Float32Array(3000).fill(0.7, 1234, 1235)],
	['fewer samples than a part', noise(PART - 1)],
] as Array<[string, Float32Array]>) {
	test(`${name}: energies as computed sample by sample, however it is cut`, async () => {
		const truth = expected(samples);
		for (const blocks of [[MOST_MEASURED], [1, 333, 40, 39, 41, 5000]]) {
			const { sums, state, peak } = await measured(samples, blocks);
			assert.equal(sums.length, truth.length);
			const floor = 1e-25 * samples.reduce((most, sample) => Math.max(most, sample ** 2), 0);
			sums.forEach((sum, i) => assert.ok(Math.abs(sum - truth[i]) <= SAME * truth[i] + floor, `${i}: ${sum}, not ${truth[i]}`));
			const left = samples.subarray(samples.length - (samples.length % PART));
			assert.ok(Math.abs(state.energyLeft - left.reduce((sum, sample) => sum + sample ** 2, 0)) < 1e-12);
			assert.equal(peak, samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0));
		}
	});
}

test('channels do not disturb each other', async () => {
	const kernel = await LevelKernel.load(VOICE_ONLY);
	const channels = [noise(5000), noise(5001)].map((samples) => ({ samples, state: new LevelState(), sums: [] as number[] }));
	for (let from = 0; from < 5000; from += 777) {
		for (const { samples, state, sums } of channels) {
			const { parts, energies } = kernel.measure(samples.subarray(from, from + 777), state);
			sums.push(...energies.subarray(0, 2 * parts));
		}
	}
	for (const { samples, sums } of channels) assert.deepEqual(sums, (await measured(samples, [777])).sums);
});

test('behind sound, silence becomes none at all, and not numbers that no processor is fast with', async () => {
	const { state } = await measured(Float32Array.of(...noise(100), ...new Float32Array(4000)), [1000]);
	assert.deepEqual([...state.outputs], [0, 0]);
});

test('what is no number is no peak', async () => {
	const samples = noise(10, 0.5);
	samples[3] = NaN;
	samples[7] = -2;
	assert.equal((await measured(samples, [10])).peak, 2);
	// Those of another block are none of this one.
	const kernel = await LevelKernel.load(VOICE_ONLY);
	const state = new LevelState();
	assert.equal(kernel.measure(new Float32Array(PART).fill(2, 38), state).peak, 2);
	assert.equal(kernel.measure(new Float32Array(37), state).peak, 0);
});

test('what is beyond full scale is counted as without the kernel', async () => {
	const random = generator(5);
	const newMeter = await LevelMeter.prepare();
	for (const size of [0.9, 3, 5, 20_000]) {
		const samples = Float32Array.from({ length: 60_000 }, () => size * (2 * random() - 1));
		const [meter, scale] = [newMeter(), new SampleScale()];
		for (let from = 0; from < samples.length; from += 7000) meter.add(samples.subarray(from, from + 7000));
		meter.finish();
		scale.add(samples);
		scale.finish();
		assert.deepEqual([meter.scale.unit, meter.scale.absurd], [scale.unit, scale.absurd], String(size));
		assert.equal(scale.unit < 1, size > 4);
	}
});

test('other filters', async () => {
	const kernel = await LevelKernel.load(highPass(3000));
	const tone = Float32Array.from({ length: 8000 }, (_, i) => Math.sin((2 * Math.PI * 3000 * i) / 16_000));
	const { parts, energies } = kernel.measure(tone, new LevelState());
	assert.ok(Math.abs(energies[2 * parts - 1] / energies[2 * parts - 2] - 0.5) < 1e-3, 'a half at its cut-off frequency');
});

test('windows lie where they are, also behind silence and parts of a part', async () => {
	const meter = (await LevelMeter.prepare())(100);
	meter.add(noise(WINDOW_SAMPLES + 13));
	meter.skip(50);
	meter.add(noise(WINDOW_SAMPLES - 10));
	meter.finish();
	const places = [...meter.loudnesses()].flatMap((loudness) => loudness.places);
	assert.deepEqual(places.sort((a, b) => a - b), [100, 100 + WINDOW_SAMPLES + 13 + 50 - 10], 'the last one ends where the sound ends');
});
