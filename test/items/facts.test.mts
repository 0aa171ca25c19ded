/** The flat figures about a recording: what each one means, and that none is made up. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Segment, VadChannel, Warning } from '../../dist/engine/client/protocol.js';
import { factsOfChannel, factsOfFile } from '../../dist/items/facts.js';
import type { SpeechResult } from '../../dist/items/result.js';
import { labelledSpeech, speechSummary, toSpeechItems } from '../../dist/items/speechItems.js';
import { ORIGIN, SIMPLE, voice } from './support/results.mts';

const channel = (channel_number: number, ...times: Array<[start: number, end: number, echoOf?: number]>): VadChannel => ({
	channel_number,
	speech_length: times.reduce((sum, [start, end]) => sum + end - start, 0),
	segments: times.map(([start, end, echo_of_channel]): Segment => ({ ...voice(start, end), ...(echo_of_channel === undefined ? {} : { echo_of_channel }) })),
});
const result = (channels: VadChannel[], more: Partial<SpeechResult> = {}): SpeechResult => ({ engine: 'local', duration: 20, channels, ...more });
const about = (code: Warning['code'], channel_number: number): Warning[] => [{ code, message: code, channel_number }];

/** The caller says 1–4, is cut off by the desk at 3, which talks until 6; both are silent until 9; a short "mhm" at 10. */
const CALL = result([channel(0, [3, 6], [10, 10.4]), channel(1, [1, 4], [9, 12])]);

describe('facts of a file', () => {
	it('of two channels say how much, by whom, and how they take turns', () => {
		assert.deepEqual(factsOfFile(CALL), {
			has_speech: true,
			speech_length: 8,
			speech_share: 0.4,
			duration: 20,
			talk_time_0: 3.4,
			talk_time_1: 6,
			overlap: 1.4,
			longest_pause: 3,
			interruptions: 1,
			first_speech: 1,
		});
	});

	it('of one channel know nothing of a conversation', () => {
		const { talk_time_0, talk_time_1, overlap, interruptions, longest_pause, first_speech } = factsOfFile(result([channel(0, [1, 2], [5, 6])]));
		assert.deepEqual([talk_time_0, talk_time_1, overlap, interruptions, longest_pause, first_speech], [2, null, null, null, 3, 1]);
	});

	it('without speech have no times', () => {
		const { has_speech, speech_length, speech_share, talk_time_0, overlap, interruptions, longest_pause, first_speech } = factsOfFile(result([channel(0), channel(1)]));
		assert.deepEqual([has_speech, speech_length, speech_share, talk_time_0, overlap, interruptions], [false, 0, 0, 0, 0, 0]);
		assert.deepEqual([longest_pause, first_speech], [null, null]);
	});

	it('of a length that nobody tells have no share', () => {
		const { duration, speech_share, speech_length } = factsOfFile({ engine: 'api', channels: CALL.channels });
		assert.deepEqual([duration, speech_share, speech_length], [null, null, 8]);
	});

	it('do not count an echo as talk', () => {
		const echoed = factsOfFile(result([channel(0, [1, 4]), channel(1, [1.1, 4.1, 0], [6, 7])]));
		const { talk_time_1, overlap, interruptions, longest_pause } = echoed;
		assert.deepEqual([talk_time_1, overlap, interruptions, longest_pause], [1, 0, 0, 2]);
	});

	for (const code of ['SAME_AS_CHANNEL', 'SILENT_CHANNEL'] as const) {
		it(`say nothing of a conversation that a channel cannot have: ${code}`, () => {
			const segments: Array<[number, number, number]> = code === 'SAME_AS_CHANNEL' ? [[1, 4, 0]] : [];
			const { overlap, interruptions, talk_time_0, talk_time_1 } = factsOfFile(result([channel(0, [1, 4]), channel(1, ...segments)], { warnings: about(code, 1) }));
			assert.deepEqual([overlap, interruptions, talk_time_0, talk_time_1], [null, null, 3, code === 'SAME_AS_CHANNEL' ? null : 0]);
		});
	}

	it('name further channels too, and count what at least two of them say', () => {
		const facts = factsOfFile(result([channel(0, [0, 4]), channel(1, [1, 5]), channel(2, [2, 3], [8, 9])]));
		assert.deepEqual([facts.talk_time_2, facts.overlap], [2, 3]);
		assert.deepEqual(Object.keys(factsOfFile(result([channel(3)]))).filter((name) => name.startsWith('talk')), ['talk_time_0', 'talk_time_1', 'talk_time_3']);
	});

	// For Transcription adds 0.25 s before and 0.3 s after: two who take turns 0.1 s apart overlap by that, and nothing else.
	it('tell overlap and interruptions without the padding of the segments', () => {
		const channels = [channel(0, [0.75, 4.3]), channel(1, [3.85, 7.3])];
		const { overlap, interruptions, first_speech, speech_length } = factsOfFile(result(channels, { padding: { before: 0.25, after: 0.3 } }));
		assert.deepEqual([overlap, interruptions, first_speech, speech_length], [0, 0, 0.75, 6.55]);
		assert.deepEqual(channels.map((one) => factsOfChannel(result(channels, { padding: { before: 0.25, after: 0.3 } }), one).interruptions), [0, 0]);
		const real = [channel(0, [0.75, 4.3]), channel(1, [2.75, 7.3])];
		const cutOff = factsOfFile(result(real, { padding: { before: 0.25, after: 0.3 } }));
		assert.deepEqual([cutOff.overlap, cutOff.interruptions], [1, 1]);
	});

	it('do not take segments of another type, as a server may report, for speech', () => {
		const music = { ...channel(0), segments: [{ ...voice(0, 9), segment_type: 'music' }] };
		const { has_speech, talk_time_0, first_speech, overlap } = factsOfFile({ engine: 'api', channels: [music, channel(1, [5, 7])] });
		assert.deepEqual([has_speech, talk_time_0, first_speech, overlap], [true, 0, 5, 0]);
		assert.equal(factsOfFile({ engine: 'api', channels: [music] }).has_speech, false);
		assert.deepEqual(labelledSpeech({ engine: 'api', channels: [music] }), []);
	});

	it('count time that segments of one channel share once', () => {
		const { speech_length, talk_time_0, longest_pause } = factsOfFile(result([channel(0, [1, 4], [3, 5], [3.5, 4.5], [6, 7]), channel(1)]));
		assert.deepEqual([speech_length, talk_time_0, longest_pause], [5, 5, 1]);
	});

	it('of a stretch in the middle of a file are on the time of the file, and their share is of the stretch', () => {
		const { first_speech, speech_share, longest_pause } = factsOfFile(result([channel(0, [62, 64], [70, 74])], { duration: 20 }));
		assert.deepEqual([first_speech, speech_share, longest_pause], [62, 0.3, 6]);
	});

	it('of no length have no share', () => {
		const { duration, speech_share, speech_length, first_speech } = factsOfFile(result([channel(0)], { duration: 0 }));
		assert.deepEqual([duration, speech_share, speech_length, first_speech], [0, null, 0, null]);
	});

	it('of hours cut to pieces are had as well', () => {
		const many = (number: number) => channel(number, ...Array.from({ length: 20_000 }, (_, i): [number, number] => [i + number / 10, i + 0.5]));
		const { overlap, interruptions } = factsOfFile(result([many(0), many(1)], { duration: 20_000 }));
		assert.deepEqual([overlap, interruptions], [8000, 0]);
	});
});

describe('an interruption', () => {
	const counted = (own: Array<[number, number]>, other: Array<[number, number]>) => {
		const channels = [channel(0, ...own), channel(1, ...other)];
		return factsOfChannel(result(channels), channels[0]).interruptions;
	};

	it('is to begin while the other one speaks, and to go on', () => {
		assert.equal(counted([[3, 6]], [[1, 4]]), 1);
	});

	for (const [what, own, other] of [
		['a word in between', [[2, 2.5]], [[1, 4]]],
		['the edges of two segments', [[3.9, 6]], [[1, 4]]],
		['to begin in a pause of the other one', [[4.1, 6]], [[1, 4], [4.3, 4.6]]],
		['a turn after the other', [[5, 6]], [[1, 4]]],
		['to begin at the same time', [[1, 6]], [[1, 4]]],
		['the next breath of who is speaking', [[0, 3], [3.3, 6]], [[3.2, 4]]],
	] as Array<[string, Array<[number, number]>, Array<[number, number]>]>) {
		it(`is not ${what}`, () => assert.equal(counted(own, other), 0));
	}
});

describe('facts of a channel', () => {
	it('are its own', () => {
		const [desk, caller] = CALL.channels.map((one) => factsOfChannel(CALL, one));
		const of = ({ speech_length, speech_share, overlap, longest_pause, interruptions, first_speech }: typeof desk) => [speech_length, speech_share, overlap, longest_pause, interruptions, first_speech];
		assert.deepEqual(of(desk), [3.4, 0.17, 1.4, 4, 1, 3]);
		assert.deepEqual(of(caller), [6, 0.3, 1.4, 5, 0, 1]);
		assert.deepEqual(Object.keys(desk), Object.keys(factsOfFile(CALL)));
	});

	it('with nothing but an echo have speech that is nobody’s', () => {
		const channels = [channel(0, [1, 4]), channel(1, [1.1, 4.1, 0])];
		const { has_speech, speech_length, talk_time_1, overlap, longest_pause, first_speech } = factsOfChannel(result(channels), channels[1]);
		assert.deepEqual([has_speech, speech_length, talk_time_1, overlap, longest_pause, first_speech], [true, 3, 0, 0, null, null]);
	});
});

describe('every form', () => {
	it('has them, so that a condition works behind each', () => {
		for (const form of ['file', 'channel', 'segment'] as const) {
			for (const { json } of toSpeechItems(CALL, form, ORIGIN, SIMPLE)) {
				for (const name of Object.keys(factsOfFile(CALL))) assert.ok(name in json, `${form}: ${name}`);
			}
		}
		const [segment] = toSpeechItems(CALL, 'segment', ORIGIN, SIMPLE);
		assert.deepEqual([segment.json.speech_length, segment.json.duration, segment.json.file_duration], [8, 3, 20]);
	});

	it('has one sentence', () => {
		assert.equal(speechSummary(CALL), '8.0 s of speech (40 %), the first at 1.0 s');
		assert.equal(speechSummary(result([channel(0)])), 'no speech');
		assert.equal(speechSummary({ engine: 'api', channels: CALL.channels }), '8.0 s of speech, the first at 1.0 s');
	});
});
