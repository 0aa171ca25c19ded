/** Quiet speech beside what is no speech and much louder: correcting the level never loses what is found without. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { vadSettings } from '../../../../dist/engine/client/presets.js';
import { chooseRuntime } from '../../../../dist/engine/process/runtime/chooseRuntime.js';
import { detectSpeech, loadSileroModels } from '../../../../dist/engine/process/vad/detect.js';
import { LevelMeter } from '../../../../dist/engine/process/vad/level.js';
import { listen, soundOf, type Heard } from '../../../../dist/engine/process/vad/listen.js';
import { DISTURBANCES, generator } from '../../../support/disturbances.mts';
import { audioOf, CALL, CALL_TRUTH, concatenate, decodeChannels, SAMPLE_RATE } from '../../../support/recordings.mts';
import { frames, type Span } from '../../../support/scores.mts';

const newMeter = await LevelMeter.prepare();

const SECONDS = 10;
const settings = vadSettings({ preset: 'balanced' });

let models: Awaited<ReturnType<typeof loadSileroModels>>;
let speech: Float32Array;
let truth: Span[];

before(async () => {
	models = await loadSileroModels(chooseRuntime('native'));
	const channels = await decodeChannels(CALL);
	speech = channels[0].subarray(0, SECONDS * SAMPLE_RATE);
	truth = CALL_TRUTH.channels[0].speech.filter(([, end]) => end < SECONDS);
});

const scaled = (samples: Float32Array, decibels: number) => samples.map((sample) => sample * 10 ** (decibels / 20));

async function hear(samples: Float32Array): Promise<Heard & { level: LevelMeter }> {
	const level = newMeter();
	level.add(samples);
	level.finish();
	return { ...(await listen(soundOf(audioOf(samples), level), models, { settings, level, keepProbabilities: false })), level };
}

/** Share of the speech that was found. */
function recall(found: ReadonlyArray<{ start: number; end: number }>, spans: readonly Span[] = truth): number {
	const [expected, heard] = [spans, found.map(({ start, end }): Span => [start, end])].map((one) => frames(one, 2 * SECONDS));
	return expected.filter((one, i) => one === 1 && heard[i] === 1).length / expected.filter((one) => one === 1).length;
}

describe('speech 40 dB below its usual level', () => {
	for (const [name, disturb] of Object.entries(DISTURBANCES)) {
		test(`beside ${name}`, async () => {
			const samples = scaled(speech, -40);
			disturb(samples, generator(1));
			const found = recall((await hear(samples)).spans);
			const { spans } = await detectSpeech(audioOf(samples), models, { settings, gain: 1, keepProbabilities: false });
			assert.ok(found >= recall(spans) - 0.02, `${found} found, ${recall(spans)} without correction`);
		});
	}
});

const HARMLESS = [
	'one click', 'click of 5 ms', 'a click every second', 'one sample of 17,000', 'one sample of -1,000', 'ten samples of 1,000,000',
	'offset of 0.5', 'offset that jumps', 'slow drift', 'beep of 0.2 s', 'beep every 5 s', 'squelch tails',
];
for (const name of HARMLESS) {
	test(`${name}: 55 dB below, found as well as without it`, async () => {
		const quiet = scaled(speech, -55);
		const alone = recall((await hear(quiet)).spans);
		DISTURBANCES[name](quiet, generator(1));
		const found = recall((await hear(quiet)).spans);
		assert.ok(alone > 0.9 && found > alone - 0.1, `${found}, alone ${alone}`);
	});
}

test('a voice that is 40 dB below another one is found as without correction, and told', async () => {
	const loud = scaled(speech, 12);
	const samples = concatenate([loud, scaled(speech, -25)]);
	const later = truth.map(([start, end]): Span => [start + SECONDS, end + SECONDS]);
	const { spans } = await detectSpeech(audioOf(samples), models, { settings, gain: 1, keepProbabilities: false });
	const heard = await hear(samples);
	assert.ok(recall(spans, later) > 0.5, 'found without correction');
	assert.ok(recall(heard.spans, later) >= recall(spans, later) - 0.1, `${recall(heard.spans, later)} of ${recall(spans, later)}`);
	assert.ok(heard.atOtherLevels.every(({ start }) => start > SECONDS - 1) && heard.atOtherLevels.length > 0);
});

test('nothing is told of speech alone, at any level', async () => {
	for (const decibels of [0, -20, -40, -60, 12]) assert.deepEqual((await hear(scaled(speech, decibels))).atOtherLevels, [], `${decibels} dB`);
});

test('three seconds of speech in 10 min of faint noise are found', async () => {
	const [start] = truth[0];
	const part = scaled(speech.slice(Math.round(start * SAMPLE_RATE), Math.round((start + 3) * SAMPLE_RATE)), -20);
	const random = generator(5);
	const samples = new Float32Array(600 * SAMPLE_RATE).map(() => 0.0002 * (random() - 0.5));
	samples.set(part, 300 * SAMPLE_RATE);
	const { spans } = await hear(samples);
	const found = spans.reduce((sum, span) => sum + span.end - span.start, 0);
	assert.ok(found > 2 && spans.every((span) => span.start > 299.5 && span.end < 303.5), JSON.stringify(spans));
});

function measure(...parts: Float32Array[]): number {
	const level = newMeter();
	parts.forEach((part) => level.add(part));
	level.finish();
	return level.level;
}

for (const name of ['one click', 'click of 5 ms', 'a click every second', 'one sample of 17,000', 'offset of 0.5', 'slow drift', 'dropouts']) {
	test(`${name} does not set the level`, () => {
		const quiet = scaled(speech, -40);
		const alone = measure(quiet);
		DISTURBANCES[name](quiet, generator(1));
		assert.ok(Math.abs(measure(quiet) - alone) < 1.5, `${measure(quiet)}, alone ${alone} dBFS`);
	});
}

test('digital silence does not set the level', () => {
	assert.ok(Math.abs(measure(new Float32Array(3000 * SAMPLE_RATE), speech) - measure(speech)) < 1);
	const skipped = newMeter();
	skipped.skip(3000 * SAMPLE_RATE);
	skipped.add(speech);
	skipped.finish();
	assert.equal(skipped.level, measure(speech));
});

describe('numbers as large as integers', () => {
	test('are a recording as any other', async () => {
		const { spans, level } = await hear(scaled(speech, 90.3));
		assert.equal(level.scale.absurd, 0);
		assert.ok(Math.abs(recall(spans) - recall((await hear(speech)).spans)) < 0.01);
	});

	test('are absurd where they are few, and silenced', async () => {
		const samples = speech.slice();
		for (const at of [16_000, 16_001, 90_000]) samples[at] = -20_000;
		const { level } = await hear(samples);
		assert.equal(level.scale.absurd, 3);
		const read = new Float32Array(samples.length);
		soundOf(audioOf(samples), level).read(0, read);
		assert.ok(read.every((sample) => Math.abs(sample) < 1));
		const part = new Float32Array(100);
		soundOf(audioOf(samples), level).read(15_900, part);
		assert.deepEqual(part, read.subarray(15_900, 16_000));
	});
});

test('silence is silent, also with an offset', () => {
	for (const offset of [0, 0.4]) {
		const level = newMeter();
		level.add(new Float32Array(SAMPLE_RATE).fill(offset));
		level.finish();
		assert.equal(level.silent, true);
	}
});
