/** Silero's own segmentation: expectations worked out by hand from its published algorithm. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILERO_DEFAULTS } from '../../../../dist/engine/client/presets.js';
import { sileroSegments } from '../../../../dist/engine/process/vad/sileroSegments.js';

const WINDOW = 512;

/** Runs of [probability, windows] → spans in samples. */
function segment(runs: Array<[number, number]>, cut = 0): Array<[number, number]> {
	const probabilities = runs.flatMap(([probability, count]) => Array<number>(count).fill(probability));
	const length = probabilities.length * WINDOW - cut;
	const spans = sileroSegments(probabilities, length, SILERO_DEFAULTS);
	return spans.map(({ start, end }) => [Math.round(start * 16000), Math.round(end * 16000)]);
}

test('padding of 30 ms (480 samples) on both sides', () => {
	assert.deepEqual(segment([[0, 10], [0.9, 20], [0, 10]]), [[10 * WINDOW - 480, 30 * WINDOW + 480]]);
});

test('speech ends after 100 ms of silence: four windows later, not three', () => {
	assert.deepEqual(segment([[0.9, 10], [0, 4], [0.9, 10], [0, 9]]), [[0, 24 * WINDOW + 480]]);
	// Silence of 5 windows = 2560 samples, more than twice the padding: each side keeps its own.
	assert.deepEqual(segment([[0.9, 10], [0, 5], [0.9, 10], [0, 9]]), [
		[0, 10 * WINDOW + 480],
		[15 * WINDOW - 480, 25 * WINDOW + 480],
	]);
});

test('250 ms of speech: 7 windows (3584 samples) are dropped, 8 (4096) kept', () => {
	assert.deepEqual(segment([[0.9, 7], [0, 9]]), []);
	assert.deepEqual(segment([[0.9, 8], [0, 9]]), [[0, 8 * WINDOW + 480]]);
});

test('between the thresholds speech goes on, and a silence that has begun goes on too', () => {
	assert.deepEqual(segment([[0.9, 10], [0.4, 20], [0, 9]]), [[0, 30 * WINDOW + 480]]);
	assert.deepEqual(segment([[0.9, 10], [0, 1], [0.4, 2], [0, 2], [0.9, 10], [0, 9]]).length, 2);
});

test('speech at the end reaches the end of the recording, not of the last window', () => {
	assert.deepEqual(segment([[0, 10], [0.9, 20]], 100), [[10 * WINDOW - 480, 30 * WINDOW - 100]]);
});
