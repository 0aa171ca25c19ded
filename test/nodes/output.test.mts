/** The items and hints of the node, and what it leaves as it was. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { VadResult, Warning } from '../../dist/engine/client/protocol.js';
import { fakeResult, useFakeEngine } from './support/fakeEngine.mts';
import { assertItemsUntouched, fileItem, NODE, run } from './support/node.mts';

const TWO = [fileItem('one', 'a.wav'), fileItem('two', 'b.wav')];

const NO_SPEECH: Warning = { code: 'NO_SPEECH', message: 'No speech was found in channel 0', channel_number: 0 };

const silent = (): VadResult =>
	fakeResult({ channels: [{ channel_number: 0, speech_length: 0, segments: [] }], warnings: [NO_SPEECH] });

beforeEach(() => {
	useFakeEngine();
});

describe('items', () => {
	it('one per file by default', async () => {
		const { output } = await run({}, TWO);
		assert.deepEqual(
			output.map(({ json, pairedItem }) => [json.file_name, json.duration, pairedItem]),
			[
				['a.wav', 10, { item: 0 }],
				['b.wav', 10, { item: 1 }],
			],
		);
		assert.deepEqual(output[0].json.channels, fakeResult().channels);
		assert.deepEqual(Object.keys(output[0].json), [
			'has_speech',
			'speech_length',
			'speech_share',
			'duration',
			'talk_time_0',
			'talk_time_1',
			'overlap',
			'longest_pause',
			'interruptions',
			'first_speech',
			'file_name',
			'warnings',
			'channels',
		]);
	});

	it('one per channel', async () => {
		const [first] = fakeResult().channels;
		useFakeEngine(() => fakeResult({ channels: [first, { ...first, channel_number: 1 }] }));
		const { output } = await run({ output: 'channel' }, TWO);
		assert.deepEqual(
			output.map(({ json, pairedItem }) => [json.file_name, json.channel_number, json.speech_length, pairedItem]),
			[
				['a.wav', 0, 3.5, { item: 0 }],
				['a.wav', 1, 3.5, { item: 0 }],
				['b.wav', 0, 3.5, { item: 1 }],
				['b.wav', 1, 3.5, { item: 1 }],
			],
		);
	});

	it('one per segment', async () => {
		const { output } = await run({ output: 'segment' }, TWO);
		assert.deepEqual(
			output.map(({ json, pairedItem }) => [
				json.file_name,
				json.segment_index,
				json.start_time,
				json.duration,
				pairedItem,
			]),
			[
				['a.wav', 0, 1, 2, { item: 0 }],
				['a.wav', 1, 4.25, 1.5, { item: 0 }],
				['b.wav', 0, 1, 2, { item: 1 }],
				['b.wav', 1, 4.25, 1.5, { item: 1 }],
			],
		);
	});

	it('of a very long file, one per segment', async () => {
		const segments = Array.from({ length: 150_000 }, (_, i) => ({
			segment_type: 'voice',
			start_time: i,
			end_time: i + 0.5,
		}));
		useFakeEngine(() => fakeResult({ channels: [{ channel_number: 0, speech_length: 75_000, segments }] }));
		const { output } = await run({ output: 'segment' });
		assert.equal(output.length, 150_000);
	});

	it('one for a file without speech, or none where it is not to be kept', async () => {
		useFakeEngine(silent);
		assert.equal((await run({ output: 'segment', options: { keepFilesWithoutSpeech: false } })).output.length, 0);
		const { output } = await run({ output: 'segment' });
		assert.equal(output[0].json.warnings, `NO_SPEECH: ${NO_SPEECH.message}`);
		assert.deepEqual([output[0].json.segment_type, output[0].json.start_time], ['none', null]);
		assert.deepEqual(output[0].pairedItem, { item: 0 });
	});

	it('with file format and settings where they are not simplified', async () => {
		const { output } = await run({ options: { simplify: false } });
		assert.deepEqual(output[0].json.media, fakeResult().media);
		assert.equal((output[0].json.settings as { preset: string }).preset, 'balanced');
	});
});

describe('hints', () => {
	it('none where there is nothing to say and the editor shows the result', async () => {
		assert.deepEqual((await run({ options: { includeBinary: false } })).hints, []);
	});

	// n8n's editor opens on the card of a file, and hints stand above it.
	it('the answer in a few words, where the file goes on', async () => {
		const message = 'call.wav: 3.5 s of speech (35 %), the first at 1.0 s. Schema, Table and JSON have it all [item 0]';
		for (const output of ['file', 'channel', 'segment']) {
			assert.deepEqual((await run({ output })).hints, [{ message, type: 'info', location: 'outputPane' }]);
		}
	});

	it('one per kind of warning, with the number of times', async () => {
		const truncated: Warning = { code: 'TRUNCATED_FILE', message: 'The file ends early' };
		useFakeEngine(({ content }) =>
			content.toString() === 'one' ? silent() : { ...silent(), warnings: [NO_SPEECH, truncated] },
		);
		const { hints, output } = await run({ options: { includeBinary: false } }, TWO);
		assert.deepEqual(hints, [
			{
				message: 'No speech was found in channel 0 [item 0] (and 1 more like this, in 2 items in all)',
				type: 'info',
				location: 'outputPane',
			},
			{ message: 'The file ends early [item 1]', type: 'warning', location: 'outputPane' },
		]);
		assert.deepEqual(output[1].json.warnings, [NO_SPEECH, truncated]);
	});

	it('say how to go on where the segments of a silent file give no item', async () => {
		useFakeEngine(silent);
		const { hints } = await run({ output: 'segment', options: { keepFilesWithoutSpeech: false } });
		assert.match(hints[0].message, /No speech was found/);
		assert.match(hints[1].message, /: no speech\./);
		assert.match(hints.at(-1)!.message, /Loop Over Items stops at this file/);
		assert.match(hints.at(-1)!.message, /'Keep Files Without Speech'/);
	});
});

it('leaves the incoming items as they were', async (t) => {
	await assertItemsUntouched(t, NODE, async () => {
		for (const output of ['file', 'channel', 'segment']) {
			const { status, error } = await run({ output, options: { simplify: false } }, TWO);
			assert.equal(error?.message, undefined);
			assert.equal(status, 'success');
		}
	});
});
