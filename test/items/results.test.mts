/** Results in the three output forms, whichever engine they came from. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seconds, taskItem } from '../../dist/items/fields.js';
import { isTaskReference, type ShapeOptions, type SpeechResult, type VoiceprintResult } from '../../dist/items/result.js';
import { toSpeechItems } from '../../dist/items/speechItems.js';
import { toVoiceprintItems, voiceprintsSummary } from '../../dist/items/voiceprintItems.js';
import { fromApi, FULL, local, ORIGIN, silent, SIMPLE, voice } from './support/results.mts';

describe('seconds', () => {
	it('rounds to milliseconds without noise', () => {
		assert.equal(seconds(0.1 + 0.2), 0.3);
		assert.equal(seconds(3.3000000000000003), 3.3);
		assert.equal(seconds(7200.0004999), 7200);
		assert.equal(seconds(7200.0005001), 7200.001);
	});

	it('gives no negative zero', () => {
		assert.ok(Object.is(seconds(-0.0001), 0));
	});
});

describe('one item per file', () => {
	it('keeps the shape of the result', () => {
		const items = toSpeechItems(local(), 'file', ORIGIN, SIMPLE);
		assert.deepEqual(items, [
			{
				json: {
					has_speech: true,
					speech_length: 2.4,
					speech_share: 0.039,
					duration: 61.3,
					talk_time_0: 2.4,
					talk_time_1: 0,
					overlap: 0,
					longest_pause: 0.8,
					interruptions: 0,
					first_speech: 0.1,
					file_name: 'call.wav',
					channels: [
						{ channel_number: 0, speech_length: 0.3, segments: [voice(0.1, 0.3), voice(1.1, 3.3)] },
						{ channel_number: 1, speech_length: 0, segments: [] },
					],
					warnings: local().warnings,
				},
				pairedItem: { item: 3 },
			},
		]);
	});

	it('adds how the result came about where it is not simplified', () => {
		const [item] = toSpeechItems(local(), 'file', ORIGIN, FULL);
		assert.deepEqual(item.json.media, local().media);
		assert.deepEqual(item.json.settings, { preset: 'balanced' });
		assert.deepEqual(Object.keys(item.json).slice(-5), ['engine', 'model', 'runtime', 'media', 'settings']);
	});

	it('begins with what is looked for, and ends with how it came about', () => {
		for (const [form, first] of [['file', 'has_speech'], ['channel', 'channel_number'], ['segment', 'segment_type']] as const) {
			const orderOf = (options: ShapeOptions) => Object.keys(toSpeechItems(local(), form, ORIGIN, options)[0].json);
			const [simple, full] = [orderOf(SIMPLE), orderOf(FULL)];
			assert.equal(simple[0], first);
			assert.ok(simple.indexOf('file_name') > simple.indexOf('first_speech'));
			assert.deepEqual(full.slice(0, simple.length), simple);
			assert.deepEqual(full.slice(simple.length, simple.length + 3), ['engine', 'model', 'runtime']);
		}
	});

	it('keeps speech probabilities and their distance', () => {
		const result = local();
		Object.assign(result.channels[0], { speech_probabilities: [0.1, 0.912], hop: 0.032 });
		const [channel] = toSpeechItems(result, 'file', ORIGIN, SIMPLE)[0].json.channels as Array<Record<string, unknown>>;
		assert.deepEqual(channel.speech_probabilities, [0.1, 0.912]);
		assert.equal(channel.hop, 0.032);
	});

	it('leaves out what the engine does not say, and keeps what it says of its own', () => {
		const [item] = toSpeechItems(fromApi, 'file', { item: 0 }, FULL);
		const { has_speech, speech_length, speech_share, duration, talk_time_2, first_speech, ...others } = item.json;
		assert.deepEqual([has_speech, speech_length, speech_share, duration, talk_time_2, first_speech], [true, 4, null, null, 4, 1]);
		const nothingKnown = { talk_time_0: null, talk_time_1: null, overlap: null, interruptions: null, longest_pause: 0 };
		assert.deepEqual(others, { ...nothingKnown, channels: fromApi.channels, warnings: [], task_id: '4f1d', engine: 'api' });
	});

	it('sums up in which time somebody speaks, on whichever channel', () => {
		const channel = (channel_number: number, ...segments: Array<[number, number]>) => ({
			channel_number,
			speech_length: segments.reduce((sum, [from, to]) => sum + to - from, 0),
			segments: segments.map(([from, to]) => voice(from, to)),
		});
		const summary = (...channels: Array<ReturnType<typeof channel>>) => {
			const [{ json }] = toSpeechItems({ ...local(), channels }, 'file', ORIGIN, SIMPLE);
			return [json.has_speech, json.speech_length];
		};
		assert.deepEqual(summary(channel(0, [1, 3], [6, 7]), channel(1, [2, 5], [6.5, 6.75], [8, 9])), [true, 6]);
		assert.deepEqual(summary(channel(0), channel(1, [2, 5])), [true, 3]);
		assert.deepEqual(summary(channel(0), channel(1)), [false, 0]);
	});
});

describe('one item per channel', () => {
	it('is flat, with the warnings that concern the channel as text', () => {
		const items = toSpeechItems(local(), 'channel', ORIGIN, SIMPLE);
		assert.equal(items.length, 2);
		assert.deepEqual(items[1], {
			json: {
				channel_number: 1,
				has_speech: false,
				speech_length: 0,
				speech_share: 0,
				duration: 61.3,
				talk_time_0: 2.4,
				talk_time_1: 0,
				overlap: 0,
				longest_pause: null,
				interruptions: 0,
				first_speech: null,
				segments_count: 0,
				file_name: 'call.wav',
				file_index: 3,
				warnings: 'NO_SPEECH: No speech was found in channel 1 | TRUNCATED_FILE: The file ends early',
			},
			pairedItem: { item: 3 },
		});
		assert.equal(items[0].json.warnings, 'TRUNCATED_FILE: The file ends early');
	});

	it('takes a result without duration and warnings', () => {
		const [item] = toSpeechItems(fromApi, 'channel', { item: 0 }, FULL);
		const { json } = item;
		assert.deepEqual([json.warnings, json.duration, json.file_name, json.channel_number], ['', null, null, 2]);
		assert.ok(!('runtime' in json));
	});

	it('has the segments and probabilities that are asked for', () => {
		const result = local();
		Object.assign(result.channels[0], { speech_probabilities: [0.1], hop: 0.032 });
		const [{ json }] = toSpeechItems(result, 'channel', ORIGIN, { ...SIMPLE, includeSegments: true });
		assert.deepEqual(json.segments, [voice(0.1, 0.3), voice(1.1, 3.3)]);
		assert.deepEqual([json.segments_count, json.speech_probabilities, json.hop], [2, [0.1], 0.032]);
	});
});

describe('one item per segment', () => {
	const KEEPING = { ...SIMPLE, keepFilesWithoutSpeech: true };

	it('is flat, counts within the channel and names its file', () => {
		const result = { ...local(), warnings: [] };
		const items = toSpeechItems(result, 'segment', ORIGIN, SIMPLE);
		assert.equal(items.length, 2);
		assert.deepEqual(items[1], {
			json: {
				segment_type: 'voice',
				start_time: 1.1,
				end_time: 3.3,
				duration: 2.2,
				channel_number: 0,
				segment_index: 1,
				echo_of_channel: null,
				has_speech: true,
				speech_length: 2.4,
				speech_share: 0.039,
				talk_time_0: 2.4,
				talk_time_1: 0,
				overlap: 0,
				longest_pause: 0.8,
				interruptions: 0,
				first_speech: 0.1,
				file_duration: 61.3,
				file_name: 'call.wav',
				file_index: 3,
				warnings: '',
			},
			pairedItem: { item: 3 },
		});
	});

	it('keeps fields of a segment that only its engine knows', () => {
		const [item] = toSpeechItems(fromApi, 'segment', ORIGIN, SIMPLE);
		assert.equal(item.json.speaker_id, 7);
		assert.equal(item.json.duration, 4);
	});

	it('gives no item for a file without speech where such files are not kept', () => {
		assert.deepEqual(toSpeechItems(silent(), 'segment', ORIGIN, SIMPLE), []);
	});

	it('gives one of the type none, without any time, where they are', () => {
		const items = toSpeechItems(silent(), 'segment', ORIGIN, KEEPING);
		assert.equal(items.length, 1);
		const { segment_type, start_time, end_time, duration, segment_index, channel_number, warnings } = items[0].json;
		assert.deepEqual([segment_type, start_time, end_time, duration, segment_index, channel_number], ['none', null, null, null, null, null]);
		assert.match(warnings as string, /^NO_SPEECH: .* \| TRUNCATED_FILE: /);
		assert.equal(toSpeechItems(local(), 'segment', ORIGIN, KEEPING).length, 2);
	});
});

it('leaves the result alone in every form', () => {
	for (const form of ['file', 'channel', 'segment'] as const) {
		const result = local();
		for (const item of toSpeechItems(result, form, ORIGIN, FULL)) assert.notEqual(item.json.channels, result.channels);
		assert.deepEqual(result, local());
	}
});

describe('a task', () => {
	const TASK = { engine: 'api', task_id: '4f1d', correlation_id: 'c0ffee', state: 'running' };

	it('without a result is one item that says where it stands', () => {
		assert.deepEqual(taskItem(TASK, ORIGIN), { json: { file_name: 'call.wav', ...TASK }, pairedItem: { item: 3 } });
	});

	it('with a result is named in every item of it', () => {
		const result: SpeechResult = { ...TASK, state: 'done', channels: fromApi.channels };
		for (const form of ['file', 'channel', 'segment'] as const) {
			const [{ json }] = toSpeechItems(result, form, ORIGIN, SIMPLE);
			assert.deepEqual([json.task_id, json.correlation_id, json.state], ['4f1d', 'c0ffee', 'done']);
		}
		assert.equal(isTaskReference(result), false);
		assert.equal(isTaskReference(TASK), true);
	});
});

describe('voiceprints', () => {
	const channel = { channel_number: 1, voiceprint: 'AAAA', speech_length: 0.1 + 0.2, model: 'xl-5', vector: [1, 0] };
	const result: VoiceprintResult = {
		engine: 'api',
		channels: [{ ...channel, channel_number: 0 }, channel],
		warnings: [{ code: 'NO_SPEECH', message: 'No speech', channel_number: 1 }],
	};

	it('have one sentence', () => {
		const of = (...speech: number[]): VoiceprintResult => ({ engine: 'local', channels: speech.map((speech_length, channel_number) => ({ ...channel, channel_number, speech_length })) });
		assert.equal(voiceprintsSummary(of(20.04)), '1 voiceprint, from 20.0 s of speech');
		assert.equal(voiceprintsSummary(of(0, 0)), 'no speech, so no voiceprint');
		assert.equal(voiceprintsSummary(of(8.1, 0, 7.2)), '2 voiceprints: channel 0 from 8.1 s of speech, channel 2 from 7.2 s; no speech in channel 1');
		assert.equal(voiceprintsSummary(of(8.1, 0)), '1 voiceprint: channel 0 from 8.1 s of speech; no speech in channel 1');
		assert.match(voiceprintsSummary(of(1, 2, 3, 4, 5, 6)), /^6 voiceprints: .*, channel 3 from 4\.0 s and 2 more$/);
		const [one] = of(3).channels;
		const speakers = { ...of(), channels: [{ ...one, speaker: 'SPEAKER_00' }, { ...one, speaker: 'SPEAKER_01' }] };
		assert.equal(voiceprintsSummary(speakers), '2 voiceprints: SPEAKER_00 of channel 0 from 3.0 s of speech, SPEAKER_01 of channel 0 from 3.0 s');
	});

	it('are one item per file, with their channels', () => {
		assert.deepEqual(toVoiceprintItems(result, 'file', ORIGIN, SIMPLE), [
			{
				json: {
					has_speech: true,
					file_name: 'call.wav',
					channels: [
						{ ...channel, channel_number: 0, speech_length: 0.3 },
						{ ...channel, speech_length: 0.3 },
					],
					warnings: result.warnings,
				},
				pairedItem: { item: 3 },
			},
		]);
	});

	it('are one flat item per channel, with the warnings that concern it as text', () => {
		const items = toVoiceprintItems(result, 'channel', ORIGIN, FULL);
		assert.deepEqual(
			items.map(({ json }) => [json.channel_number, json.has_speech, json.warnings, json.settings_preset]),
			[
				[0, true, '', 'balanced'],
				[1, true, 'NO_SPEECH: No speech', 'balanced'],
			],
		);
		assert.deepEqual(items[1].json.vector, [1, 0]);
		assert.equal(items[0].json.engine, 'api');
	});

	it('have a column for each part of their quality, also without speech', () => {
		const quality = { speech_found: 4, level: -20, clipping: 0, snr: 30, consistency: null, speakers: 'one' as const, warnings: ['too loud', 'noisy'] };
		const none = { speech_found: 0, level: null, clipping: null, snr: null, consistency: null, speakers: 'unknown' as const, warnings: [] };
		const { vector: _vector, ...plain } = channel;
		const graded: VoiceprintResult = { engine: 'local', model: 'm', runtime: 'wasm', duration: 9, channels: [{ ...plain, quality }, { ...plain, speech_length: 0, quality: none }] };
		const [one, other] = toVoiceprintItems(graded, 'channel', ORIGIN, SIMPLE).map(({ json }) => json);
		assert.deepEqual(one, {
			file_name: 'call.wav',
			file_index: 3,
			model: 'xl-5',
			duration: 9,
			channel_number: 1,
			has_speech: true,
			speech_length: 0.3,
			voiceprint: 'AAAA',
			quality_speech_found: 4,
			quality_level: -20,
			quality_clipping: 0,
			quality_snr: 30,
			quality_consistency: null,
			quality_speakers: 'one',
			quality_warnings: 'too loud, noisy',
			warnings: '',
		});
		assert.deepEqual(Object.keys(other), Object.keys(one));
		assert.equal(other.quality_warnings, '');
		assert.deepEqual(Object.keys(one).slice(0, 5), ['has_speech', 'speech_length', 'quality_speakers', 'file_name', 'channel_number']);
		const [full] = toVoiceprintItems(graded, 'channel', ORIGIN, FULL).map(({ json }) => Object.keys(json));
		assert.deepEqual(full.slice(full.indexOf('voiceprint')).filter((name) => !/^(media|settings)_/.test(name)), ['voiceprint', 'model', 'engine', 'runtime']);
	});
});
