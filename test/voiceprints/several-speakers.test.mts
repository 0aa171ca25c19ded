/** One voice or several in a channel: the rule itself, on vectors made for it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parseCalibration, type Calibration } from '../../dist/voiceprints/calibration.js';
import { soundsLikeSeveral } from '../../dist/voiceprints/severalSpeakers.js';
import { calibrationPath, FAST_MODEL } from '../../dist/models/bundled.js';
import { pairCosines } from '../../dist/voiceprints/vector.js';

/** The score is ten times the cosine, less five. */
const calibration = parseCalibration(
	{ llr: { slope: 10, offset: -5 }, several_speakers: { llr_below: 0, share_of_pairs: 0.25, fewest_windows: 5 } },
	'test',
);
const at = (degrees: number) => Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
const judge = (degrees: number[], by: Calibration | undefined = calibration) =>
	soundsLikeSeveral(pairCosines(degrees.map(at)), degrees.length, 6, by);

describe('windows that are alike', () => {
	test('are one speaker', () => assert.equal(judge([0, 10, 20, 15, 5, 25, 30, 10]), false));
	test('but for one are one speaker: a cough, a laugh', () => assert.equal(judge([0, 10, 20, 15, 5, 25, 30, 170]), false));
});

describe('windows of two kinds', () => {
	test('are several speakers', () => assert.equal(judge([0, 90, 5, 95, 10, 100, 0, 90]), true));
	test('are several speakers where one says a third of it', () => assert.equal(judge([0, 5, 10, 0, 5, 90, 95, 100]), true));
	test('are not judged where there are too few of them', () => assert.equal(judge([0, 90, 5, 95]), false));
});

test('without a rule nothing is said', () => {
	const plain = parseCalibration({ llr: { slope: 10, offset: -5 } }, 'test');
	assert.equal(judge([0, 90, 5, 95, 10], plain), false);
	assert.equal(soundsLikeSeveral(pairCosines([0, 90, 5, 95, 10].map(at)), 5, 6, undefined), false);
});

test('the rule of the bundled model was measured with the windows that the engine takes', () => {
	const { several_speakers } = JSON.parse(readFileSync(calibrationPath(FAST_MODEL), 'utf8'));
	assert.equal(several_speakers.window_seconds, 4);
});
