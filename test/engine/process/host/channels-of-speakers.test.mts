/** Files of several channels: one person on each, the same conversation on all, and what must not be taken for either. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runJob, stopEngine, withWorkFolder } from '../../../../dist/engine/client/client.js';
import type { SpeakersResult } from '../../../../dist/engine/client/protocol.js';
import { areOneConversation, onlyVoice } from '../../../../dist/engine/process/host/channelsOfSpeakers.js';
import type { ListenedChannel } from '../../../../dist/engine/process/host/recording.js';
import type { Sound } from '../../../../dist/engine/process/host/speakerVoiceprints.js';
import type { VoiceModel } from '../../../../dist/engine/process/host/voiceModel.js';
import type { Span } from '../../../../dist/engine/process/audio.js';
import type { Tracks } from '../../../../dist/engine/process/speakers/tracks.js';
import { talkOfOthers } from '../../../../dist/engine/process/speakers/company.js';
import { audioOf, CALL, CALL_TRUTH, concatenate, decodeChannels, SAMPLE_RATE } from '../../../support/recordings.mts';
import { floatWav } from '../media/support/encode.mts';

after(() => stopEngine());

/** A minute of each side of the sample call: the desk, and the caller. */
let desk: Float32Array;
let caller: Float32Array;

before(async () => {
	[desk, caller] = (await decodeChannels(CALL)).map((samples) => concatenate([samples, samples]));
});

const sum = (one: Float32Array, other: Float32Array, gain = 1) => one.map((sample, i) => sample + gain * other[i]);

async function diarize(channels: Float32Array[]): Promise<SpeakersResult> {
	return await withWorkFolder(async (workFolder) => {
		const path = join(workFolder, 'call.wav');
		writeFileSync(path, floatWav({ channels, rate: SAMPLE_RATE }));
		return await runJob({
			type: 'speakers',
			media: { path, channelMode: 'split' },
			vad: { preset: 'balanced' },
			speakers: { automaticChannels: true, minimumSpeakers: 1, mergePauses: 0.5, shortestTurn: 0.25, known: [], threshold: 'balanced' },
			runtime: 'auto',
			workFolder,
		});
	});
}

describe('channels that are left to the engine', () => {
	it('with one person are their speech; one in which somebody else takes over is diarized', async () => {
		// The caller speaks for some seconds from the desk, where the desk is silent.
		const [start, end] = [30 * SAMPLE_RATE, 42 * SAMPLE_RATE];
		const handedOver = desk.map((sample, i) => (i >= start && i < end ? caller[i - 20 * SAMPLE_RATE] : sample));
		const { channels, warnings } = await diarize([handedOver, caller]);
		assert.deepEqual(channels.map(({ method, speakers_count: count }) => [method, count]), [['diarization', 2], ['voice_activity', 1]]);
		assert.deepEqual(warnings, []);
		const [{ speaker, talk_time: talk, share, turns, reliable }] = channels[1].speakers;
		assert.deepEqual([speaker, share, turns, reliable], ['SPEAKER_02', 1, channels[1].segments.length, true]);
		const spoken = 2 * CALL_TRUTH.channels[1].speech.reduce((all, [from, to]) => all + to - from, 0);
		assert.ok(Math.abs(talk - spoken) < 1.5, `${talk} of ${spoken}`);
		assert.ok(channels[1].segments.every(({ speaker: who, confidence, overlap }) => who === speaker && confidence === null && !overlap));
	});

	it('with the same conversation are mixed, and that is said', async () => {
		const both = sum(desk, caller).subarray(0, 25 * SAMPLE_RATE);
		const { channels, warnings } = await diarize([both, both]);
		assert.deepEqual(channels.map(({ channel_number: number, method, speakers_count: count }) => [number, method, count]), [[0, 'diarization', 2]]);
		assert.deepEqual(warnings.map(({ code }) => code), ['CHANNELS_MIXED']);
	});
});

describe('one conversation', () => {
	const spansOf = (number: number) =>
		[0, 25.187].flatMap((offset) => CALL_TRUTH.channels[number].speech.map(([start, end]) => ({ start: start + offset, end: end + offset })));
	const all = () => [...spansOf(0), ...spansOf(1)].sort((one, other) => one.start - other.start);
	const channel = (samples: Float32Array, spans: Array<{ start: number; end: number }>, echoOf?: { channelNumber: number; spans: typeof spans }) =>
		({ channelNumber: 0, audio: audioOf(samples), spans, notes: [], echoOf }) as unknown as Parameters<typeof areOneConversation>[0][number];

	it('is on two microphones of one room, and on channels between which each voice was panned', () => {
		const room = sum(desk, caller);
		const second = room.map((_, i) => 0.7 * (room[i - 5] ?? 0));
		assert.equal(areOneConversation([channel(room, all()), channel(second, all())]), true);
		assert.equal(areOneConversation([channel(sum(desk, caller, 0.3), all()), channel(sum(caller, desk, 0.3), all())]), true);
	});

	it('is not where each has a channel, nor where one hears the echo of the other, nor on a single channel', () => {
		assert.equal(areOneConversation([channel(desk, spansOf(0)), channel(caller, spansOf(1))]), false);
		const echo = { channelNumber: 0, spans: spansOf(0) };
		assert.equal(areOneConversation([channel(desk, spansOf(0)), channel(sum(caller, desk, 0.02), all(), echo)]), false);
		assert.equal(areOneConversation([channel(desk, spansOf(0))]), false);
		assert.equal(areOneConversation([channel(desk, spansOf(0)), channel(caller, [])]), false);
	});
});

const second = SAMPLE_RATE / 270;
const tracks = (...runs: Array<[track: number, from: number, to: number]>) => ({
	runs: runs.map(([track, from, to]) => ({ track, from: Math.round(from * second), to: Math.round(to * second) })),
	talkers: new Uint8Array(0),
});

describe('a channel that may be of several', () => {
	/** Nothing is listened to: there is no sound, and no model. */
	const voiceOf = (spans: Span[], echo: Span[], company: Tracks) => {
		const channel = { spans, echoOf: { channelNumber: 1, spans: echo } } as unknown as ListenedChannel;
		return onlyVoice(channel, {} as Sound, company, {} as VoiceModel);
	};

	it('is not one person alone where much of it is an echo, or somebody else talks near by', async () => {
		const spans = [{ start: 0, end: 10 }];
		assert.equal(await voiceOf(spans, [{ start: 0, end: 1.5 }], tracks([0, 0, 10])), undefined);
		assert.equal(await voiceOf(spans, [], tracks([0, 0, 5], [1, 5, 6])), undefined);
	});

	it('is listened to where neither is so', async () => {
		await assert.rejects(voiceOf([{ start: 0, end: 10 }], [{ start: 0, end: 0.5 }], tracks([0, 0, 9], [1, 9, 9.5])), TypeError);
	});
});

describe('company within ten seconds', () => {
	it('is the talk of the second person; of one alone it is none, whatever tracks come later', () => {
		assert.equal(talkOfOthers(tracks()), 0);
		assert.equal(talkOfOthers(tracks([0, 1, 4], [0, 6, 9])), 0);
		assert.equal(talkOfOthers(tracks([0, 1, 4], [1, 26, 29])), 0);
		assert.ok(Math.abs(talkOfOthers(tracks([0, 1, 4], [1, 4.5, 5.5], [0, 7, 8])) - 1) < 0.05);
	});

	it('counts over the bound between two stretches of five seconds', () => {
		assert.ok(Math.abs(talkOfOthers(tracks([0, 0, 4], [1, 4.4, 5.6])) - 1.2) < 0.05);
	});
});
