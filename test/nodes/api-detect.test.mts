/** Voice Activity Detection by the Speech Platform API: what is sent, what comes out, and how tasks are fetched later. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, beforeEach, describe, it } from 'node:test';
import type { HarnessItem } from '../../tools/n8n/harness.mts';
import { CALL } from '../support/recordings.mts';
import { canned, DETECT, SPEECH, startApi } from './support/api.mts';
import { assertItemsUntouched, BINARY_MODES, fileItem, harness } from './support/node.mts';

const { stopEngine } = createRequire(import.meta.url)('../../dist/engine/client/client.js') as { stopEngine: () => void };
after(() => stopEngine());

beforeEach(async () => await harness.setBinaryMode('filesystem'));

const silence = async () =>
	({ state: 'done', result: { channels: [{ channel_number: 1, speech_length: 0, segments: [] }] } }) as const;

describe('what is sent', () => {
	it('is the file with its name and type, and the parameters under the names of the API', async (t) => {
		const { server, run } = await startApi(t);
		const parameters = { channelMode: 'mix', channels: '1, 0', rangeFrom: 1.5, rangeTo: 60 };
		const { error } = await run(DETECT, parameters, [fileItem('media bytes', 'Gespräch Ö.wav')]);
		assert.equal(error?.message, undefined);
		const [{ url, parts, headers }] = server.posts;
		assert.deepEqual(Object.fromEntries(new URL(url, 'http://x').searchParams), {
			channel_mode: 'mix',
			channels: '0,1',
			range_from: '1.5',
			range_to: '60',
		});
		assert.deepEqual(
			parts.map(({ name, fileName, mimeType, bytes }) => ({ name, fileName, mimeType, bytes })),
			[{ name: 'file', fileName: 'Gespräch Ö.wav', mimeType: 'audio/wav', bytes: 11 }],
		);
		assert.ok(Number(headers['content-length']) > 11);
	});

	it('is no more than the user asked for', async (t) => {
		const { server, run } = await startApi(t);
		await run(DETECT);
		const { searchParams, pathname } = new URL(server.posts[0].url, 'http://x');
		assert.equal(pathname, '/api/technology/voice-activity-detection');
		assert.deepEqual(Object.fromEntries(searchParams), { channel_mode: 'split', range_from: '0' });
	});

	it('has a safe name where the file has a strange one or none', async (t) => {
		const { server, run } = await startApi(t);
		const names = ['a\r\nx-evil: 1.wav', '../../etc/passwd', 'C:\\calls\\b.wav', undefined];
		const item = (fileName?: string): HarnessItem => ({
			files: { data: { buffer: Buffer.from('x'), fileName, mimeType: 'audio/wav' } },
		});
		await run(DETECT, {}, names.map(item));
		assert.deepEqual(
			// Several go at the same time, and arrive as they like.
			server.posts.map(({ parts }) => parts[0].fileName).toSorted(),
			['a__x-evil: 1.wav', 'b.wav', 'media.wav', 'passwd'],
		);
	});

	for (const mode of BINARY_MODES) {
		it(`has the same bytes from binary data mode ${mode}, and its length is known`, async (t) => {
			await harness.setBinaryMode(mode);
			const { server, run } = await startApi(t);
			const content = Buffer.alloc(700_000, 'recording ');
			const { error } = await run(DETECT, {}, [fileItem(content.toString())]);
			assert.equal(error?.message, undefined);
			const [{ parts, headers }] = server.posts;
			assert.equal(parts[0].sha256, createHash('sha256').update(content).digest('hex'));
			assert.equal(headers['transfer-encoding'], undefined);
		});
	}

	it('carries one correlation ID for all requests of an execution, which the output shows', async (t) => {
		const { server, run } = await startApi(t);
		const first = await run(DETECT, {}, [fileItem(), fileItem()]);
		const ids = new Set(server.requests.map(({ headers }) => headers['x-correlation-id']));
		assert.equal(ids.size, 1);
		for (const { json } of first.output) assert.ok(ids.has(json.correlation_id as string));
		assert.match(first.output[0].json.correlation_id as string, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
		const second = await run(DETECT);
		assert.notEqual(second.output[0].json.correlation_id, first.output[0].json.correlation_id);
	});
});

describe('the result', () => {
	it('has the shape of a local one, with the task it comes from', async (t) => {
		const { server, run } = await startApi(t);
		const { output } = await run(DETECT);
		const { correlation_id, ...json } = output[0].json;
		assert.deepEqual(json, {
			file_name: 'call.wav',
			task_id: server.posts[0].taskId,
			state: 'done',
			has_speech: true,
			speech_length: 3.97,
			// A server does not say how long the file is.
			speech_share: null,
			duration: null,
			talk_time_0: 3.97,
			talk_time_1: null,
			overlap: null,
			longest_pause: 0,
			interruptions: null,
			first_speech: 3.43,
			channels: SPEECH.channels,
			warnings: [],
		});
		assert.ok(correlation_id);
		assert.deepEqual(output[0].pairedItem, { item: 0 });
		assert.equal((await harness.readBinary(output[0].binary!.data)).toString(), 'media bytes');
	});

	it('comes in the same forms', async (t) => {
		const { run } = await startApi(t);
		const channel = await run(DETECT, { output: 'channel' });
		assert.equal(channel.output[0].json.speech_length, 3.97);
		assert.ok(channel.output[0].json.task_id);
		const segment = await run(DETECT, { output: 'segment' }, [fileItem(), fileItem()]);
		assert.deepEqual(
			segment.output.map(({ json, pairedItem }) => [json.start_time, json.duration, json.speech_length, pairedItem]),
			[
				[3.43, 3.97, 3.97, { item: 0 }],
				[3.43, 3.97, 3.97, { item: 1 }],
			],
		);
	});

	it('shows what was asked for where it is not simplified', async (t) => {
		const { run } = await startApi(t);
		const { output } = await run(DETECT, { channels: '0', rangeTo: 9, options: { simplify: false } });
		assert.equal(output[0].json.engine, 'api');
		const settings = { channel_mode: 'split', channels: [0], range_from: 0, range_to: 9 };
		assert.deepEqual(output[0].json.settings, settings);
	});

	it('without speech is a warning and a hint', async (t) => {
		const { run } = await startApi(t, { compute: silence });
		const { output, hints } = await run(DETECT);
		const warning = { code: 'NO_SPEECH', message: 'No speech was found in channel 1', channel_number: 1 };
		assert.deepEqual(output[0].json.warnings, [warning]);
		assert.match(hints[0].message, /No speech was found in channel 1 \[item 0\]/);
		const kept = await run(DETECT, { output: 'segment' });
		assert.deepEqual(kept.output.map(({ json }) => [json.segment_type, json.start_time]), [['none', null]]);
	});

	it('is what the local engine finds, where the server computes the same', async (t) => {
		const { run, optionsOf } = await startApi(t, { compute: undefined });
		const items = [{ files: { data: { buffer: readFileSync(CALL), fileName: 'call.ogg' } } }];
		const parameters = { channels: '1', rangeFrom: 2 };
		const api = await run(DETECT, parameters, items);
		const local = await harness.run({ ...optionsOf(DETECT, parameters, items), parameters: { engine: 'local', ...parameters } });
		assert.equal(api.error?.message, undefined);
		assert.ok((local.output[0].json.channels as unknown[]).length > 0);
		assert.deepEqual(api.output[0].json.channels, local.output[0].json.channels);
	});
});

describe('a task that is not waited for', () => {
	it('gives its ID and state at once, in every form, with the file', async (t) => {
		const { server, run } = await startApi(t);
		for (const output of ['file', 'channel', 'segment']) {
			const result = await run(DETECT, { waitForCompletion: false, output });
			const { correlation_id, ...json } = result.output[0].json;
			assert.deepEqual(json, {
				file_name: 'call.wav',
				engine: 'api',
				task_id: server.posts.at(-1)!.taskId,
				state: 'pending',
			});
			assert.ok(correlation_id);
			assert.deepEqual(Object.keys(result.output[0].binary!), ['data']);
		}
		assert.equal(server.gets.length, 0);
	});

	it('is fetched later: its state while it is unfinished, then its result', async (t) => {
		const { server, run } = await startApi(t);
		const [started] = (await run(DETECT, { waitForCompletion: false })).output;
		const states: unknown[] = [];
		let last = started.json;
		while (last.state !== 'done') {
			assert.equal(last.channels, undefined);
			const { output, error } = await run(DETECT, { operation: 'getResult', output: 'file' }, [{ json: last }]);
			assert.equal(error?.message, undefined);
			assert.equal(output.length, 1);
			[{ json: last }] = output;
			states.push(last.state);
		}
		assert.deepEqual(states, ['pending', 'running', 'done']);
		assert.deepEqual(last.channels, SPEECH.channels);
		assert.equal(last.task_id, started.json.task_id);
		assert.equal(last.file_name, 'call.wav');
		assert.equal(server.posts.length, 1);
	});

	it('is fetched by any ID, with the file that the item has', async (t) => {
		const { run } = await startApi(t, { pendingPolls: 0, runningPolls: 0 });
		const [{ json }] = (await run(DETECT, { waitForCompletion: false })).output;
		const item = { ...fileItem(), json: { ticket: json.task_id, file_name: 'of another task.wav' } };
		const { output } = await run(DETECT, { operation: 'getResult', taskId: '={{ $json.ticket }}' }, [item]);
		assert.equal(output[0].json.state, 'done');
		assert.equal(output[0].json.file_name, undefined);
		assert.deepEqual(Object.keys(output[0].binary!), ['data']);
		const parameters = { operation: 'getResult', taskId: '={{ $json.ticket }}', output: 'segment' };
		const segments = await run(DETECT, parameters, [item]);
		assert.equal(segments.output[0].json.start_time, 3.43);
		assert.deepEqual(Object.keys(segments.output[0].binary!), ['data']);
	});

	it('needs an ID to be fetched', async (t) => {
		const { server, run } = await startApi(t);
		for (const [taskId, code] of [
			['={{ $json.task_id }}', 'INVALID_PARAMETER'],
			['={{ 7 }}', 'INVALID_PARAMETER'],
			['a/../b', 'INVALID_TASK_ID'],
		]) {
			const { error } = await run(DETECT, { operation: 'getResult', taskId });
			assert.equal(error!.context.code, code);
			assert.match(error!.message, /'Task ID'/);
		}
		assert.equal(server.requests.length, 0);
	});
});

describe('waiting', () => {
	it('ends at the timeout, with all that is needed to fetch the result later', async (t) => {
		const { server, run } = await startApi(t, { runningMs: 60_000 });
		const rest = { onError: 'continueRegularOutput' } as const;
		const { output } = await run(DETECT, { options: { timeout: 0.5 } }, [fileItem()], rest);
		const { code, message, description, task_id } = output[0].json.error as Record<string, string>;
		assert.equal(code, 'TASK_TIMEOUT');
		assert.match(message, /0\.5 seconds.*'running'/);
		assert.equal(task_id, server.posts[0].taskId);
		assert.match(description, new RegExp(`Get Result.*${task_id}`));
	});

	it('has no limit at 0', async (t) => {
		const { run } = await startApi(t, { runningMs: 300 });
		assert.equal((await run(DETECT, { options: { timeout: 0 } })).output[0].json.state, 'done');
	});
});

it('parameters are refused before anything is sent', async (t) => {
	const { server, run } = await startApi(t);
	for (const parameters of [
		{ channels: 'left' },
		{ rangeFrom: 5, rangeTo: 4 },
		{ options: { timeout: -1 } },
		{ options: { pollingInterval: 0 } },
		{ waitForCompletion: '={{ "perhaps" }}' },
		{ operation: '={{ "explode" }}' },
	]) {
		assert.match((await run(DETECT, parameters)).error!.context.code as string, /^INVALID_/);
	}
	assert.equal(server.requests.length, 0);
});

it('an empty or missing file is refused before anything is sent', async (t) => {
	const { server, run } = await startApi(t);
	assert.equal((await run(DETECT, {}, [fileItem('')])).error!.context.code, 'EMPTY_FILE');
	assert.equal((await run(DETECT, {}, [{ json: {} }])).error!.context.code, 'BINARY_FIELD_MISSING');
	assert.equal(server.requests.length, 0);
});

it('leaves the incoming items as they were', async (t) => {
	const { run } = await startApi(t, { compute: canned });
	await assertItemsUntouched(t, DETECT, async () => {
		for (const parameters of [{}, { waitForCompletion: false }, { output: 'segment' }]) {
			assert.equal((await run(DETECT, parameters, [fileItem(), fileItem()])).status, 'success');
		}
	});
});

it('asks for a credential', async () => {
	const { error } = await harness.run({ node: DETECT, parameters: { engine: 'api' }, items: [fileItem()] });
	assert.match(error!.message, /credential/i);
	assert.equal(error!.itemIndex, 0);
});
