/** Extract Voiceprint by the Speech Platform API. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeVoiceprint } from '../../dist/voiceprints/encoding.js';
import { EXTRACT, startApi, VOICEPRINT } from './support/api.mts';
import { assertItemsUntouched, fileItem } from './support/node.mts';

const [CHANNEL] = VOICEPRINT.channels;

const answering = (...channels: object[]) => ({ compute: async () => ({ state: 'done', result: { channels } }) as const });

describe('what is sent', () => {
	it('is the file, and the parameters under the names of the API', async (t) => {
		const { server, run } = await startApi(t);
		const parameters = { channelMode: 'mix', channels: '1', options: { includeVectorVoiceprint: true } };
		assert.equal((await run(EXTRACT, parameters)).error?.message, undefined);
		const { pathname, searchParams } = new URL(server.posts[0].url, 'http://x');
		assert.equal(pathname, '/api/technology/speaker-identification-voiceprint-extraction');
		assert.deepEqual(Object.fromEntries(searchParams), {
			channel_mode: 'mix',
			channels: '1',
			include_vector_voiceprint: 'true',
		});
		assert.equal(server.posts[0].parts[0].bytes, 11);
	});

	it('is no vector parameter unless it is asked for: older servers refuse what they do not know', async (t) => {
		const { server, run } = await startApi(t);
		await run(EXTRACT);
		await run(EXTRACT, { options: { includeVectorVoiceprint: false } });
		for (const { url } of server.posts) assert.equal(new URL(url, 'http://x').search, '?channel_mode=split');
	});
});

describe('the result', () => {
	it('is one item per file, with the voiceprint of each channel', async (t) => {
		const { server, run } = await startApi(t);
		const { output, hints } = await run(EXTRACT, { output: 'file' });
		const { correlation_id, ...json } = output[0].json;
		assert.deepEqual(json, {
			has_speech: true,
			file_name: 'call.wav',
			task_id: server.posts[0].taskId,
			state: 'done',
			channels: [CHANNEL],
			warnings: [],
		});
		assert.ok(correlation_id);
		assert.deepEqual(Object.keys(output[0].binary!), ['data']);
		assert.deepEqual(hints.map(({ message }) => message), ['call.wav: 1 voiceprint, from 31.4 s of speech. Schema, Table and JSON have it all [item 0]']);
	});

	it('is one item per channel', async (t) => {
		const { run } = await startApi(t, answering(CHANNEL, { ...CHANNEL, channel_number: 1, speech_length: 1.00049 }));
		const { output } = await run(EXTRACT, {}, [fileItem(), fileItem()]);
		assert.deepEqual(
			output.map(({ json, pairedItem, binary }) => [json.channel_number, json.speech_length, pairedItem, Object.keys(binary!)]),
			[
				[0, 31.42, { item: 0 }, ['data']],
				[1, 1, { item: 0 }, ['data']],
				[0, 31.42, { item: 1 }, ['data']],
				[1, 1, { item: 1 }, ['data']],
			],
		);
		assert.equal(output[0].json.voiceprint, CHANNEL.voiceprint);
		assert.equal(output[0].json.model, CHANNEL.model);
	});

	it('has the vector under its short name, and fields that nobody here knows', async (t) => {
		const { run } = await startApi(t, answering({ ...CHANNEL, vector_voiceprint: [0.6, -0.8], quality: 'good' }));
		const { output } = await run(EXTRACT, { output: 'channel' });
		assert.deepEqual(output[0].json.vector, [0.6, -0.8]);
		assert.equal(output[0].json.vector_voiceprint, undefined);
		assert.equal(output[0].json.quality, 'good');
	});

	it('shows what was asked for where it is not simplified', async (t) => {
		const { run } = await startApi(t);
		const { output } = await run(EXTRACT, { output: 'file', channels: '0', options: { simplify: false } });
		const demand = { minimum_speech_length: 3, on_little_speech: 'warn' };
		const settings = { channel_mode: 'split', channels: [0], include_vector_voiceprint: false, ...demand };
		assert.deepEqual(output[0].json.settings, settings);
	});

	for (const [what, fields] of [
		['no speech', { speech_length: 0 }],
		['an empty vector', { vector_voiceprint: [] }],
		['no speech and no vector', { speech_length: 0, vector_voiceprint: null }],
	] as const) {
		it(`with ${what} is a warning and a hint`, async (t) => {
			const { run } = await startApi(t, answering(CHANNEL, { ...CHANNEL, channel_number: 1, ...fields }));
			const { output, hints, status } = await run(EXTRACT, { output: 'channel' });
			assert.equal(status, 'success');
			assert.equal(output[1].json.warnings, 'NO_SPEECH: No speech was found in channel 1: its voiceprint is empty');
			assert.equal(output[0].json.warnings, '');
			assert.match(hints[0].message, /channel 1: its voiceprint is empty \[item 0\]/);
			// What the server gives for silence would be taken for a speaker's.
			const { vector, speechLength } = decodeVoiceprint(output[1].json.voiceprint);
			assert.deepEqual([vector.length, speechLength, output[1].json.has_speech, output[1].json.speech_length], [0, 0, false, 0]);
			assert.equal(output[0].json.voiceprint, CHANNEL.voiceprint);
		});
	}
});

describe('a task that is not waited for', () => {
	it('is fetched later', async (t) => {
		const { server, run } = await startApi(t, { pendingPolls: 0 });
		const [started] = (await run(EXTRACT, { waitForCompletion: false, output: 'channel' })).output;
		assert.equal(started.json.state, 'pending');
		assert.equal(started.json.task_id, server.posts[0].taskId);
		const [running] = (await run(EXTRACT, { operation: 'getResult', output: 'channel' }, [{ json: started.json }])).output;
		assert.equal(running.json.state, 'running');
		assert.equal(running.json.channel_number, undefined);
		const [done] = (await run(EXTRACT, { operation: 'getResult', output: 'channel' }, [{ json: running.json }])).output;
		assert.equal(done.json.state, 'done');
		assert.equal(done.json.voiceprint, CHANNEL.voiceprint);
		assert.equal(server.posts.length, 1);
	});

	it('of another technology is not found', async (t) => {
		const { run } = await startApi(t);
		const [started] = (await run('voiceActivityDetection', { waitForCompletion: false })).output;
		const { error } = await run(EXTRACT, { operation: 'getResult' }, [{ json: started.json }]);
		assert.equal(error!.context.code, 'TASK_NOT_FOUND');
	});
});

it('parameters are refused before anything is sent', async (t) => {
	const { server, run } = await startApi(t);
	for (const parameters of [
		{ channels: 'left' },
		{ channelMode: '={{ "left" }}' },
		{ output: '={{ "segment" }}' },
		{ options: { includeVectorVoiceprint: '={{ "perhaps" }}' } },
		{ options: { timeout: -1 } },
	]) {
		assert.equal((await run(EXTRACT, parameters)).error!.context.code, 'INVALID_PARAMETER');
	}
	assert.equal(server.requests.length, 0);
});

it('leaves the incoming items as they were', async (t) => {
	const { run } = await startApi(t);
	await assertItemsUntouched(t, EXTRACT, async () => {
		for (const parameters of [{}, { waitForCompletion: false }, { output: 'channel' }]) {
			assert.equal((await run(EXTRACT, parameters, [fileItem(), fileItem()])).status, 'success');
		}
	});
});

describe('little speech', () => {
	const lengths = (...seconds: number[]) => async () => ({
		state: 'done' as const,
		result: { channels: seconds.map((speech_length, channel_number) => ({ ...VOICEPRINT.channels[0], channel_number, speech_length })) },
	});

	it('is warned of, below the minimum that the item asks for', async (t) => {
		const { run } = await startApi(t, { compute: lengths(2.9, 3, 0) });
		const codes = async (options: object) => {
			const { output } = await run(EXTRACT, { output: 'file', options: { ...options } });
			return (output[0].json.warnings as Array<{ code: string; channel_number: number }>).map(({ code, channel_number }) => [code, channel_number]);
		};
		assert.deepEqual(await codes({}), [['LITTLE_SPEECH', 0], ['NO_SPEECH', 2]]);
		assert.deepEqual(await codes({ minimumSpeechLength: 0 }), [['NO_SPEECH', 2]]);
	});

	it('fails the item where it asks for that, and says how the paid result is had', async (t) => {
		const { server, run } = await startApi(t, { compute: lengths(31, 7.5) });
		const options = { minimumSpeechLength: 10, onLittleSpeech: 'fail' };
		const { error } = await run(EXTRACT, { options });
		assert.equal(error?.context.code, 'TOO_LITTLE_SPEECH');
		assert.match(error.message, /^Channel 1 has 7\.5 s of speech, less than the minimum of 10 s/);
		const { taskId } = server.posts[0];
		assert.match(error.description!, new RegExp(`'Get Result' fetches it by the task ID ${taskId}`));
		const fetched = await run(EXTRACT, { operation: 'getResult', taskId: taskId! }, [{}]);
		assert.equal(fetched.output[0].json.state, 'done');
	});
});
