/** What of a recording goes into the voice of a piece. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Embedder, SpeechWindow } from '../../../../dist/engine/process/embedding/embedder.js';
import { frameStart, STEP } from '../../../../dist/engine/process/speakers/segmentation.js';
import { voicesOf } from '../../../../dist/engine/process/speakers/voices.js';
import { audioOf, SAMPLE_RATE } from '../../../support/recordings.mts';

/** Each sample is the number of its frame. */
const FIRST = Math.round(495.5 - STEP / 2);
const audio = audioOf(Float32Array.from({ length: 300 * STEP }, (_, i) => Math.floor((i - FIRST) / STEP)));

async function heard(pieces: Array<[from: number, to: number]>, talkers: (frame: number) => number) {
	const speech: Float32Array[] = [];
	const embedder = { embed: async (samples: Float32Array) => (speech.push(samples), Float32Array.of(1)) } as unknown as Embedder;
	const counts = Uint8Array.from({ length: 300 }, (_, frame) => talkers(frame));
	const voices = await voicesOf(audio, pieces.map(([from, to], track) => ({ track, from, to })), counts, embedder);
	return { voices, frames: speech.map((samples) => [...new Set(samples)]), speech };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('the voice of a piece', () => {
	it('is made of the moments in which nobody else talks', async () => {
		const { voices, frames, speech } = await heard([[10, 60], [50, 110]], (frame) => (frame >= 50 && frame < 60 ? 2 : 1));
		assert.deepEqual(frames, [range(10, 50), range(60, 110)]);
		assert.equal(speech[0].length, 40 * STEP);
		assert.ok(Math.abs(voices[0].clean - (40 * STEP) / SAMPLE_RATE) < 1e-9);
	});

	it('leaves out what lies between', async () => {
		const { frames } = await heard([[10, 60]], (frame) => (frame >= 30 && frame < 35 ? 2 : 1));
		assert.deepEqual(frames, [[...range(10, 30), ...range(35, 60)]]);
	});

	it('is none of less than a fifth of a second', async () => {
		const { voices, speech } = await heard([[10, 20], [100, 140]], (frame) => (frame >= 105 ? 2 : 1));
		assert.deepEqual(voices.map(({ vector }) => vector), [undefined, undefined]);
		assert.equal(speech.length, 0);
	});

	it('and those of its parts come from one pass, cut at its own moments', async () => {
		const windows: number[][][] = [];
		const embedder = {
			embedWindows: async (of: SpeechWindow[]) => {
				windows.push(of.map((window) => [...new Set(window.read())]));
				return { vector: Float32Array.of(9), windows: of.map((_, i) => Float32Array.of(i)) };
			},
		} as unknown as Embedder;
		const talkers = Uint8Array.from({ length: 300 }, (_, frame) => (frame >= 40 && frame < 60 ? 2 : 1));
		const [voice] = await voicesOf(audio, [{ track: 0, from: 10, to: 150 }], talkers, embedder, true);
		assert.deepEqual(windows, [[[...range(10, 40), ...range(60, 70)], range(70, 110), range(110, 150)]]);
		assert.deepEqual(voice.vector, Float32Array.of(9));
		assert.deepEqual(voice.parts!.map(({ start, end }) => [start, end]), [[10, 70], [70, 110], [110, 150]].map((part) => part.map(frameStart)));
		assert.deepEqual(voice.parts!.map(({ clean, vector }) => [clean, vector[0]]), [0, 1, 2].map((i) => [(40 * STEP) / SAMPLE_RATE, i]));
	});
});
