/** From the local speakers of windows to tracks, turns and pieces. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { piecesOf, turnsOf } from '../../../../dist/engine/process/speakers/pieces.js';
import { FRAMES, framesIn, framesOfSpans, frameStart, Segmentation, STEP, WINDOW } from '../../../../dist/engine/process/speakers/segmentation.js';
import { TrackBuilder } from '../../../../dist/engine/process/speakers/tracks.js';
import { audioOf, SAMPLE_RATE } from '../../../support/recordings.mts';

/** Frames from window to window here: half of one. */
const HOP = 294;

/** A window in which each of some local speakers talks from one frame to another. */
function window(...talk: Array<[speaker: number, from: number, to: number]>): Uint8Array {
	const activity = new Uint8Array(FRAMES);
	for (const [speaker, from, to] of talk) for (let i = from; i < to; i++) activity[i] |= 1 << speaker;
	return activity;
}

function tracksOf(frames: number, ...windows: Array<[start: number, activity: Uint8Array]>) {
	const builder = new TrackBuilder();
	for (const [start, activity] of windows) builder.add(start, activity);
	return builder.finish(frames);
}

describe('frames', () => {
	it('of a window are 589', () => assert.equal(framesIn(WINDOW), FRAMES));

	it('begin half a step before their middle', () => {
		assert.ok(Math.abs(frameStart(0) - 360.5 / 16000) < 1e-9);
		assert.ok(Math.abs(frameStart(10) - frameStart(9) - STEP / 16000) < 1e-9);
	});

	it('of a moment are one', () => assert.equal(framesIn(100), 1));

	it('of spans are those whose middle lies in one', () => {
		const middle = (frame: number) => (495.5 + STEP * frame) / SAMPLE_RATE;
		const spans = [{ start: 0, end: middle(1) + 1e-6 }, { start: middle(4), end: middle(6) }, { start: middle(8) + 1e-6, end: 99 }];
		assert.deepEqual([...framesOfSpans(11, spans)], [1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1]);
	});
});

describe('a window', () => {
	/** Classes, of which silence is the likeliest one throughout and a speaker number 1 the second. */
	const scores = Float32Array.from({ length: FRAMES * 7 }, (_, i) => [0, -9, -1, -9, -9, -9, -9][i % 7]);

	it('holds talk where there is speech for sure, also where the model hears none', async () => {
		const speech = new Uint8Array(1000).fill(1, 120, 150);
		const activity = await new Segmentation(() => scores).window(audioOf(new Float32Array(0)), 100, speech);
		assert.deepEqual([...activity.keys()].filter((frame) => activity[frame] !== 0), Array.from({ length: 30 }, (_, i) => 20 + i));
		assert.equal(activity[20], 0b010);
	});
});

describe('tracks', () => {
	it('link the local speakers of two windows by when they talk, whatever their numbers', () => {
		const { runs, talkers } = tracksOf(
			HOP + FRAMES,
			[0, window([0, 100, 400], [1, 420, 589])],
			[HOP, window([2, 0, 106], [0, 126, 500])],
		);
		assert.deepEqual(runs, [{ track: 0, from: 100, to: 400 }, { track: 1, from: 420, to: HOP + 500 }]);
		assert.equal(talkers[410], 0);
		assert.equal(talkers[300], 1);
	});

	it('are new where hardly anything is in common', () => {
		const { runs } = tracksOf(HOP + FRAMES, [0, window([0, 100, 300])], [HOP, window([0, 200, 400])]);
		assert.deepEqual(runs.map(({ track }) => track), [0, 1]);
	});

	it('are new where there is little in common beside what is not, or little at all', () => {
		// Beyond the first window, where only the second one is heard, it shows which track its speaker is.
		const isOne = (one: [number, number], other: [number, number]) => {
			const { runs } = tracksOf(HOP + FRAMES, [0, window([0, ...one])], [HOP, window([0, ...other], [0, 400, 450])]);
			return runs.at(-1)!.track === 0;
		};
		assert.equal(isOne([HOP, HOP + 60], [20, 60]), true);
		assert.equal(isOne([HOP, HOP + 60], [40, 100]), false, 'twenty frames of a hundred');
		assert.equal(isOne([HOP, HOP + 8], [0, 8]), false, 'eight frames of eight');
	});

	it('may talk at the same time', () => {
		const { runs, talkers } = tracksOf(FRAMES, [0, window([0, 10, 200], [1, 150, 300])]);
		assert.deepEqual(runs, [{ track: 0, from: 10, to: 200 }, { track: 1, from: 150, to: 300 }]);
		assert.equal(talkers[160], 2);
	});

	it('are as many as the windows hear on average, to the even side in doubt', () => {
		const one = tracksOf(HOP + FRAMES, [0, window([0, 300, 400])], [HOP, window()]);
		assert.deepEqual(one.runs, []);
		const two = tracksOf(HOP + FRAMES, [0, window([0, 300, 500], [1, 300, 500])], [HOP, window([0, 6, 206])]);
		assert.equal(two.talkers[350], 2);
	});

	it('end where windows were left out', () => {
		const far = 4 * HOP;
		const { runs } = tracksOf(far + FRAMES, [0, window([0, 500, 589])], [far, window([0, 0, 100])]);
		assert.deepEqual(runs, [{ track: 0, from: 500, to: 589 }, { track: 1, from: far, to: far + 100 }]);
	});

	it('of silence are none', () => assert.deepEqual(tracksOf(FRAMES).runs, []));
});

describe('turns and pieces', () => {
	it('a short pause belongs to the turn, unless somebody else talks in it', () => {
		const tracks = tracksOf(FRAMES, [0, window([0, 10, 100], [0, 110, 200], [1, 205, 208], [0, 212, 260])]);
		const turns = turnsOf(tracks);
		assert.deepEqual(turns.map(({ from, to }) => [from, to]), [[10, 200], [205, 208], [212, 260]]);
		assert.equal(tracks.talkers[105], 1);
	});

	it('a long pause ends it', () => {
		const turns = turnsOf(tracksOf(FRAMES, [0, window([0, 10, 100], [0, 120, 200])]));
		assert.equal(turns.length, 2);
	});

	it('a turn is cut into equal pieces of at most two seconds', () => {
		const pieces = piecesOf([{ track: 3, from: 0, to: 300, pauses: [] }, { track: 4, from: 50, to: 60, pauses: [] }]);
		assert.deepEqual(pieces, [
			{ track: 3, from: 0, to: 100 },
			{ track: 4, from: 50, to: 60 },
			{ track: 3, from: 100, to: 200 },
			{ track: 3, from: 200, to: 300 },
		]);
	});

	it('a turn is cut in the middle of its pauses first, the longest before others, where half a second is left on both sides', () => {
		const pauses = [{ from: 10, to: 14 }, { from: 60, to: 62 }, { from: 70, to: 76 }, { from: 110, to: 112 }];
		const pieces = piecesOf([{ track: 0, from: 0, to: 130, pauses }]);
		assert.deepEqual(pieces.map(({ from, to }) => [from, to]), [[0, 73], [73, 130]]);
	});

	it('closed pauses are remembered', () => {
		const [turn] = turnsOf(tracksOf(FRAMES, [0, window([0, 10, 100], [0, 110, 200], [0, 212, 260])]));
		assert.deepEqual(turn.pauses, [{ from: 100, to: 110 }, { from: 200, to: 212 }]);
	});
});
