import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Segmenter } from '../../../../dist/engine/process/vad/segmenter.js';

const HOP = 0.01;
const THRESHOLDS = {
	onsetThreshold: 0.5,
	offsetThreshold: 0.35,
	minimumSpeech: 50,
	minimumSilence: 50,
	paddingBefore: 0,
	paddingAfter: 0,
};

/** Runs of [probability, hops] → spans in hops. */
function segment(runs: Array<[number, number]>, changes: Partial<typeof THRESHOLDS> = {}): Array<[number, number]> {
	const segmenter = new Segmenter({ ...THRESHOLDS, ...changes }, HOP);
	let hops = 0;
	for (const [probability, count] of runs) {
		for (let i = 0; i < count; i++) segmenter.push(probability);
		hops += count;
	}
	return segmenter.finish(hops * HOP).map(({ start, end }) => [Math.round(start / HOP), Math.round(end / HOP)]);
}

test('speech is from the onset to where it fell below the offset threshold', () => {
	assert.deepEqual(segment([[0, 10], [0.9, 20], [0, 10]]), [[10, 30]]);
});

test('a probability between the thresholds neither starts nor ends speech', () => {
	assert.deepEqual(segment([[0.4, 30]]), []);
	assert.deepEqual(segment([[0.9, 10], [0.4, 30], [0, 10]]), [[0, 40]]);
});

test('thresholds themselves: onset included, offset not yet silence', () => {
	assert.deepEqual(segment([[0.5, 10], [0.35, 10], [0, 10]]), [[0, 20]]);
});

test('a shorter silence than the minimum is bridged, the minimum itself is not', () => {
	assert.deepEqual(segment([[0.9, 10], [0, 4], [0.9, 10], [0, 10]]), [[0, 24]]);
	assert.deepEqual(segment([[0.9, 10], [0, 5], [0.9, 10], [0, 10]]), [[0, 10], [15, 25]]);
});

test('silence is only over at the onset threshold', () => {
	assert.deepEqual(segment([[0.9, 10], [0, 3], [0.4, 3], [0.9, 10], [0, 10]]), [[0, 10], [16, 26]]);
});

test('speech shorter than the minimum is dropped', () => {
	assert.deepEqual(segment([[0.9, 4], [0, 10]]), []);
	assert.deepEqual(segment([[0.9, 5], [0, 10]]), [[0, 5]]);
});

test('speech that reaches the end is kept, and ends where silence had begun', () => {
	assert.deepEqual(segment([[0, 5], [0.9, 10]]), [[5, 15]]);
	assert.deepEqual(segment([[0, 5], [0.9, 10], [0, 3]]), [[5, 15]]);
});

test('padding stays inside the recording and joins spans that then touch', () => {
	const runs: Array<[number, number]> = [[0, 2], [0.9, 10], [0, 10], [0.9, 10], [0, 3]];
	assert.deepEqual(segment(runs, { paddingBefore: 40, paddingAfter: 50 }), [[0, 17], [18, 35]]);
	assert.deepEqual(segment(runs, { paddingBefore: 50, paddingAfter: 50 }), [[0, 35]]);
});

test('no probabilities, no segments', () => {
	assert.deepEqual(segment([]), []);
});
