/** The stand-in server itself: real results, and a judge that objects to what the contract does not allow. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, test } from 'node:test';
import FormData from 'form-data';
import { request } from 'undici';
import { runJob, stopEngine, withWorkFolder } from '../../dist/engine/client/client.js';
import { vadJob } from '../support/engine.mts';
import { CALL, TELEPHONE } from '../support/recordings.mts';
import { Contract, OPENAPI_FILE } from './server/contract.mts';
import { randomFaults } from './server/faults.mts';
import { MADE_UP_MODEL } from './server/results.mts';
import { StandIn } from './server/server.mts';
import { canned, client, failureOf, fileOf, startServer, TASK_ID } from './support/harness.mts';

after(() => stopEngine());

const recording = (path: string) => ({
	open: async () => createReadStream(path),
	fileName: basename(path),
	mimeType: 'audio/ogg',
	bytes: statSync(path).size,
});

const WAIT = { timeoutMs: 60_000, pollingIntervalMs: 500 };

describe('results are computed', { concurrency: false }, () => {
	test('speech is what the local engine finds, with all parameters', async (t) => {
		const server = await startServer(t, { compute: undefined });
		const api = client(t, server.url, { realTime: true });
		const media = { channels: [1], rangeFrom: 2, rangeTo: 20 };
		const local = await withWorkFolder(async (folder) => await runJob(vadJob(CALL, folder, { media })));
		const handle = await api.startVoiceActivityDetection(recording(CALL), { channelMode: 'split', ...media });
		const { channels } = await api.waitForTask(handle, WAIT);
		assert.ok(channels[0].segments.length > 1);
		assert.deepEqual(channels, local.channels);
	});

	test('voiceprints are made up, speech lengths are true', async (t) => {
		const server = await startServer(t, { compute: undefined });
		const api = client(t, server.url, { realTime: true });
		const extract = async (path: string) => {
			const handle = await api.startVoiceprintExtraction(recording(path), { includeVectorVoiceprint: true });
			return (await api.waitForTask(handle, WAIT)).channels;
		};
		const [first, again, other] = [await extract(CALL), await extract(CALL), await extract(TELEPHONE)];
		assert.deepEqual(first, again);
		assert.deepEqual(first.map(({ channel_number }) => channel_number), [0, 1]);
		assert.ok(first.every((channel) => channel.speech_length > 1 && channel.model === MADE_UP_MODEL));
		assert.ok(first.every(({ vector_voiceprint: vector }) => vector!.length === 128 && Math.abs(Math.hypot(...vector!) - 1) < 1e-3));
		const prints = [first[0].voiceprint, first[1].voiceprint, other[0].voiceprint];
		const comparison = await api.startVoiceprintComparison(prints, prints);
		const { values } = (await api.waitForTask(comparison, WAIT)).scores;
		assert.ok([0, 4, 8].every((same) => values[same] > 9) && [1, 2, 5].every((different) => values[different] < 3));
	});

	test('who speaks when is what the local engine finds, no more than the API tells, and as many as are asked for', async (t) => {
		const server = await startServer(t, { compute: undefined });
		const api = client(t, server.url, { realTime: true });
		const diarize = async (options: object) => {
			const handle = await api.startSpeakerDiarization(recording(CALL), { channelMode: 'mix', ...options });
			return (await api.waitForTask(handle, WAIT)).channels;
		};
		const [{ channel_number: number, speakers_count: count, segments }] = await diarize({ maxSpeakers: 3 });
		assert.deepEqual([number, count], [0, 2]);
		assert.deepEqual(segments.map(({ speaker_id: id }) => id), [0, 1, 0, 1, 0, 1]);
		assert.deepEqual(Object.keys(segments[0]), ['speaker_id', 'start_time', 'end_time']);
		assert.equal((await diarize({ totalSpeakers: 1 }))[0].speakers_count, 1);
	});

	test('what is no recording is rejected', async (t) => {
		const server = await startServer(t, { compute: undefined });
		const api = client(t, server.url, { realTime: true });
		const error = await failureOf(api.waitForTask(await api.startVoiceActivityDetection(fileOf('no audio at all')), WAIT));
		assert.equal(error.code, 'TASK_REJECTED');
		const comparison = await api.startVoiceprintComparison(['bm8='], ['bm8=']);
		assert.equal((await failureOf(api.waitForTask(comparison, WAIT))).code, 'TASK_REJECTED');
	});

	test('a file above the limit is refused with both sizes', async (t) => {
		const server = await startServer(t, { maximumFileSize: 1_000_000 });
		const error = await failureOf(client(t, server.url).startVoiceActivityDetection(fileOf(Buffer.alloc(2_000_000))));
		assert.match(error.message, /2\.0 MB.*1\.0 MB/);
	});
});

/** Sends what a client should not send, and returns what the judge says. */
async function violationsOf(path: string, options: { method?: 'GET' | 'POST'; form?: (form: FormData) => void; headers?: Record<string, string>; body?: string }) {
	const server = await new StandIn({ compute: canned }).start();
	try {
		const form = new FormData();
		options.form?.(form);
		await request(server.url + path, {
			method: options.method ?? 'POST',
			headers: options.form ? form.getHeaders() : options.headers,
			body: options.form ? form.getBuffer() : options.body,
		});
		return server.violations.join('\n');
	} finally {
		await server.close();
	}
}

describe('the judge objects', () => {
	const vad = '/api/technology/voice-activity-detection';
	const good = (form: FormData) => form.append('file', Buffer.from('a'), 'a.wav');
	const comparison = '/api/technology/speaker-identification-voiceprint-comparison';
	const cases: Record<string, [work: Promise<string>, objection: RegExp]> = {
		'to an unknown parameter': [violationsOf(`${vad}?speed=2`, { form: good }), /speed is not documented/],
		'to a wrong choice': [violationsOf(`${vad}?channel_mode=all`, { form: good }), /channel_mode must be equal to one of/],
		'to spaces in a list': [violationsOf(`${vad}?channels=0,%201`, { form: good }), /channels must match pattern/],
		'to a negative time': [violationsOf(`${vad}?range_from=-1`, { form: good }), /range_from must be >= 0/],
		'to a parameter of another technology': [violationsOf('/api/technology/speaker-identification-voiceprint-extraction?range_to=4', { form: good }), /range_to is not documented/],
		'to another part': [violationsOf(vad, { form: (form) => (form.append('audio', 'a'), good(form)) }), /part audio is not documented/],
		'to a missing file': [violationsOf(vad, { form: (form) => form.append('config', '{}') }), /part file is missing/],
		'to a file without a name': [violationsOf(vad, { form: (form) => form.append('file', 'a') }), /no file name/],
		'to another content type': [violationsOf(vad, { headers: { 'content-type': 'application/json' }, body: '{}' }), /content type application\/json/],
		'to two numbers that exclude each other': [violationsOf('/api/technology/speaker-diarization?max_speakers=3&total_speakers=2', { form: good }), /max_speakers and total_speakers exclude each other/],
		'to no speaker at all': [violationsOf('/api/technology/speaker-diarization?max_speakers=0', { form: good }), /max_speakers must be >= 1/],
		'to an empty list': [violationsOf(comparison, { headers: { 'content-type': 'application/json' }, body: '{"voiceprints_a":[],"voiceprints_b":["YQ=="]}' }), /voiceprints_a must NOT have fewer than 1/],
		'to a missing list': [violationsOf(comparison, { headers: { 'content-type': 'application/json' }, body: '{"voiceprints_a":["YQ=="]}' }), /voiceprints_b/],
		'to an ID that is none': [violationsOf(`${vad}/42`, { method: 'GET' }), /task_id must match format "uuid"/],
	};
	for (const [name, [work, objection]] of Object.entries(cases)) {
		test(name, async () => assert.match(await work, objection));
	}

	test('to answers as well', () => {
		const contract = new Contract();
		const judge = (status: number, body: unknown, headers = {}) =>
			contract.answer('GET', `${vad}/${TASK_ID}`, status, { 'content-type': 'application/json', ...headers }, JSON.stringify(body));
		const task = { task_id: TASK_ID, state: 'done' };
		assert.deepEqual(judge(200, { task, result: { channels: [] }, extra: 1 }), []);
		assert.match(judge(200, { task: { ...task, state: 'lost' } }).join(), /state/);
		assert.match(judge(200, { task, result: { channels: [{}] } }).join(), /required property 'channel_number'/);
		assert.match(judge(404, { detail: 'Not Found' }).join(), /required property 'type'/);
		assert.match(judge(429, { type: 'x', message: 'y' }, { 'retry-after': 'soon' }).join(), /retry-after must be number/);
		assert.match(contract.answer('GET', `${vad}/${TASK_ID}`, 200, { 'content-type': 'text/html' }, '').join(), /text\/html is not documented/);
	});
});

test('random faults are the same for the same seed, in about the share asked for', () => {
	const names = (seed: number) => {
		const choose = randomFaults(0.3, seed);
		return Array.from({ length: 2000 }, (_, i) => choose(i % 2 ? 'GET' : 'POST')?.name);
	};
	assert.deepEqual(names(7), names(7));
	assert.notDeepEqual(names(7), names(8));
	const share = names(7).filter(Boolean).length / 2000;
	assert.ok(share > 0.26 && share < 0.34, `${share}`);
	assert.ok(new Set(names(7)).size > 10);
});

test('it runs by itself, says where, and ends when it is told to', async (t) => {
	const script = join(import.meta.dirname, 'server', 'main.mts');
	const server = spawn(process.execPath, [script, '--prefix', '/speech'], { stdio: ['ignore', 'pipe', 'inherit'] });
	t.after(() => server.kill('SIGKILL'));
	const [url] = (await once(createInterface(server.stdout), 'line')) as [string];
	assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/speech$/);
	assert.deepEqual(await client(t, url).probe(), { ok: true, missing: [] });
	server.kill('SIGTERM');
	assert.deepEqual(await once(server, 'exit'), [0, null]);
});

test('the copy of the description names no machine', () => {
	assert.doesNotMatch(readFileSync(OPENAPI_FILE, 'utf8'), /\/work\/|\/home\//);
});
