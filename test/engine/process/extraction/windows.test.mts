/** Which parts of the speech go into a voiceprint. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chooseWindows as choose, readWindow, samplesOf, type Window } from '../../../../dist/engine/process/extraction/windows.js';
import { audioOf, SAMPLE_RATE } from '../../../support/recordings.mts';

const WINDOW = 4;
const chooseWindows = (spans: Parameters<typeof choose>[0], maximum: number) => choose(spans, maximum, WINDOW);

const seconds = (samples: number) => samples / SAMPLE_RATE;
const lengths = (windows: Window[]) => windows.map((window) => seconds(samplesOf(window)));
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

/** Speech of `each` seconds at the start of every `period`. */
const regular = (count: number, each: number, period: number) =>
	Array.from({ length: count }, (_, i) => ({ start: i * period, end: i * period + each }));

describe('where there is not more speech than is wanted', () => {
	test('all of it is used, once, in windows of equal length', () => {
		const windows = chooseWindows(regular(10, 1.7, 3), 60);
		assert.equal(windows.length, Math.round(17 / WINDOW));
		assert.ok(Math.abs(sum(lengths(windows)) - 17) < 0.001);
		for (const length of lengths(windows)) assert.ok(Math.abs(length - 17 / windows.length) < 0.001);
		const stretches = windows.flat();
		for (let i = 1; i < stretches.length; i++) assert.ok(stretches[i].start >= stretches[i - 1].end);
	});

	test('a short bit of speech is one window', () => {
		assert.deepEqual(chooseWindows([{ start: 1, end: 1.25 }], 60), [[{ start: 16_000, end: 20_000 }]]);
	});

	test('one window lasts up to one and a half of the usual length', () => {
		const count = (seconds: number) => chooseWindows([{ start: 0, end: seconds }], 60).length;
		assert.deepEqual([1.49 * WINDOW, 1.51 * WINDOW, 2.49 * WINDOW, 2.51 * WINDOW].map(count), [1, 2, 2, 3]);
	});

	test('no speech gives no window', () => {
		assert.deepEqual(chooseWindows([], 60), []);
		assert.deepEqual(chooseWindows([], 0), []);
	});

	test('no limit means all of it', () => {
		assert.ok(Math.abs(sum(lengths(chooseWindows(regular(600, 6, 10), 0))) - 3600) < 0.01);
	});
});

describe('where there is more', () => {
	const day = regular(3600, 2, 10); // two hours of speech in ten
	const windows = chooseWindows(day, 60);

	test('no more is used than is wanted', () => {
		assert.ok(Math.abs(sum(lengths(windows)) - 60) < 0.01, `${sum(lengths(windows))} s`);
		for (const length of lengths(windows)) assert.ok(length <= 1.5 * WINDOW + 0.001);
	});

	test('it comes from all over the recording', () => {
		const places = windows.map(([first]) => seconds(first.start));
		const gaps = places.slice(1).map((place, i) => place - places[i]);
		assert.ok(places[0] < 2500 && places.at(-1)! > 33_500, places.join(' '));
		assert.ok(Math.max(...gaps) < 1.1 * Math.min(...gaps), gaps.join(' '));
	});
});

test('a window is read without the pauses', () => {
	const samples = Float32Array.from({ length: 4 * SAMPLE_RATE }, (_, i) => i);
	const [window] = chooseWindows([{ start: 0.5, end: 0.501 }, { start: 3, end: 3.001 }], 60);
	const speech = readWindow(audioOf(samples), window);
	assert.deepEqual(Array.from(speech), [...Array(16).keys()].map((i) => 8000 + i).concat([...Array(16).keys()].map((i) => 48_000 + i)));
});
