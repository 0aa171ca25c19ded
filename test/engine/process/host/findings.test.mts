/** What is told of a recording's sound by both pipelines, from files whose trouble is known. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { runJob, stopEngine, withWorkFolder } from '../../../../dist/engine/client/client.js';
import type { VadResult } from '../../../../dist/engine/client/protocol.js';
import { vadJob } from '../../../support/engine.mts';
import { CALL, decodeChannels, SAMPLE_RATE } from '../../../support/recordings.mts';
import { cosine, voiceprints } from '../../../support/voices.mts';
import { file, floatWav } from '../media/support/encode.mts';

let desk: Float32Array;
let caller: Float32Array;

before(async () => {
	[desk, caller] = await decodeChannels(CALL);
});
after(() => stopEngine());

let files = 0;
const write = (...channels: Float32Array[]) => file(`findings-${files++}.wav`, floatWav({ channels, rate: SAMPLE_RATE }));
const detect = async (path: string): Promise<VadResult> => await withWorkFolder(async (folder) => await runJob(vadJob(path, folder)));
const codes = ({ warnings }: { warnings: Array<{ code: string; channel_number?: number }> }) =>
	warnings.map(({ code, channel_number }) => `${code} ${channel_number}`);
const heardAgain = (samples: Float32Array, seconds: number, decibels: number) => {
	const lag = Math.round(seconds * SAMPLE_RATE);
	return samples.map((_, i) => (i >= lag ? samples[i - lag] * 10 ** (-decibels / 20) : 0));
};

describe('a channel with the echo of the other one', () => {
	test('alone: is told by both nodes, with its place', async () => {
		const path = write(desk, heardAgain(desk, 0.1, 40));
		const found = await detect(path);
		assert.deepEqual(codes(found), ['ECHO_OF_CHANNEL 1']);
		assert.match(found.warnings[0].message, /channel 1 \(the first at 1\.\d+ s\) is channel 0 heard again, 100 ms later and (39|40|41) dB quieter$/);
		const [first, second] = found.channels;
		assert.ok(second.segments.length > 0 && second.segments.every(({ echo_of_channel }) => echo_of_channel === 0));
		assert.ok(first.segments.every((segment) => !('echo_of_channel' in segment)));
		const made = await voiceprints(path);
		assert.deepEqual(codes(made), ['ECHO_OF_CHANNEL 1']);
		assert.match(made.channels[1].quality.warnings[0], /its voiceprint is that of channel 0, or a mixture$/);
	});

	test('beside its own speech: that is in the voiceprint alone', async () => {
		const echo = heardAgain(desk, 0.1, 15);
		const path = write(desk, caller.map((sample, i) => sample + echo[i]));
		const [alone, beside] = [await voiceprints(write(desk, caller)), await voiceprints(path)];
		assert.deepEqual(codes(beside), ['ECHO_OF_CHANNEL 1']);
		assert.match(beside.warnings[0].message, /that was left out$/);
		assert.ok(cosine(alone.channels[1].vector, beside.channels[1].vector) > 0.97);
		const { segments } = (await detect(path)).channels[1];
		assert.ok(segments.some(({ echo_of_channel }) => echo_of_channel === 0));
		assert.ok(segments.some(({ echo_of_channel }) => echo_of_channel === undefined));
	});
});

test('a call is told nothing of; the same sound on two channels is', async () => {
	assert.deepEqual(codes(await detect(CALL)), []);
	assert.deepEqual(codes(await detect(write(desk, desk))), ['SAME_AS_CHANNEL 1']);
});

test('one absurd sample is silenced, told by channel, and changes nothing', async () => {
	for (const size of [1000, -20_000, 1e6]) {
		const damaged = desk.slice();
		damaged[20_000] = size;
		const [sound, found] = [await detect(write(caller, desk)), await detect(write(caller, damaged))];
		assert.deepEqual(codes(found), ['SAMPLES_REPLACED 1']);
		assert.ok(Math.abs(found.channels[1].speech_length - sound.channels[1].speech_length) < 0.1);
	}
});

test('speech far below another voice is told, with its place', async () => {
	const both = new Float32Array(desk.length * 2);
	both.set(desk.map((sample) => 5 * sample));
	both.set(desk.map((sample) => 0.04 * sample), desk.length);
	const found = await detect(write(both));
	assert.deepEqual(codes(found), ['LEVELS_DIFFER 0']);
	assert.match(found.warnings[0].message, /s of speech in channel 0 \(the first at \d/);
});
