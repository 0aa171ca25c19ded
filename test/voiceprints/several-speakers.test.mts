/** One voice or several in a channel: the rule itself, on vectors made for it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parseCalibration, type Calibration } from '../../dist/voiceprints/calibration.js';
import { ACCURATE } from '../../dist/engine/process/embedding/bundled.js';
import { halves, speakersIn } from '../../dist/voiceprints/severalSpeakers.js';
import { ACCURATE_MODEL, calibrationPath, FAST_MODEL } from '../../dist/models/bundled.js';

/** The score is ten times the cosine, less five. */
const calibration = parseCalibration(
	{ llr: { slope: 10, offset: -5 }, several_speakers: { llr_below: 0, share_of_pairs: 0.25, fewest_windows: 5 } },
	'test',
);
const at = (degrees: number) => Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
const judge = (degrees: number[], by: Calibration | undefined = calibration, seconds = 4 * degrees.length) =>
	speakersIn(degrees.map(at), seconds, by);

describe('windows that are alike', () => {
	test('are one speaker', () => assert.equal(judge([0, 10, 20, 15, 5, 25, 30, 10]), 'one'));
	test('but for one are one speaker: a cough, a laugh', () => assert.equal(judge([0, 10, 20, 15, 5, 25, 30, 170]), 'one'));
});

describe('windows of two kinds', () => {
	test('are several speakers', () => assert.equal(judge([0, 90, 5, 95, 10, 100, 0, 90]), 'several'));
	test('are several speakers where one says a third of it', () => assert.equal(judge([0, 5, 10, 0, 5, 90, 95, 100]), 'several'));
	test('are not judged where there are too few of them', () => assert.equal(judge([0, 90, 5, 95]), 'unknown'));
});

test('without a rule nothing is known', () => {
	const plain = parseCalibration({ llr: { slope: 10, offset: -5 } }, 'test');
	assert.equal(judge([0, 90, 5, 95, 10], plain), 'unknown');
	assert.equal(speakersIn([0, 90, 5, 95, 10].map(at), 20, undefined), 'unknown');
});

describe('the two halves that are least alike', () => {
	const split = (degrees: number[]) => halves(degrees.map(at)).map(Number).join('');

	test('are those of two voices', () => {
		assert.equal(split([0, 90, 5, 95, 10, 100, 0, 90]), '01010101');
		assert.equal(split([90, 0, 5, 95, 10]), '10010');
	});

	test('may be one window and the others', () => assert.equal(split([0, 10, 5, 120]), '0001'));

	test('are one where all windows are the same', () => assert.equal(split([30, 30, 30]), '000'));
});

describe('a rule by halves', () => {
	const file = { llr: { slope: 1, offset: 0 } };
	const rule = { fewest_windows: 3, shortest_seconds: 12 };
	// Above 0 where the halves' cosine is below 0.5, and lower for a small half.
	const terms = [{ of: [], weight: 5 }, { of: ['cosine'], weight: -10 }, { of: ['share'], weight: 1 }];
	const byHalves = parseCalibration({ ...file, several_speakers: { ...rule, terms } }, 'test');

	test('tells two voices from one', () => {
		assert.equal(judge([0, 90, 5, 95, 10, 100], byHalves), 'several');
		assert.equal(judge([0, 30, 5, 35, 10, 40], byHalves), 'one');
	});

	test('says that it does not know where there is too little speech to find a second voice', () => {
		assert.equal(judge([0, 30, 5], byHalves, 11.9), 'unknown');
		assert.equal(judge([0, 30, 5], byHalves, 12), 'one');
		assert.equal(judge([0, 90, 5], byHalves, 6), 'several');
		assert.equal(judge([0, 90], byHalves, 60), 'unknown');
	});

	test('may go by how much speech is in the halves, and how it is shared', () => {
		const by = (...terms: object[]) => parseCalibration({ ...file, several_speakers: { ...rule, terms } }, 'test');
		const longEnough = by({ of: ['log_length'], weight: 1 }, { of: [], weight: -Math.log(5) });
		// 3 s and 9 s: 4.5 s; 4 s and 12 s: 6 s.
		assert.deepEqual([12, 16].map((seconds) => judge([0, 90, 5, 10], longEnough, seconds)), ['one', 'several']);
		const halfAndHalf = by({ of: ['share'], weight: 1 }, { of: [], weight: -0.4 });
		assert.deepEqual([judge([0, 90, 5, 10], halfAndHalf), judge([0, 90, 5, 95], halfAndHalf)], ['one', 'several']);
		assert.equal(judge([7, 7, 7, 7], by({ of: [], weight: 1 })), 'one');
	});

	test('with an unknown factor is refused', () => {
		const wrong = { ...file, several_speakers: { ...rule, terms: [{ of: ['snr'], weight: 1 }] } };
		assert.throws(() => parseCalibration(wrong, 'test'), { code: 'INVALID_MODEL', message: /several_speakers\.terms\[0\]\.of must be one of "cosine"/ });
	});
});

test('the rules of the bundled models were measured with the windows that the engine takes', () => {
	const measured = (model: string) => JSON.parse(readFileSync(calibrationPath(model), 'utf8')).several_speakers.window_seconds;
	assert.equal(measured(FAST_MODEL), 4);
	assert.equal(measured(ACCURATE_MODEL), ACCURATE.windowSeconds);
});
