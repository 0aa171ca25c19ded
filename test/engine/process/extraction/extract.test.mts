/** The whole way from a file to voiceprints, through the engine process. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { stopEngine } from '../../../../dist/engine/client/client.js';
import type { VoiceprintChannel, VoiceprintResult } from '../../../../dist/engine/client/protocol.js';
import { decodeVoiceprint } from '../../../../dist/voiceprints/encoding.js';
import { encode } from '../media/support/encode.mts';
import { CALL, concatenate, decodeChannels, labelledRecordings, NO_LABELLED_SPEECH, SAMPLE_RATE, TELEPHONE } from '../../../support/recordings.mts';
import { cosine, voiceprints } from '../../../support/voices.mts';

after(() => stopEngine());

let call: VoiceprintResult;
let desk: VoiceprintChannel;
let caller: VoiceprintChannel;
let samples: Float32Array[];

before(async () => {
	call = await voiceprints(CALL);
	[desk, caller] = call.channels;
	samples = await decodeChannels(CALL);
});

const mono = async (name: string, ...parts: Float32Array[]) =>
	await encode({ channels: [concatenate(parts)], rate: SAMPLE_RATE }, name, '-c:a', 'pcm_s16le');

describe('a call', () => {
	test('has one voiceprint for each channel', () => {
		assert.deepEqual(call.channels.map(({ channel_number }) => channel_number), [0, 1]);
		for (const { vector, voiceprint, speech_length, model, quality } of call.channels) {
			assert.equal(vector.length, 192);
			assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-3);
			assert.ok(speech_length > 8 && speech_length < 14, `${speech_length} s`);
			assert.equal(quality.speech_found, speech_length);
			assert.deepEqual(quality.warnings, []);
			assert.equal(model, call.model);
			const decoded = decodeVoiceprint(voiceprint);
			assert.equal(decoded.model, model);
			assert.ok(Math.abs(decoded.speechLength - speech_length) < 0.01);
			assert.ok(cosine(decoded.vector, vector) > 0.99999);
		}
	});

	test('has two voices: the caller is more like himself on the telephone than like the desk', async () => {
		const [telephone] = (await voiceprints(TELEPHONE)).channels;
		const self = cosine(telephone.vector, caller.vector);
		const other = Math.max(cosine(telephone.vector, desk.vector), cosine(caller.vector, desk.vector));
		assert.ok(self > 0.6 && self > other + 0.3, `${self.toFixed(3)} and ${other.toFixed(3)}`);
	});

	test('gives the same voiceprints with native ONNX Runtime and with WASM', async () => {
		const wasm = await voiceprints(CALL, { runtime: 'wasm' });
		assert.equal(wasm.runtime, 'wasm');
		wasm.channels.forEach(({ vector }, i) => assert.ok(cosine(vector, call.channels[i].vector) > 0.9999));
	});

	test('gives the same voiceprints at another level', async () => {
		const quiet = samples.map((channel) => channel.map((sample) => sample * 0.01));
		const path = await encode({ channels: quiet, rate: SAMPLE_RATE }, 'quiet.wav', '-c:a', 'pcm_f32le');
		const { channels } = await voiceprints(path);
		channels.forEach(({ vector }, i) => assert.ok(cosine(vector, call.channels[i].vector) > 0.98));
	});
});

describe('of too little speech', () => {
	test('there is a voiceprint, with a warning', async () => {
		const path = await mono('short.wav', samples[0].subarray(SAMPLE_RATE, 2.6 * SAMPLE_RATE));
		const { channels: [{ vector, quality }], warnings } = await voiceprints(path);
		assert.equal(vector.length, 192);
		assert.deepEqual(warnings.map(({ code, channel_number }) => [code, channel_number]), [['LITTLE_SPEECH', 0]]);
		assert.deepEqual(quality.warnings, warnings.map(({ message }) => message));
	});

	test('there is none where that is not wanted', async () => {
		await assert.rejects(voiceprints(CALL, { voiceprint: { minimumSpeech: 12, onLittleSpeech: 'fail' } }), {
			code: 'TOO_LITTLE_SPEECH',
			message: /^Channel 0 has 1\d\.\d s of speech, less than the minimum of 12 s$/,
		});
	});

	test('less than half a second still gives a voiceprint', async () => {
		const path = await mono('shorter.wav', samples[0].subarray(1.1 * SAMPLE_RATE, 1.4 * SAMPLE_RATE));
		const { channels: [{ vector, speech_length }] } = await voiceprints(path);
		assert.ok(speech_length > 0.1 && speech_length < 0.5, `${speech_length} s`);
		assert.ok(vector.every(Number.isFinite));
		assert.equal(vector.length, 192);
	});

	test('no speech gives an empty vector and a warning, no error', async () => {
		const path = await mono('hum.wav', Float32Array.from({ length: 3 * SAMPLE_RATE }, (_, i) => 0.2 * Math.sin(i / 25)));
		const { channels: [channel], warnings } = await voiceprints(path);
		assert.deepEqual(channel.vector, []);
		assert.equal(channel.speech_length, 0);
		assert.equal(decodeVoiceprint(channel.voiceprint).vector.length, 0);
		assert.deepEqual(channel.quality, {
			speech_found: 0,
			level: null,
			clipping: null,
			snr: null,
			consistency: null,
			speakers: 'unknown',
			warnings: ['No speech was found in channel 0: its voiceprint is empty'],
		});
		assert.deepEqual(warnings.map(({ code }) => code), ['NO_SPEECH']);
	});
});

describe('of more speech than is wanted', () => {
	test('no more than that is used', async () => {
		const { channels } = await voiceprints(CALL, { voiceprint: { maximumSpeech: 5 } });
		for (const { speech_length, quality } of channels) {
			assert.equal(speech_length, 5);
			assert.ok(quality.speech_found > 8);
		}
	});

	test('what is used comes from all over the file', async () => {
		const path = await mono('two-voices.wav', ...Array(6).fill(samples[0]), ...Array(6).fill(samples[1]));
		const { channels: [{ vector }] } = await voiceprints(path, { voiceprint: { maximumSpeech: 12 } });
		for (const { vector: one } of call.channels) assert.ok(cosine(vector, one) > 0.3, `${cosine(vector, one)}`);
	});
});

describe('of a channel with several people', () => {
	test('comes a warning, and of one with a single person does not', async () => {
		const turns = Array.from({ length: 4 }, () => samples).flat();
		const both = await voiceprints(await mono('mixed.wav', ...turns));
		assert.deepEqual(both.warnings.map(({ code }) => code), ['SEVERAL_SPEAKERS']);
		for (const [i, channel] of samples.entries()) {
			const { warnings } = await voiceprints(await mono(`single-${i}.wav`, ...Array<Float32Array>(4).fill(channel)));
			assert.deepEqual(warnings, []);
		}
	});
});

/** What happens to recordings on their way, and how alike the voiceprints have to stay. */
const JOURNEYS: Array<[name: string, ...args: string[]]> = [
	['16k.mp3', '-c:a', 'libmp3lame', '-b:a', '48k'],
	['44k.mp3', '-ar', '44100', '-c:a', 'libmp3lame', '-b:a', '128k'],
	['48k.m4a', '-ar', '48000', '-c:a', 'aac', '-b:a', '64k'],
	['48k.opus', '-ar', '48000', '-c:a', 'libopus', '-b:a', '24k', '-frame_duration', '10'],
	['48k.wav', '-ar', '48000', '-c:a', 'pcm_s16le'],
	['8k.wav', '-ar', '8000', '-c:a', 'pcm_s16le'],
	['stereo.wav', '-ac', '2', '-c:a', 'pcm_s16le'],
];

async function assertAlike(original: Float32Array, least: number): Promise<void> {
	const path = await encode({ channels: [original], rate: SAMPLE_RATE }, 'original.wav', '-c:a', 'pcm_s16le');
	const [{ vector }] = (await voiceprints(path)).channels;
	for (const [name, ...args] of JOURNEYS) {
		const { channels } = await voiceprints(await encode({ channels: [original], rate: SAMPLE_RATE }, name, ...args));
		for (const channel of channels) {
			const alike = cosine(channel.vector, vector);
			assert.ok(alike >= least, `${name}: ${alike.toFixed(3)}`);
		}
	}
}

describe('codec, sample rate and channels hardly change a voiceprint', () => {
	test('of the synthesised call', async () => {
		await assertAlike(samples[0], 0.85);
	});

	const real = labelledRecordings();
	test('of real speech: cosine 0.9', { skip: real.length === 0 && NO_LABELLED_SPEECH }, async () => {
		for (const { path } of real.slice(0, 3)) await assertAlike((await decodeChannels(path))[0], 0.9);
	});
});
