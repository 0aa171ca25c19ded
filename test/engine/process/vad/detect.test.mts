/** The whole detector on synthesised speech whose place is known, and on real speech where it is at hand. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { VadPreset } from '../../../../dist/engine/client/protocol.js';
import { chooseRuntime } from '../../../../dist/engine/process/runtime/chooseRuntime.js';
import { loadSileroModels } from '../../../../dist/engine/process/vad/detect.js';
import { LevelMeter } from '../../../../dist/engine/process/vad/level.js';
import { listen } from '../../../../dist/engine/process/vad/listen.js';
import { vadSettings } from '../../../../dist/engine/client/presets.js';
import { speechProbabilities } from '../../../../dist/engine/process/vad/probabilities.js';
import { audioOf, CALL, CALL_TRUTH, concatenate, decodeChannels, labelledRecordings, NO_LABELLED_SPEECH, SAMPLE_RATE } from '../../../support/recordings.mts';
import { count, frames, rocAuc, score, type Span } from '../../../support/scores.mts';

const newMeter = await LevelMeter.prepare();

type Models = Awaited<ReturnType<typeof loadSileroModels>>;

let models: Models;
let call: Float32Array[];

before(async () => {
	models = await loadSileroModels(chooseRuntime('native'));
	call = await decodeChannels(CALL);
});

async function detect(samples: Float32Array, preset: VadPreset = 'balanced') {
	const level = newMeter();
	level.add(samples);
	level.finish();
	const options = { settings: vadSettings({ preset }), level, keepProbabilities: true };
	const { spans, probabilities, hop } = await listen(audioOf(samples), models, options);
	return { spans: spans.map(({ start, end }): Span => [start, end]), probabilities: probabilities!, hop };
}

const f1 = (found: readonly Span[], truth: readonly Span[], duration: number) =>
	score([count(frames(found, duration), frames(truth, duration))]).f1;

const scaled = (samples: Float32Array, decibels: number) => samples.map((sample) => sample * 10 ** (decibels / 20));

/** Reproducible white noise. */
function noise(length: number, amplitude: number): Float32Array {
	let seed = 12345;
	return Float32Array.from({ length }, () => {
		seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
		return (seed / 2 ** 31 - 1) * amplitude;
	});
}

test('speech is found where it is, within a tenth of a second on most edges', async () => {
	for (const { channel_number, speech } of CALL_TRUTH.channels) {
		const { spans } = await detect(call[channel_number]);
		const score = f1(spans, speech, CALL_TRUTH.duration);
		assert.ok(score > 0.93, `channel ${channel_number}: F1 ${score.toFixed(3)}`);
	}
});

test('For Transcription loses no speech', async () => {
	for (const { channel_number, speech } of CALL_TRUTH.channels) {
		const { spans } = await detect(call[channel_number], 'forTranscription');
		for (const [start, end] of speech) {
			assert.ok(spans.some(([from, to]) => from <= start && to >= end), `${start} to ${end} s is cut`);
		}
	}
});

test('40 dB quieter, the same speech is found; in Silero Compatible it is not', async () => {
	const { speech } = CALL_TRUTH.channels[1];
	const quiet = scaled(call[1], -40);
	const loudScore = f1((await detect(call[1])).spans, speech, CALL_TRUTH.duration);
	const quietScore = f1((await detect(quiet)).spans, speech, CALL_TRUTH.duration);
	assert.ok(Math.abs(loudScore - quietScore) < 0.01, `${loudScore} and ${quietScore}`);
	const uncorrected = f1((await detect(quiet, 'sileroCompatible')).spans, speech, CALL_TRUTH.duration);
	assert.ok(uncorrected < loudScore - 0.08, 'the correction is what keeps it');
});

test('silence and noise are no speech', async () => {
	assert.deepEqual((await detect(new Float32Array(5 * SAMPLE_RATE))).spans, []);
	assert.deepEqual((await detect(noise(10 * SAMPLE_RATE, 0.3))).spans, []);
	assert.deepEqual((await detect(new Float32Array(100))).spans, []);
	assert.deepEqual((await detect(new Float32Array(0))).spans, []);
});

test('long noise before the speech changes nothing of it: the state is forgotten', async () => {
	const lead = noise(120 * SAMPLE_RATE, 0.02);
	const after = await detect(concatenate([lead, call[1]]));
	const alone = await detect(call[1]);
	const moved = after.spans.map(([start, end]): Span => [start - 120, end - 120]);
	assert.ok(f1(moved, alone.spans, CALL_TRUTH.duration) > 0.985);
});

test('the state is carried over blocks: a long recording gives the same as its chunks one by one', async () => {
	const samples = concatenate([call[0], call[1]]);
	const blocks: number[] = [];
	for await (const block of speechProbabilities(audioOf(samples), { wide: models.wide }, { gain: 1, resetAfterSilence: false })) {
		blocks.push(...block);
	}
	const chunks = blocks.length;
	const { window, context } = models.wide;
	const padded = new Float32Array(context + chunks * window);
	padded.set(samples, context);
	models.wide.reset();
	const whole = await models.wide.run(padded);
	assert.ok(chunks > 256 * 2, 'several blocks');
	blocks.forEach((probability, i) => assert.ok(Math.abs(probability - whole[i]) < 1e-4));
});

test('probabilities cover the recording, one per hop', async () => {
	const balanced = await detect(call[0]);
	assert.equal(balanced.hop, 0.01);
	assert.equal(balanced.probabilities.length, Math.ceil(call[0].length / 160 - 0.5));
	const silero = await detect(call[0], 'sileroCompatible');
	assert.equal(silero.hop, 0.032);
	assert.equal(silero.probabilities.length, Math.ceil(call[0].length / 512));
	for (const p of [...balanced.probabilities, ...silero.probabilities]) assert.ok(p >= 0 && p <= 1);
});

describe('hand-labelled real speech', () => {
	const recordings = labelledRecordings();
	const skip = recordings.length === 0 ? NO_LABELLED_SPEECH : false;

	test('Balanced: frame F1 at least 0.945, ROC-AUC at least 0.965, hardly moved by 40 dB', { skip }, async () => {
		const counts = { loud: [] as ReturnType<typeof count>[], quiet: [] as ReturnType<typeof count>[] };
		const scores: number[] = [];
		const truths: number[] = [];
		for (const { path, speech } of recordings) {
			const [samples] = await decodeChannels(path);
			const duration = samples.length / SAMPLE_RATE;
			const truth = frames(speech, duration);
			const loud = await detect(samples);
			const quiet = await detect(scaled(samples, -40));
			counts.loud.push(count(frames(loud.spans, duration), truth));
			counts.quiet.push(count(frames(quiet.spans, duration), truth));
			truth.forEach((value, i) => {
				truths.push(value);
				scores.push(loud.probabilities[i] ?? 0);
			});
		}
		const f1 = score(counts.loud).f1;
		const auc = rocAuc(scores, truths);
		assert.ok(f1 >= 0.945, `F1 ${f1.toFixed(4)}`);
		assert.ok(auc >= 0.965, `ROC-AUC ${auc.toFixed(4)}`);
		assert.ok(Math.abs(score(counts.quiet).f1 - f1) <= 0.01, `quiet F1 ${score(counts.quiet).f1.toFixed(4)}`);
	});
});

test('hours of digital silence need no models, and change nothing around them', async () => {
	const silence = new Float32Array(120 * SAMPLE_RATE);
	const run = async (quiet: Float32Array) => {
		let runs = 0;
		const counted = new Proxy(models.wide, {
			get: (target, name) => {
				if (name === 'run') runs++;
				const value: unknown = Reflect.get(target, name, target);
				return typeof value === 'function' ? value.bind(target) : value;
			},
		});
		const found: number[] = [];
		const audio = audioOf(concatenate([call[0], quiet, call[0]]));
		for await (const block of speechProbabilities(audio, { ...models, wide: counted }, { gain: 1, resetAfterSilence: true })) {
			found.push(...block);
		}
		return { found, runs };
	};
	const left = await run(silence);
	// Not zero, and far below what the models can tell from zero.
	const heard = await run(silence.map(() => 1e-30));
	assert.ok(left.runs < heard.runs - 8, `${left.runs} runs beside ${heard.runs}`);
	assert.equal(left.found.length, heard.found.length);
	left.found.forEach((probability, i) => assert.ok(Math.abs(probability - heard.found[i]) < 1e-6, `chunk ${i}`));
});
