/** What an error keeps of the server's details: enough to act on, and not more than an item should carry. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpeechPlatform } from '../../dist/speech-platform/index.js';
import * as faults from './server/faults.mts';
import { client, CORRELATION_ID, failureOf, fileOf, json, scripted, startServer } from './support/harness.mts';

test('400 of the API does not blame the base URL', async (t) => {
	const server = await startServer(t);
	server.inject('POST', faults.invalidRequest());
	const error = await failureOf(client(t, server.url).startVoiceActivityDetection(fileOf('a')));
	assert.doesNotMatch(error.description, /Base URL/);
});

test('details without end stay within 8 KB', async (t) => {
	const detail = Array.from({ length: 30 }, (_, i) => ({ location: ['x'.repeat(900)], message: `Bad ${i}.`, type: 'y'.repeat(900) }));
	const server = await startServer(t);
	server.inject('POST', faults.answer({ type: 'z'.repeat(10_000), message: 'Bad.', detail }, 422));
	const error = await failureOf(client(t, server.url).startVoiceActivityDetection(fileOf('a')));
	assert.ok(JSON.stringify(error.detail).length <= 8192);
	assert.match(error.detail!.at(-1)!.message!, /more are left out/);
	assert.equal(error.type?.length, 200);
});

test('details are there as fields', async (t) => {
	const server = await startServer(t);
	server.inject('POST', faults.notValid());
	const { detail } = await failureOf(client(t, server.url).startVoiceActivityDetection(fileOf('a')));
	assert.deepEqual(detail?.map(({ location, type }) => [location, type]), [
		[['query', 'channel_mode'], 'enum'],
		[['query', 'range_to'], 'range'],
	]);
});

test('a thousand details stay readable', async (t) => {
	const detail = Array.from({ length: 1000 }, (_, i) => ({ location: ['body', i], message: `Bad ${i}.`, type: 'x' }));
	const server = await startServer(t);
	server.inject('POST', faults.status(422, { type: 'request.validation-error', message: 'Bad.', detail }));
	const error = await failureOf(client(t, server.url).startVoiceActivityDetection(fileOf('a')));
	assert.ok(error.description.length < 3000);
	assert.match(error.description, /Detail: 981 more are left out/);
	assert.equal(error.detail?.length, 20);
});

test('sizes in another unit are shown as they are', async () => {
	const context = { file_size: 900, max_file_size: 500, size_unit: 'MiB' };
	const detail = [{ location: ['body', 'file'], message: 'Too large.', type: 'media.too-large', context }];
	const transport = scripted(json(413, { type: 'request.size-limit-exceeded', message: 'Too large.', detail }));
	const api = new SpeechPlatform({ baseUrl: 'http://a', transport, correlationId: CORRELATION_ID });
	assert.match((await failureOf(api.startVoiceActivityDetection(fileOf('a')))).message, /900 MiB.*500 MiB/);
});
