/** The kernel says of every window what the model in ONNX Runtime says of it, whatever it heard before. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { chooseRuntime } from '../../../../dist/engine/process/runtime/chooseRuntime.js';
import type { Audio } from '../../../../dist/engine/process/audio.js';
import type { Session } from '../../../../dist/engine/process/runtime/interface.js';
import { loadSegmentation, STEP, WINDOW } from '../../../../dist/engine/process/speakers/segmentation.js';
import { CLASSES, FRAMES, SegmentationKernel } from '../../../../dist/engine/process/speakers/segmentationKernel.js';
import { audioOf, CALL, decodeChannels } from '../../../support/recordings.mts';

const MODEL = join(import.meta.dirname, '..', '..', '..', '..', 'models', 'segmentation-3.0.onnx');
/** Largest difference between two logarithms of probabilities; 2e-4 is measured, most of it ONNX Runtime's own rounding. */
const TOLERANCE = 1e-3;
/** Where all samples are the same, ONNX Runtime's mean of them is not quite that, and the difference is made something. */
const OF_SILENCE = 1;

let model: Session;
let call: Float32Array[];

before(async () => {
	model = await chooseRuntime('native').load(readFileSync(MODEL));
	call = await decodeChannels(CALL);
});

async function published(audio: Audio, start: number): Promise<Float32Array> {
	const samples = new Float32Array(WINDOW);
	audio.read(start, samples);
	return (await model.run({ waveform: { data: samples, dims: [1, 1, WINDOW] } })).log_probabilities.data;
}

/** Scores of a frame as logarithms of probabilities. */
function logSoftmax(scores: Float32Array): number[] {
	const largest = Math.max(...scores);
	const total = scores.reduce((sum, score) => sum + Math.exp(score - largest), 0);
	return Array.from(scores, (score) => score - largest - Math.log(total));
}

const rowsOf = (scores: Float32Array) => Array.from({ length: FRAMES }, (_, frame) => logSoftmax(scores.subarray(frame * CLASSES, (frame + 1) * CLASSES)));
const likeliest = (row: number[]) => row.indexOf(Math.max(...row));

/** @returns how many frames have each likeliest class */
async function assertSame(kernel: SegmentationKernel, audio: Audio, frame: number, what: string, tolerance = TOLERANCE): Promise<number[]> {
	const [expected, actual] = [await published(audio, frame * STEP), kernel.scores(audio, frame * STEP)].map(rowsOf);
	const largest = Math.max(...actual.map((row, i) => Math.max(...row.map((value, c) => Math.abs(value - expected[i][c])))));
	assert.ok(largest < tolerance, `${what}, from frame ${frame} on: ${largest}`);
	const differing = actual.filter((row, i) => likeliest(row) !== likeliest(expected[i])).length;
	assert.ok(differing <= 1, `${what}, from frame ${frame} on: ${differing} frames have another class`);
	return Array.from({ length: CLASSES }, (_, c) => actual.filter((row) => likeliest(row) === c).length);
}

for (const [name, mayRelax] of [['as fast as Node.js can', true], ['as every Node.js can', false]] as const) {
	describe(`the kernel, ${name}`, () => {
		let kernel: SegmentationKernel;
		before(async () => {
			kernel = await SegmentationKernel.load(mayRelax);
		});

		it('hears windows that overlap, that do not, an earlier one, the same one and beyond the end', async () => {
			const both = audioOf(call[0].map((sample, i) => sample + call[1][i]));
			const last = Math.ceil(both.length / STEP);
			const classes: number[] = Array(CLASSES).fill(0);
			for (const frame of [0, 147, 294, 295, 884, 1472, 441, 441, last - 300, last - 153, last + 1]) {
				const tolerance = frame > last ? OF_SILENCE : TOLERANCE;
				(await assertSame(kernel, both, frame, 'both speakers', tolerance)).forEach((count, c) => (classes[c] += count));
			}
			assert.ok(classes.filter((count) => count > 50).length >= 3, `silence and more than one speaker: ${classes.join()}`);
		});

		it('hears each recording by itself', async () => {
			const [one, other] = call.map(audioOf);
			for (const [audio, frame] of [[one, 0], [other, 0], [other, 147], [one, 147], [one, 294]] as Array<[Audio, number]>) {
				await assertSame(kernel, audio, frame, audio === one ? 'one' : 'other');
			}
		});
	});
}

const CHANGES: Array<[string, (sample: number, i: number) => number, number?]> = [
	['an offset', (sample) => sample + 0.5],
	['60 dB less', (sample) => sample / 1000],
	['so loud that it is cut off', (sample) => Math.max(-1, Math.min(1, sample * 100))],
	['as large as whole numbers', (sample) => sample * 32_768],
	['silence', () => 0, OF_SILENCE],
	['one click in silence', (_, i) => (i === 100_000 ? 1 : 0), OF_SILENCE],
];
for (const [what, change, tolerance] of CHANGES) {
	it(`the kernel hears ${what}`, async () => {
		const kernel = await SegmentationKernel.load();
		const audio = audioOf(call[0].map(change));
		for (const frame of [0, 147]) await assertSame(kernel, audio, frame, what, tolerance);
	});
}

it('both runtimes find the same talk', async () => {
	const audio = audioOf(call[0].map((sample, i) => sample + call[1][i]));
	const [native, wasm] = [await loadSegmentation(chooseRuntime('native')), await loadSegmentation(chooseRuntime('wasm'))];
	const speech = new Uint8Array(3 * FRAMES);
	let talk = 0;
	for (const frame of [0, 147, 294]) {
		const [one, other] = [await native.window(audio, frame, speech), await wasm.window(audio, frame, speech)];
		assert.ok(one.filter((bits, i) => bits !== other[i]).length <= 1);
		talk += one.filter((bits) => bits !== 0).length;
	}
	assert.ok(talk > FRAMES, `${talk} frames with talk`);
});
