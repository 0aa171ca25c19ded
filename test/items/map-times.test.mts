/** Times of cut audio taken back to the recording: the map itself, and transcripts in the forms of the services. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mapTimes, type MappedTimes } from '../../dist/items/mapTimes.js';
import { USUAL_FIELDS } from '../../dist/items/timeFields.js';
import { timeInRecording, timeMapIn } from '../../dist/items/timeMap.js';
import { millisecondPlaces } from '../../dist/items/timeUnits.js';

/** 10 to 14 s, 20 to 23 s and 60 to 65 s of a recording, one after the other. */
const MAP = [
	{ start_time: 10, end_time: 14, cut_start_time: 0, cut_end_time: 4 },
	{ start_time: 20, end_time: 23, cut_start_time: 4, cut_end_time: 7 },
	{ start_time: 60, end_time: 65, cut_start_time: 7, cut_end_time: 12 },
];

/** @param perSecond undefined: the numbers tell */
function mapped(transcript: unknown, perSecond?: number, fields = USUAL_FIELDS): MappedTimes {
	const places = millisecondPlaces(transcript, fields, MAP);
	return mapTimes(transcript, MAP, { fields, unitAt: (place) => perSecond ?? (places.includes(place) ? 1000 : 1) });
}

const clean = (transcript: unknown) => {
	const before = structuredClone(transcript);
	const { transcript: copy, outside, foreign, unread } = mapped(transcript);
	assert.deepEqual(transcript, before, 'the transcript was changed');
	assert.deepEqual([outside, foreign, unread], [[], [], []]);
	return copy;
};

describe('one time', () => {
	test('within a stretch', () => {
		assert.equal(timeInRecording(MAP, 5.5, 'start'), 21.5);
		assert.equal(timeInRecording(MAP, 11.999, 'end'), 64.999);
	});

	test('where two stretches meet, a beginning belongs to the later and an end to the earlier', () => {
		assert.equal(timeInRecording(MAP, 4, 'start'), 20);
		assert.equal(timeInRecording(MAP, 4, 'end'), 14);
		assert.equal(timeInRecording(MAP, 3.9996, 'start'), 20);
		assert.equal(timeInRecording(MAP, 7.0004, 'end'), 23);
	});

	test('outside, it is the beginning or the end', () => {
		assert.equal(timeInRecording(MAP, -3, 'start'), 10);
		assert.equal(timeInRecording(MAP, 99, 'end'), 65);
	});
});

describe('a map', () => {
	test('is found in an item, and a clip is one', () => {
		assert.deepEqual(timeMapIn({ file_name: 'a', time_map: MAP }), MAP);
		assert.deepEqual(timeMapIn({ clip_index: 3, start_time: 8, end_time: 9.5 }), [{ start_time: 8, end_time: 9.5, cut_start_time: 0, cut_end_time: 1.5 }]);
	});

	for (const [what, value] of Object.entries({
		nothing: undefined,
		'an empty list': [],
		'a number for a time that is text': [{ ...MAP[0], start_time: '10' }],
		'a stretch of another length in the cut': [{ ...MAP[0], cut_end_time: 5 }],
		'a stretch that ends before it begins': [{ ...MAP[0], end_time: 6, cut_end_time: -4 }],
		'another order': [MAP[1], MAP[0]],
		'what is no clip': { start_time: 8, end_time: 9 },
	})) {
		test(`is not taken from ${what}`, () => assert.equal(timeMapIn(value), undefined));
	}
});

describe('transcripts', () => {
	test('of OpenAI (verbose_json)', () => {
		const transcript = {
			task: 'transcribe',
			duration: 12,
			text: 'Good morning. Yes.',
			segments: [{ id: 0, seek: 0, start: 0, end: 4, text: ' Good morning.', tokens: [50364, 2205] }],
			words: [
				{ word: 'Good', start: 0, end: 0.44 },
				{ word: 'Yes', start: 4, end: 7 },
			],
		};
		assert.deepEqual(clean(transcript), {
			...transcript,
			segments: [{ ...transcript.segments[0], start: 10, end: 14 }],
			words: [
				{ word: 'Good', start: 10, end: 10.44 },
				{ word: 'Yes', start: 20, end: 23 },
			],
		});
	});

	test('of Deepgram, at its depth', () => {
		const inside = (start: number, end: number) => ({
			metadata: { duration: 12, channels: 1 },
			results: { channels: [{ alternatives: [{ words: [{ word: 'yes', start, end, confidence: 0.99, punctuated_word: 'Yes.' }] }] }] },
		});
		assert.deepEqual(clean(inside(7.1, 7.42)), inside(60.1, 60.42));
	});

	test('of AssemblyAI, in milliseconds, also where a list is short', () => {
		const inside = (words: number[][], sentiment: number[]) => ({
			audio_duration: 12,
			words: words.map(([start, end]) => ({ text: 'x', start, end })),
			sentiment_analysis_results: [{ start: sentiment[0], end: sentiment[1] }],
		});
		const transcript = inside([[4000, 4210], [11_000, 11_999]], [2, 6]);
		assert.deepEqual(clean(transcript), inside([[20_000, 20_210], [64_000, 64_999]], [10_002, 10_006]));
		assert.deepEqual(millisecondPlaces(transcript, USUAL_FIELDS, MAP), ['words[]', 'sentiment_analysis_results[]']);
	});

	test('of ElevenLabs', () => {
		const inside = (start: number, end: number) => ({ words: [{ text: 'Yes', type: 'word', start, end, speaker_id: 's0' }] });
		assert.deepEqual(clean(inside(6.999, 7)), inside(22.999, 23));
	});

	test('of Whisper: whisper.cpp has clocks and milliseconds side by side, Transformers pairs', () => {
		const cpp = (from: string, to: string, offsets: { from: number; to: number }) => ({ transcription: [{ timestamps: { from, to }, offsets, text: ' Yes.' }] });
		assert.deepEqual(
			clean(cpp('00:00:07,000', '00:00:11,500', { from: 7000, to: 11_500 })),
			cpp('00:01:00,000', '00:01:04,500', { from: 60_000, to: 64_500 }),
		);
		assert.deepEqual(clean({ chunks: [{ timestamp: [4, 7], text: 'Yes' }, { timestamp: [7, null], text: '' }] }), {
			chunks: [{ timestamp: [20, 23], text: 'Yes' }, { timestamp: [60, null], text: '' }],
		});
	});

	test('with times as text', () => {
		assert.deepEqual(clean({ items: [{ start_time: '0.04', end_time: '4.5' }] }), { items: [{ start_time: '10.040', end_time: '20.500' }] });
		assert.deepEqual(clean([{ startTime: '7.300s', endTime: '8s' }]), [{ startTime: '60.300s', endTime: '61.000s' }]);
	});

	test('with a duration instead of an end, or beside it', () => {
		assert.deepEqual(clean([{ text: 'x', start: 3, duration: 2 }]), [{ text: 'x', start: 13, duration: 8 }]);
		assert.deepEqual(clean([{ start: 3, end: 5, duration: 2 }]), [{ start: 13, end: 21, duration: 8 }]);
	});

	test('as subtitles', () => {
		const srt = '1\n00:00:03,000 --> 00:00:05,500\nYes --> no.\n\n2\n00:00:07,000 --> 00:00:12,000\nNo.\n';
		assert.equal(clean(srt), '1\n00:00:13,000 --> 00:00:21,500\nYes --> no.\n\n2\n00:01:00,000 --> 00:01:05,000\nNo.\n');
		const vtt = 'WEBVTT\n\n00:03.000 --> 00:05.500 align:start\n<00:03.000>Yes <00:04.000>no.\n';
		assert.deepEqual(clean({ data: vtt }), { data: 'WEBVTT\n\n00:13.000 --> 00:21.500 align:start\n<00:13.000>Yes <00:20.000>no.\n' });
	});

	test('of whisper.cpp on its console', () => {
		assert.equal(clean('[00:00:03.000 --> 00:00:05.500]  Yes.\n'), '[00:00:13.000 --> 00:00:21.500]  Yes.\n');
	});

	test('of whisper.cpp, whose offsets are milliseconds also where they are small', () => {
		assert.deepEqual(clean([{ timestamps: { from: '00:00:00,000', to: '00:00:00,012' }, offsets: { from: 0, to: 12 } }]), [
			{ timestamps: { from: '00:00:10,000', to: '00:00:10,012' }, offsets: { from: 10_000, to: 10_012 } },
		]);
	});

	test('of Google by its libraries, with seconds and nanoseconds', () => {
		const word = (start: object, end: object) => ({ results: [{ alternatives: [{ words: [{ startTime: start, endTime: end, word: 'yes' }] }] }] });
		assert.deepEqual(
			clean(word({ seconds: '4', nanos: 500_000_000 }, { seconds: '7' })),
			word({ seconds: '20', nanos: 500_000_000 }, { seconds: '23', nanos: 0 }),
		);
	});

	test('of Azure, in milliseconds, ticks and periods', () => {
		assert.deepEqual(clean({ phrases: [{ offsetMilliseconds: 40, durationMilliseconds: 4460, words: [{ text: 'x', offsetMilliseconds: 4000, durationMilliseconds: 500 }] }] }), {
			phrases: [{ offsetMilliseconds: 10_040, durationMilliseconds: 10_460, words: [{ text: 'x', offsetMilliseconds: 20_000, durationMilliseconds: 500 }] }],
		});
		assert.deepEqual(clean([{ offset: 'PT7.5S', duration: 'PT4S', offsetInTicks: 75_000_000, durationInTicks: 40_000_000 }]), [
			{ offset: 'PT1M0.5S', duration: 'PT4S', offsetInTicks: 605_000_000, durationInTicks: 40_000_000 },
		]);
		assert.deepEqual(clean([{ Offset: 30_000_000, Duration: 20_000_000, Confidence: 0.9 }]), [{ Offset: 130_000_000, Duration: 80_000_000, Confidence: 0.9 }]);
		// Characters from the beginning of the text.
		assert.deepEqual(clean([{ offset: 3, length: 5, start: 1 }]), [{ offset: 3, length: 5, start: 11 }]);
	});

	test('of Soniox and Rev', () => {
		assert.deepEqual(clean({ tokens: [{ text: 'a', start_ms: 3, end_ms: 4500, confidence: 0.4 }] }), { tokens: [{ text: 'a', start_ms: 10_003, end_ms: 20_500, confidence: 0.4 }] });
		assert.deepEqual(clean([{ type: 'text', ts: 3.5, end_ts: 4.5 }]), [{ type: 'text', ts: 13.5, end_ts: 20.5 }]);
	});

	test('in columns', () => {
		assert.deepEqual(clean({ word: ['a', 'b'], start: [3, 4], end: [4, 4] }), { word: ['a', 'b'], start: [13, 20], end: [14, 20] });
	});

	test('of ten seconds in whole seconds', () => {
		assert.deepEqual(clean([{ start: 0, end: 4 }, { start: 4, end: 12 }]), [{ start: 10, end: 14 }, { start: 20, end: 65 }]);
	});

	test('of one word at the beginning, in milliseconds', () => {
		assert.deepEqual(clean([{ text: 'Yes', start: 120, end: 480 }]), [{ text: 'Yes', start: 10_120, end: 10_480 }]);
	});

	test('beside what we said of the recording', () => {
		const channels = [{ channel_number: 0, segments: [{ segment_type: 'voice', start_time: 3, end_time: 5 }] }];
		assert.deepEqual(clean({ time_map: MAP, channels, words: [{ start: 4, end: 5 }] }), { time_map: MAP, channels, words: [{ start: 20, end: 21 }] });
	});

	test('what takes no time is at one place', () => {
		assert.deepEqual(clean([{ start: 4, end: 4 }]), [{ start: 20, end: 20 }]);
	});

	test('null is no time and stays', () => {
		assert.deepEqual(clean([{ start: null, end: 4 }]), [{ start: null, end: 14 }]);
	});

	test('in the item of the cut audio, whose own times are those of the recording', () => {
		const clip = { clip_index: 2, start_time: 60, end_time: 72, duration: 12, text: 'x', words: [{ start: 1, end: 4.5 }] };
		const { transcript, count } = mapped({ time_map: MAP, ...clip });
		assert.deepEqual(transcript, { time_map: MAP, ...clip, words: [{ start: 11, end: 20.5 }] });
		assert.equal(count, 2);
	});

	test('fields of other names', () => {
		const fields = { starts: ['von'], ends: ['bis'] };
		const { transcript } = mapped([{ von: 4, bis: 7, start: 99 }], undefined, fields);
		assert.deepEqual(transcript, [{ von: 20, bis: 23, start: 99 }]);
	});
});

describe('what cannot be taken is told', () => {
	test('times outside of the cut audio', () => {
		const { outside, transcript, count } = mapped({ words: [{ start: -1, end: 3 }, { start: 11.5, end: 14.8 }] });
		assert.deepEqual(outside, [{ path: 'words[0].start', value: -1 }, { path: 'words[1].end', value: 14.8 }]);
		assert.deepEqual(transcript, { words: [{ start: 10, end: 13 }, { start: 64.5, end: 65 }] });
		assert.equal(count, 4);
	});

	test('not what rounding makes of the end', () => {
		assert.deepEqual(mapped([{ start: 11, end: 12.01 }]).outside, []);
	});

	test('numbers that are no times of this audio, which stay', () => {
		const call = { from: '491701234567', to: '493012345678', words: [{ start: 3, end: 4 }, { start: 5, end: 6 }] };
		const { foreign, transcript, count } = mapped(call);
		assert.deepEqual(transcript, { ...call, words: [{ start: 13, end: 14 }, { start: 21, end: 22 }] });
		assert.deepEqual([foreign.map(({ path }) => path), count], [['from', 'to'], 4]);
	});

	test('seconds of a longer recording are no milliseconds of this one', () => {
		const { foreign, transcript } = mapped([{ start: 20, end: 27 }, { start: 30, end: 71 }]);
		assert.deepEqual([foreign.length, transcript], [4, [{ start: 20, end: 27 }, { start: 30, end: 71 }]]);
	});

	test('frames are no times', () => {
		// Of 20 ms, as recognisers by CTC give them.
		assert.equal(mapped({ word_offsets: [{ word: 'a', start_offset: 150, end_offset: 162 }, { word: 'b', start_offset: 540, end_offset: 571 }] }).foreign.length, 4);
		const { unread, transcript } = mapped([{ start: 0.24, end: 0.4, start_offset: 3, end_offset: 5 }]);
		assert.deepEqual(transcript, [{ start: 10.24, end: 10.4, start_offset: 3, end_offset: 5 }]);
		assert.deepEqual(unread.map(({ path }) => path), ['[0].start_offset', '[0].end_offset']);
	});

	test('text that is no time', () => {
		const { unread, count } = mapped({ from: 'anna@example.org', words: [{ start: 'soon', end: 4 }] });
		assert.deepEqual(unread, [{ path: 'from', value: 'anna@example.org' }, { path: 'words[0].start', value: 'soon' }]);
		assert.equal(count, 1);
	});

	test('the unit that is given holds', () => {
		assert.deepEqual(mapped([{ start: 3000, end: 5000 }], 1).foreign.length, 2);
		assert.deepEqual(mapped([{ start: 3, end: 5 }], 1000).transcript, [{ start: 10_003, end: 10_005 }]);
	});
});
