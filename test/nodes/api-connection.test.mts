/** Connections through n8n's own request helper that are not made, or are not what they should be. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { SpeechPlatformError } from '../../dist/speech-platform/index.js';
import { canned, fileOf, startServer, TASK_ID } from '../speech-platform/support/harness.mts';
import * as misbehaviour from '../speech-platform/server/misbehaviour.mts';
import { NO_OPENSSL, selfSigned } from '../support/certificate.mts';
import { deadPort } from '../support/deadPort.mts';
import { n8nTransport } from './support/n8nTransport.mts';

const require = createRequire(import.meta.url);
const { SpeechPlatform } = require('../../dist/speech-platform/index.js') as typeof import('../../dist/speech-platform/index.js');

const LIMITS = { connect: 300, uploadSilence: 1000, acceptance: 5000, answer: 600, look: 1500 };

const clientOf = (baseUrl: string, credential = {}) =>
	new SpeechPlatform({ baseUrl, transport: n8nTransport(credential), correlationId: '1', limits: LIMITS });

async function dead(t: TestContext): Promise<string> {
	const port = await deadPort();
	t.after(() => port.close());
	return port.url;
}

async function timed(work: Promise<unknown>): Promise<{ error: SpeechPlatformError; took: number }> {
	const startedAt = performance.now();
	const error = await work.then(() => assert.fail('no error'), (thrown: SpeechPlatformError) => thrown);
	return { error, took: performance.now() - startedAt };
}

describe('a server that accepts no connection', { skip: process.platform === 'linux' ? false : 'needs the queue of Linux' }, () => {
	for (const [name, bytes] of [['a small file', 10], ['a large file', 5_000_000]] as const) {
		it(`ends the start with ${name} after the limit for connecting; nothing was sent`, async (t) => {
			const api = clientOf(await dead(t));
			const { error, took } = await timed(api.startVoiceActivityDetection(fileOf(Buffer.alloc(bytes)), {}, api.budget(250)));
			assert.equal(error.code, 'REQUEST_TIMEOUT');
			assert.match(error.message, /No connection to the server could be made in time/);
			assert.doesNotMatch(error.description, /not known whether/);
			assert.ok(took < 600, `took ${took} ms`);
		});
	}

	it('ends a look at a task soon', async (t) => {
		const { error, took } = await timed(clientOf(await dead(t)).getTask('voice-activity-detection', TASK_ID));
		assert.equal(error.code, 'REQUEST_TIMEOUT');
		assert.ok(took < 2000, `took ${took} ms`);
	});
});

describe('a connection', () => {
	it('is seen to stand, so that only what comes after it counts as the answer', async (t) => {
		const server = await startServer(t);
		const signs: string[] = [];
		const note = (sign: string) => () => void signs.push(sign);
		const media = fileOf(Buffer.alloc(500_000));
		const transport = n8nTransport({});
		const watched = {
			send: async (request: Parameters<typeof transport.send>[0]) => {
				request.body!.once('end', note('end'));
				return await transport.send({ ...request, signs: { connecting: note('connecting'), connected: note('connected'), answering: note('answering') } });
			},
		};
		await new SpeechPlatform({ baseUrl: server.url, transport: watched, correlationId: '1' }).startVoiceActivityDetection(media);
		assert.deepEqual(signs.slice(0, 4), ['connecting', 'connected', 'end', 'answering']);
	});

	it('to a server that encrypts names https', { skip: NO_OPENSSL }, async (t) => {
		const server = await startServer(t, { tls: selfSigned() });
		for (const url of [server.url.replace('https:', 'http:')]) {
			const { error } = await timed(clientOf(url).getTask('voice-activity-detection', TASK_ID));
			assert.match(error.description, /'Base URL' begins with https:\/\//);
		}
	});

	it('that hangs in its encryption counts as connecting', async (t) => {
		const silent = createServer(() => {}).listen(0, '127.0.0.1');
		await once(silent, 'listening');
		t.after(() => silent.close());
		const api = clientOf(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`);
		const { error, took } = await timed(api.startVoiceActivityDetection(fileOf('a'), {}, api.budget(250)));
		assert.match(error.message, /No connection/);
		assert.ok(took < 600);
	});

	it('on which no HTTP is spoken says so', async (t) => {
		const server = await startServer(t);
		server.inject('GET', misbehaviour.notHttp('220 mail.example ESMTP\r\n'));
		const { error } = await timed(clientOf(server.url).getTask('voice-activity-detection', TASK_ID));
		assert.deepEqual([error.code, error.message], ['NETWORK_FAULT', 'What answers at the address does not speak HTTP']);
	});

	it('that brings more than any answer says so', async (t) => {
		const server = await startServer(t);
		server.inject('GET', misbehaviour.endless(), misbehaviour.endless(), misbehaviour.endless(), misbehaviour.endless());
		const { error } = await timed(clientOf(server.url).getTask('voice-activity-detection', TASK_ID));
		assert.match(error.message, /larger than any|in time/);
	});
});

it('an upload from memory goes out in pieces too, and its way is watched', async (t) => {
	const server = await startServer(t, { compute: canned });
	server.inject('POST', misbehaviour.stalledReader(2 ** 20));
	const content = Buffer.alloc(24 * 2 ** 20);
	const media = { ...fileOf(content), open: async () => content };
	const { error } = await timed(clientOf(server.url).startVoiceActivityDetection(media));
	assert.match(error.message, /took no more of the upload, after \d+\.\d MB of 25\.2 MB/);
});
