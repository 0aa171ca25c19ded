/** Results in the three output forms, whichever engine they came from. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VadResult } from '../../dist/engine/client/protocol.js';
import { seconds, taskItem } from '../../dist/items/fields.js';
import { isTaskReference, type ShapeOptions, type SpeechResult, type VoiceprintResult } from '../../dist/items/result.js';
import { toSpeechItems } from '../../dist/items/speechItems.js';
import { toVoiceprintItems } from '../../dist/items/voiceprintItems.js';

const ORIGIN = { item: 3, fileName: 'call.wav', settings: { preset: 'balanced' } };
const SIMPLE: ShapeOptions = { simplify: true, keepFilesWithoutSpeech: false };
const FULL: ShapeOptions = { ...SIMPLE, simplify: false };

function voice(start_time: number, end_time: number) {
	return { segment_type: 'voice', start_time, end_time };
}

/** Two channels, the first with two segments whose numbers carry floating-point noise. */
function local(): VadResult {
	return {
		engine: 'local',
		model: 'silero-vad-6.2',
		runtime: 'native',
		duration: 61.3004,
		media: { container: 'wav', codec: 'pcm_s16le', sample_rate: 8000, channels: 2 },
		channels: [
			{
				channel_number: 0,
				speech_length: 0.1 + 0.2,
				segments: [voice(0.1, 0.1 + 0.2), voice(1.1, 3.3000000000000003)],
			},
			{ channel_number: 1, speech_length: 0, segments: [] },
		],
		warnings: [
			{ code: 'NO_SPEECH', message: 'No speech was found in channel 1', channel_number: 1 },
			{ code: 'TRUNCATED_FILE', message: 'The file ends early' },
		],
	};
}

function silent(): VadResult {
	const result = local();
	return { ...result, channels: [{ channel_number: 0, speech_length: 0, segments: [] }] };
}

/** What the Speech Platform API says: no model, no duration, no warnings, but a task and a field of its own. */
const fromApi: SpeechResult = {
	engine: 'api',
	task_id: '4f1d',
	channels: [
		{
			channel_number: 2,
			speech_length: 4,
			segments: [{ segment_type: 'voice', start_time: 1, end_time: 5, speaker_id: 7 } as never],
		},
	],
};

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
					file_name: 'call.wav',
					engine: 'local',
					model: 'silero-vad-6.2',
					runtime: 'native',
					duration: 61.3,
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
		assert.deepEqual(item.json, { engine: 'api', task_id: '4f1d', channels: fromApi.channels, warnings: [] });
	});
});

describe('one item per channel', () => {
	it('has the channel beside the file, and the warnings that concern it', () => {
		const items = toSpeechItems(local(), 'channel', ORIGIN, SIMPLE);
		assert.equal(items.length, 2);
		assert.deepEqual(items[1], {
			json: {
				file_name: 'call.wav',
				engine: 'local',
				model: 'silero-vad-6.2',
				runtime: 'native',
				duration: 61.3,
				channel_number: 1,
				speech_length: 0,
				segments: [],
				warnings: local().warnings,
			},
			pairedItem: { item: 3 },
		});
		assert.deepEqual(items[0].json.warnings, [local().warnings[1]]);
	});

	it('takes a result without duration and warnings', () => {
		const [item] = toSpeechItems(fromApi, 'channel', ORIGIN, FULL);
		assert.deepEqual(item.json.warnings, []);
		assert.ok(!('duration' in item.json) && !('runtime' in item.json));
		assert.equal(item.json.channel_number, 2);
	});
});

describe('one item per segment', () => {
	it('is flat, counts within the channel and names its file', () => {
		const result = { ...local(), warnings: [] };
		const items = toSpeechItems(result, 'segment', ORIGIN, SIMPLE);
		assert.equal(items.length, 2);
		assert.deepEqual(items[1], {
			json: {
				file_name: 'call.wav',
				engine: 'local',
				model: 'silero-vad-6.2',
				runtime: 'native',
				channel_number: 0,
				segment_index: 1,
				segment_type: 'voice',
				start_time: 1.1,
				end_time: 3.3,
				duration: 2.2,
			},
			pairedItem: { item: 3 },
		});
	});

	it('carries warnings only where there are some', () => {
		const [item] = toSpeechItems(local(), 'segment', ORIGIN, SIMPLE);
		assert.deepEqual(item.json.warnings, [local().warnings[1]]);
	});

	it('keeps fields of a segment that only its engine knows', () => {
		const [item] = toSpeechItems(fromApi, 'segment', ORIGIN, SIMPLE);
		assert.equal(item.json.speaker_id, 7);
		assert.equal(item.json.duration, 4);
	});

	it('gives no item for a file without speech', () => {
		assert.deepEqual(toSpeechItems(silent(), 'segment', ORIGIN, SIMPLE), []);
	});

	it('gives one item with empty times where files without speech are kept', () => {
		const options = { ...SIMPLE, keepFilesWithoutSpeech: true };
		const items = toSpeechItems(silent(), 'segment', ORIGIN, options);
		assert.equal(items.length, 1);
		assert.equal(items[0].json.start_time, null);
		assert.equal(items[0].json.segment_type, null);
		assert.equal(items[0].json.duration, 0);
		assert.equal((items[0].json.warnings as unknown[]).length, 2);
		assert.equal(toSpeechItems(local(), 'segment', ORIGIN, options).length, 2);
	});

	it('has the columns of a segment in the item without speech', () => {
		const options = { ...SIMPLE, keepFilesWithoutSpeech: true };
		const [empty] = toSpeechItems(silent(), 'segment', ORIGIN, options);
		const [full] = toSpeechItems(local(), 'segment', ORIGIN, SIMPLE);
		assert.deepEqual(Object.keys(empty.json).sort(), Object.keys(full.json).sort());
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

	it('are one item per file, with their channels', () => {
		assert.deepEqual(toVoiceprintItems(result, 'file', ORIGIN, SIMPLE), [
			{
				json: {
					file_name: 'call.wav',
					engine: 'api',
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

	it('are one item per channel, with the warnings that concern it', () => {
		const items = toVoiceprintItems(result, 'channel', ORIGIN, FULL);
		assert.deepEqual(
			items.map(({ json }) => [json.channel_number, (json.warnings as unknown[]).length, json.settings]),
			[
				[0, 0, { preset: 'balanced' }],
				[1, 1, { preset: 'balanced' }],
			],
		);
		assert.deepEqual(items[1].json.vector, [1, 0]);
	});
});
