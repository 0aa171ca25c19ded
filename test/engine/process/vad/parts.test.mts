/** The small parts of the detector: level, half-band filter, delay correction, presets. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Halfband, HALFBAND_LEAD } from '../../../../dist/engine/process/vad/halfband.js';
import { LevelMeter } from '../../../../dist/engine/process/vad/level.js';
import { BALANCED, vadSettings } from '../../../../dist/engine/client/presets.js';
import { CORRECTED_HOP, DelayCorrection } from '../../../../dist/engine/process/vad/delayCorrection.js';

const newMeter = await LevelMeter.prepare();

const tone = (frequency: number, sampleRate: number, length: number, amplitude = 1) =>
	Float32Array.from({ length }, (_, i) => amplitude * Math.sin((2 * Math.PI * frequency * i) / sampleRate));

const rms = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);

function meter(...parts: Float32Array[]): LevelMeter {
	const level = newMeter();
	parts.forEach((part) => level.add(part));
	level.finish();
	return level;
}

describe('level', () => {
	test('a tone is brought to -23 dBFS RMS, however loud it was', () => {
		for (const amplitude of [1, 0.1, 0.01, 0.003]) {
			const { gain } = meter(tone(1000, 16000, 16000, amplitude));
			const level = 20 * Math.log10((amplitude / Math.SQRT2) * gain);
			assert.ok(Math.abs(level + 23) < 0.5, `amplitude ${amplitude} came to ${level.toFixed(1)} dBFS`);
		}
	});

	test('long silence does not make the level of the speech in it look low', () => {
		const speech = tone(300, 16000, 16000, 0.1);
		const silence = tone(50, 16000, 16000 * 60, 0.0005);
		assert.ok(Math.abs(20 * Math.log10(meter(silence, speech).gain / meter(speech).gain)) < 1);
	});

	test('the way the samples are cut into blocks makes no difference', () => {
		const samples = tone(300, 16000, 10000, 0.2);
		const cut = [0, 1, 333, 5000, 9999].map((start, i, starts) => samples.subarray(start, starts[i + 1]));
		assert.equal(meter(...cut).gain, meter(samples).gain);
	});

	test('digital silence is silent and not amplified; whispers are amplified by 50 dB at most', () => {
		const silent = meter(new Float32Array(16000));
		assert.equal(silent.silent, true);
		assert.equal(silent.gain, 1);
		const whisper = meter(tone(300, 16000, 16000, 10 ** (-78 / 20)));
		assert.equal(whisper.silent, false);
		assert.equal(whisper.gain, 10 ** (50 / 20));
	});
});

describe('half-band filter', () => {
	for (const mayRelax of [true, false]) {
		describe(mayRelax ? 'as fast as Node.js can' : 'as every Node.js can', () => {
			let halfband: Halfband;

			before(async () => {
				halfband = await Halfband.load(mayRelax);
			});

			const halve = (input: Float32Array) => halfband.halve(input, input.length / 2 - HALFBAND_LEAD).slice();

			test('speech frequencies pass unchanged and undelayed', () => {
				const output = halve(tone(1000, 16000, 8000));
				assert.equal(output.length, 4000 - HALFBAND_LEAD);
				const phase = (2 * Math.PI * 1000 * HALFBAND_LEAD) / 16000;
				output.forEach((sample, i) => {
					assert.ok(Math.abs(sample - Math.sin((2 * Math.PI * 1000 * i) / 8000 + phase)) < 1e-3);
				});
			});

			test('what 8 kHz cannot hold is gone', () => {
				for (const frequency of [4800, 6000, 7500]) {
					assert.ok(rms(halve(tone(frequency, 16000, 8000))) < 0.003, `${frequency} Hz`);
				}
			});

			test('each sample is what the samples around its place give, also of a click', () => {
				for (const place of [0, 1, 40, 63, 64, 95, 100, 127]) {
					const click = new Float32Array(2 * HALFBAND_LEAD + 64);
					click[place] = 1;
					halve(click).forEach((sample, i) => {
						const offset = Math.abs(place - HALFBAND_LEAD - 2 * i);
						const isHeard = offset === 0 || (offset % 2 === 1 && offset < HALFBAND_LEAD);
						assert.equal(sample !== 0, isHeard, `click at ${place}, sample ${i}`);
						if (offset === 0) assert.equal(sample, 0.5);
					});
				}
			});

			test('a gain is as if the sound came with it, and what is beyond its limit at the limit', () => {
				const input = tone(1000, 16000, 8000);
				const output = halfband.halve(input, 3000, { factor: 3, limit: 2 }).slice();
				const limited = input.map((sample) => Math.max(-2, Math.min(2, 3 * sample)));
				assert.ok(Math.max(...output) > 1.9 && Math.max(...output) < 2.4);
				const expected = halfband.halve(limited, 3000);
				output.forEach((sample, i) => assert.ok(Math.abs(sample - expected[i]) < 1e-6, `sample ${i}`));
			});
		});
	}
});

describe('delay correction', () => {
	function correct(chunks: number[], duration: number): number[] {
		const values: number[] = [];
		const correction = new DelayCorrection((value) => values.push(value));
		chunks.forEach((chunk) => correction.push(chunk));
		correction.finish(duration);
		return values;
	}

	test('one value per 10 ms of the recording', () => {
		assert.equal(CORRECTED_HOP, 0.01);
		assert.equal(correct([0.5, 0.5, 0.5], 0.09).length, 9);
		assert.equal(correct([0.5, 0.5, 0.5], 0.095).length, 9);
		assert.equal(correct([], 0).length, 0);
	});

	test('a step crosses one half 40 ms before the boundary of its chunks', () => {
		const values = correct([0, 0, 0, 0, 1, 1, 1, 1], 0.256);
		const crossing = values.findIndex((value) => value >= 0.5) * 0.01;
		assert.ok(Math.abs(crossing - (0.128 - 0.04)) <= 0.01, `at ${crossing}`);
	});

	test('values in between are interpolated, never beyond their neighbours', () => {
		const values = correct([0, 0, 1, 1], 0.128);
		values.forEach((value, i) => assert.ok(value >= (values[i - 1] ?? 0) && value <= 1));
		assert.ok(values.some((value) => value > 0.1 && value < 0.9));
	});
});

describe('presets', () => {
	test('custom starts from Balanced', () => {
		const { thresholds } = vadSettings({ preset: 'custom', thresholds: { onsetThreshold: 0.7 } });
		assert.deepEqual(thresholds, { ...BALANCED, onsetThreshold: 0.7 });
	});

	const refused: Array<[string, Parameters<typeof vadSettings>[0], RegExp]> = [
		['unknown preset', { preset: 'loud' as 'custom' }, /no preset 'loud'/],
		['thresholds of a fixed preset', { preset: 'balanced', thresholds: { minimumSpeech: 1 } }, /'Custom'/],
		['onset above 1', { preset: 'custom', thresholds: { onsetThreshold: 1.2 } }, /'Onset Threshold'/],
		['offset above onset', { preset: 'custom', thresholds: { offsetThreshold: 0.9 } }, /'Offset Threshold'/],
		['negative time', { preset: 'custom', thresholds: { paddingAfter: -1 } }, /'Padding After'/],
		['not a number', { preset: 'custom', thresholds: { minimumSilence: NaN } }, /'Minimum Silence'/],
	];
	for (const [name, request, message] of refused) {
		test(`refused: ${name}`, () => {
			assert.throws(() => vadSettings(request), { name: 'VoiceprintError', code: 'INVALID_PARAMETER', message });
		});
	}
});
