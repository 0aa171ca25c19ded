/** Samples on their way from FFmpeg's output to blocks of channels: none is lost, moved or changed, however they come. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BLOCK_SAMPLES, BlockWriter } from '../../../../dist/engine/process/media/channels.js';
import { WavOutput } from '../../../../dist/engine/process/media/ffmpeg/wavOutput.js';
import { Planes } from '../../../../dist/engine/process/media/planes.js';
import { LARGEST_SAMPLE } from '../../../../dist/engine/process/media/limits.js';
import { Spool } from '../../../../dist/engine/process/media/spool.js';
import { temporaryFolder } from './support/encode.mts';
import { samplesFloat, wav } from './support/wav.mts';

const makePlanes = await Planes.prepare();

const value = (channel: number, index: number) => Math.fround(Math.sin(channel + index / 7));
const channelsOf = (count: number, length: number) =>
	Array.from({ length: count }, (_, channel) => Float32Array.from({ length }, (__, index) => value(channel, index)));
const interleaved = (channels: Float32Array[]) => new Float32Array(Uint8Array.from(samplesFloat(channels)).buffer);

/** A deep comparison of so many samples would take minutes to describe a difference. */
const isSame = (a: ArrayLike<number>, b: ArrayLike<number>) => a.length === b.length && Array.prototype.every.call(a, (sample, i) => sample === b[i]);

/** @param steps frames that come at once, in turn */
function written(channels: Float32Array[], kept: number[], steps: number[]): { blocks: number[][]; replaced: number } {
	const blocks: number[][] = kept.map(() => []);
	const onBlock = (block: Float32Array[]) => block.forEach((samples, index) => blocks[index].push(...samples));
	const writer = new BlockWriter(channels.length, kept, undefined, { onBlock }, makePlanes);
	const samples = interleaved(channels);
	for (let frame = 0, turn = 0; frame < channels[0].length; turn++) {
		const to = Math.min(channels[0].length, frame + steps[turn % steps.length]);
		writer.write(samples, frame, to);
		frame = to;
	}
	writer.flush();
	return { blocks, replaced: writer.replaced };
}

describe('channels by themselves', () => {
	for (const [count, kept] of [[1, [0]], [2, [0, 1]], [2, [1]], [3, [0, 2]], [16, [3, 15]]] as Array<[number, number[]]>) {
		test(`${kept.join()} of ${count}`, () => {
			const channels = channelsOf(count, BLOCK_SAMPLES + 4321);
			for (const steps of [[BLOCK_SAMPLES + 4321], [1, 1000, 2777]]) {
				const { blocks, replaced } = written(channels, kept, steps);
				assert.equal(replaced, 0);
				kept.forEach((channel, index) => assert.ok(isSame(blocks[index], channels[channel])));
			}
		});

		test(`${kept.join()} of ${count}, what is no sound in them taken as silence`, () => {
			const channels = channelsOf(count, 5000);
			const odd = [NaN, Infinity, -Infinity, 2 * LARGEST_SAMPLE, -1.001 * LARGEST_SAMPLE];
			const last = channels[count - 1];
			odd.forEach((sample, i) => (last[700 * i] = sample));
			last.fill(-LARGEST_SAMPLE, 4900);
			const { blocks, replaced } = written(channels, kept, [1111]);
			assert.equal(replaced, odd.length);
			kept.forEach((channel, index) => {
				const expected = channels[channel].map((sample) => (Math.abs(sample) <= LARGEST_SAMPLE ? sample : 0));
				assert.ok(isSame(blocks[index], expected));
			});
		});
	}
});

test('what FFmpeg writes is taken in whole frames, also where it comes in odd pieces and at odd places', () => {
	const channels = channelsOf(3, 999);
	const bytes = wav(samplesFloat(channels), { format: 3, bits: 32, channels: 3 });
	for (const [step, offset] of [[bytes.length, 0], [44, 0], [12, 0], [1200, 1], [1200, 4], [7, 0], [1, 3], [13, 2]]) {
		const taken: number[] = [];
		const output = new WavOutput({ onFormat() {}, onFrames: (samples, frames) => taken.push(...samples.subarray(0, frames * 3)) });
		for (let at = 0, length = Math.min(44, step); at < bytes.length; at += length, length = step) {
			const part = bytes.subarray(at, at + length);
			const memory = new Uint8Array(offset + part.length);
			memory.set(part, offset);
			output.write(memory.subarray(offset), at);
		}
		assert.ok(isSame(taken, interleaved(channels)), `pieces of ${step} bytes`);
	}
});

test('the spool keeps whole blocks and parts of them in their order', () => {
	const spool = new Spool(temporaryFolder());
	const samples = channelsOf(1, 200_000)[0];
	let at = 0;
	for (const length of [BLOCK_SAMPLES, 100, BLOCK_SAMPLES, BLOCK_SAMPLES - 100, 3 * BLOCK_SAMPLES + 17, BLOCK_SAMPLES, 5, 70_000]) {
		spool.append([samples.subarray(at, at + length)]);
		at += length;
	}
	spool.finish();
	const read = new Float32Array(at);
	assert.equal(spool.read(0, 0, read), at);
	assert.ok(isSame(read, samples.subarray(0, at)));
	spool.dispose();
});
