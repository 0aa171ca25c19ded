/** Starting a task: what is sent, and where the task is then looked for. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { SpeechPlatform } from '../../dist/speech-platform/index.js';
import { answer, redirect } from './server/faults.mts';
import type { StandInOptions } from './server/server.mts';
import { accepted, canned, client, CORRELATION_ID, detect, failureOf, fileOf, scripted, SPEECH, startServer, TASK_ID, VOICEPRINT } from './support/harness.mts';

const VAD = '/api/technology/voice-activity-detection';
const EXTRACTION = '/api/technology/speaker-identification-voiceprint-extraction';
const DIARIZATION = '/api/technology/speaker-diarization';

test('parameters are sent only when they are set', async (t) => {
	const server = await startServer(t);
	const api = client(t, server.url);
	await api.startVoiceActivityDetection(fileOf('a'));
	await api.startVoiceActivityDetection(fileOf('a'), { channelMode: 'mix', channels: [0, 2], rangeFrom: 1.5, rangeTo: 60 });
	await api.startVoiceActivityDetection(fileOf('a'), { channels: [], rangeFrom: 0 });
	await api.startVoiceprintExtraction(fileOf('a'));
	await api.startVoiceprintExtraction(fileOf('a'), { channelMode: 'split', channels: [1], includeVectorVoiceprint: true });
	await api.startVoiceprintExtraction(fileOf('a'), { includeVectorVoiceprint: false });
	await api.startSpeakerDiarization(fileOf('a'));
	await api.startSpeakerDiarization(fileOf('a'), { channelMode: 'mix', channels: [0, 2], rangeFrom: 1.5, rangeTo: 60, maxSpeakers: 3 });
	await api.startSpeakerDiarization(fileOf('a'), { totalSpeakers: 2 });
	assert.deepEqual(server.requests.map(({ url }) => decodeURIComponent(url)), [
		VAD,
		`${VAD}?channel_mode=mix&channels=0,2&range_from=1.5&range_to=60`,
		`${VAD}?range_from=0`,
		EXTRACTION,
		`${EXTRACTION}?channel_mode=split&channels=1&include_vector_voiceprint=true`,
		`${EXTRACTION}?include_vector_voiceprint=false`,
		DIARIZATION,
		`${DIARIZATION}?channel_mode=mix&channels=0,2&range_from=1.5&range_to=60&max_speakers=3`,
		`${DIARIZATION}?total_speakers=2`,
	]);
});

describe('the file is one part, named file, with its name, type and bytes', () => {
	const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
	const sha256 = createHash('sha256').update(content).digest('hex');
	const cases = {
		'a stream of known length': { media: fileOf(content), chunked: false },
		'a stream of unknown length': { media: fileOf(content, { bytes: undefined }), chunked: true },
		'a buffer': { media: fileOf(content, { open: async () => content, bytes: undefined }), chunked: false },
	};
	for (const [name, { media, chunked }] of Object.entries(cases)) {
		test(name, async (t) => {
			const server = await startServer(t);
			await client(t, server.url).startVoiceActivityDetection(media);
			const [{ parts, headers, bytes }] = server.requests;
			assert.deepEqual(parts.map((part) => [part.name, part.fileName, part.mimeType]), [['file', 'call.wav', 'audio/wav']]);
			assert.deepEqual([parts[0].bytes, parts[0].sha256], [content.length, sha256]);
			assert.equal(headers['transfer-encoding'], chunked ? 'chunked' : undefined);
			assert.equal(headers['content-length'], chunked ? undefined : `${bytes}`);
		});
	}

	test('an empty file', async (t) => {
		const server = await startServer(t);
		await client(t, server.url).startVoiceActivityDetection(fileOf('', { open: async () => Readable.from([]) }));
		assert.equal(server.requests[0].parts[0].bytes, 0);
	});

	test('awkward names and types do no harm', async (t) => {
		const server = await startServer(t);
		const api = client(t, server.url);
		await api.startVoiceActivityDetection(fileOf('a', { fileName: 'Gespräch "1"\r\nX-Evil: 1.wav', mimeType: 'audio/wav\r\nX-Evil: 1' }));
		await api.startVoiceActivityDetection(fileOf('a', { fileName: '', mimeType: '' }));
		assert.deepEqual(server.requests.map(({ parts: [{ fileName, mimeType }] }) => [fileName, mimeType]), [
			['Gespräch %221%22%0D%0AX-Evil: 1.wav', 'application/octet-stream'],
			['file', 'application/octet-stream'],
		]);
	});
});

test('one correlation ID for all requests, a request ID for each', async (t) => {
	const server = await startServer(t);
	await detect(client(t, server.url));
	assert.deepEqual(new Set(server.requests.map(({ headers }) => headers['x-correlation-id'])), new Set([CORRELATION_ID]));
	const ids = server.requests.map(({ headers }) => headers['x-request-id']);
	assert.ok(ids.length >= 4);
	assert.equal(new Set(ids).size, ids.length);
	assert.ok(ids.every((id) => /^[0-9a-f-]{36}$/.test(String(id))));
});

describe('the task is found, and all requests stay at the base URL', () => {
	const variants: Record<string, StandInOptions> = {
		'both locations': {},
		'Location only': { locations: 'location' },
		'X-Location only': { locations: 'x-location' },
		'no location': { locations: 'none' },
		'an absolute location': { locations: 'absolute' },
		'a relative location': { locations: 'relative' },
		'a prefix that the server does not know': { prefix: '/speech/v1' },
		'a prefix that the server knows': { prefix: '/speech', knowsPrefix: true },
		'a prefix and an absolute location without it': { prefix: '/speech', locations: 'absolute' },
		'a prefix and an absolute location with it': { prefix: '/speech', locations: 'absolute', knowsPrefix: true },
		'a prefix and a relative location': { prefix: '/speech', locations: 'relative' },
	};
	for (const [name, options] of Object.entries(variants)) {
		test(name, async (t) => {
			const server = await startServer(t, options);
			assert.deepEqual(await detect(client(t, server.url)), SPEECH);
			assert.ok(server.requests.every(({ url }) => url.startsWith(`${options.prefix ?? ''}/api/technology/`)));
		});
	}

	for (const locations of ['location', 'x-location', 'both'] as const) {
		test(`a location of another host (${locations}): nothing goes there`, async (t) => {
			const bait = await startServer(t);
			const server = await startServer(t, { locations, foreignOrigin: bait.origin, prefix: '/speech' });
			assert.deepEqual(await detect(client(t, `${server.url}/`, { headers: { authorization: 'Bearer secret' } })), SPEECH);
			assert.deepEqual(bait.requests, []);
			assert.ok(server.gets.length >= 3);
		});
	}

	test('a redirect to another host is not followed', async (t) => {
		const bait = await startServer(t);
		const server = await startServer(t);
		const api = client(t, server.url);
		server.inject('POST', redirect(`${bait.origin}${VAD}`));
		assert.equal((await failureOf(api.startVoiceActivityDetection(fileOf('a')))).code, 'REDIRECTED');
		server.inject('GET', redirect(`${bait.origin}${VAD}/${TASK_ID}`));
		assert.equal((await failureOf(api.getTask('voice-activity-detection', TASK_ID))).code, 'REDIRECTED');
		assert.deepEqual(bait.requests, []);
	});

	const base = 'https://host.example/speech';
	const task = `${VAD}/${TASK_ID}`;
	const addresses: Array<[location: string, url: string]> = [
		[task, base + task],
		[`http://appliance:8000/sp4${task}`, base + task],
		[`//evil.example/x/${TASK_ID}`, `${base}/x/${TASK_ID}`],
		[`https://evil.example/${TASK_ID}?a=1`, `${base}/${TASK_ID}`],
		[`\\\\evil.example\\${TASK_ID}`, `${base}/${TASK_ID}`],
		[`https://host.example@evil.example/${TASK_ID}`, `${base}/${TASK_ID}`],
		[`https://host.example:444/${TASK_ID}`, `${base}/${TASK_ID}`],
		[`https://host.example.evil.example/${TASK_ID}`, `${base}/${TASK_ID}`],
		[`/speech/../${TASK_ID}`, `${base}/${TASK_ID}`],
		[`/speech/v2/tasks/${TASK_ID}?view=full`, `${base}/v2/tasks/${TASK_ID}?view=full`],
		// Without the task's ID it is another task's address, or none.
		['/api/technology/voice-activity-detection/7', base + task],
		[`/tasks?id=${TASK_ID}`, base + task],
		['https://evil.example/x?a=1', base + task],
		['javascript:alert(1)', `${base}${VAD}/${TASK_ID}`],
		['file:///etc/passwd', `${base}${VAD}/${TASK_ID}`],
		['http://[', `${base}${VAD}/${TASK_ID}`],
		['', `${base}${VAD}/${TASK_ID}`],
	];
	test('Location counts, else X-Location', async () => {
		const urlOf = async (headers: Record<string, string>) => {
			const api = new SpeechPlatform({ baseUrl: base, transport: scripted(accepted(headers)), correlationId: CORRELATION_ID });
			return (await api.startVoiceActivityDetection(fileOf('a'))).url;
		};
		assert.equal(await urlOf({ location: `/a/${TASK_ID}`, 'x-location': `/b/${TASK_ID}` }), `${base}/a/${TASK_ID}`);
		assert.equal(await urlOf({ 'x-location': `/b/${TASK_ID}` }), `${base}/b/${TASK_ID}`);
	});

	for (const [location, url] of addresses) {
		test(`location ${location || '(empty)'}`, async () => {
			const transport = scripted(accepted({ location }));
			const api = new SpeechPlatform({ baseUrl: base, transport, correlationId: CORRELATION_ID });
			assert.equal((await api.startVoiceActivityDetection(fileOf('a'))).url, url);
		});
	}
});

describe('the base URL', () => {
	const transport = scripted(accepted());
	const create = (baseUrl: string) => new SpeechPlatform({ baseUrl, transport, correlationId: CORRELATION_ID });

	const copied = ['/api', '/api/', '/api/technology', '/api/technology/', VAD, `${VAD}/${TASK_ID}`].map((path) => `http://a:8000${path}`);
	for (const baseUrl of ['http://a:8000', ' http://a:8000/ ', 'http://a:8000///', 'http://a:8000/?x=1#y', ...copied]) {
		test(`${JSON.stringify(baseUrl)} is taken`, async () => {
			await create(baseUrl).startVoiceActivityDetection(fileOf('a'));
			assert.equal(transport.requests.at(-1)!.url, `http://a:8000${VAD}`);
		});
	}

	for (const baseUrl of ['', 'appliance:8000', '/speech', 'ftp://a', 'http://user:top-secret@a:8000']) {
		test(`${JSON.stringify(baseUrl)} is refused`, () => {
			assert.throws(
				() => create(baseUrl),
				(error: Error & { code: string; description: string }) => {
					assert.equal(error.code, 'INVALID_BASE_URL');
					assert.match(error.message, /Base URL/);
					assert.doesNotMatch(error.message + error.description, /top-secret/);
					return true;
				},
			);
		});
	}
});

describe('the answer to a start request', () => {
	test('may hold the result already; then nothing more is asked', async (t) => {
		const server = await startServer(t);
		server.inject('POST', answer({ task: { task_id: TASK_ID, state: 'done' }, result: SPEECH }));
		assert.deepEqual(await detect(client(t, server.url)), SPEECH);
		assert.equal(server.gets.length, 0);
	});

	for (const task of [{ task_id: TASK_ID, state: 'done' }, { task_id: TASK_ID }]) {
		test(`may say no more than ${JSON.stringify(task)}; then the task is asked for`, async (t) => {
			const server = await startServer(t);
			server.inject('POST', answer({ task }));
			server.inject('GET', answer({ task: { task_id: TASK_ID, state: 'done' }, result: SPEECH }));
			assert.deepEqual(await detect(client(t, server.url)), SPEECH);
		});
	}

	for (const [body, field] of [
		[{}, 'task'],
		[null, 'task'],
		[[], 'task'],
		[{ task: {} }, 'task.task_id'],
		[{ task: { task_id: 5, state: 'pending' } }, 'task.task_id'],
	] as const) {
		test(`${JSON.stringify(body)} lacks ${field}`, async (t) => {
			const server = await startServer(t);
			server.inject('POST', answer(body));
			const error = await failureOf(client(t, server.url).startVoiceActivityDetection(fileOf('a')));
			assert.equal(error.code, 'INVALID_ANSWER');
			assert.ok(error.message.includes(`'${field}'`), error.message);
			assert.equal(server.posts.length, 1);
		});
	}
});

describe("the file's own errors are passed on as they are", () => {
	const trouble = new Error('storage is gone');

	test('of opening it', async (t) => {
		const server = await startServer(t);
		const media = fileOf('a', { open: async () => await Promise.reject(trouble) });
		await assert.rejects(client(t, server.url).startVoiceActivityDetection(media), (error) => error === trouble);
		assert.equal(server.requests.length, 0);
	});

	test('of reading it, in the middle of the upload', async (t) => {
		const server = await startServer(t);
		const media = fileOf('a', {
			bytes: 1e6,
			open: async () =>
				Readable.from(
					(async function* () {
						yield Buffer.alloc(1000);
						await new Promise((resolve) => setTimeout(resolve, 50));
						throw trouble;
					})(),
				),
		});
		await assert.rejects(client(t, server.url).startVoiceActivityDetection(media), (error) => error === trouble);
		assert.equal(server.tasks.size, 0);
	});
});

test('extraction and comparison run the same way', async (t) => {
	const server = await startServer(t, { compute: canned });
	const api = client(t, server.url);
	assert.deepEqual(await api.waitForTask(await api.startVoiceprintExtraction(fileOf('a')), { timeoutMs: 30_000 }), VOICEPRINT);
	const encode = (vector: number[]) => Buffer.from(JSON.stringify({ made_up: vector })).toString('base64');
	const [x, y, z] = [encode([1, 0, 0]), encode([0, 1, 0]), encode([0.6, 0.8, 0])];
	const { scores } = await api.waitForTask(await api.startVoiceprintComparison([x, y, z], [z, x]), { timeoutMs: 30_000 });
	// A makes the columns, B the rows.
	assert.deepEqual(scores, { rows_count: 2, columns_count: 3, values: [4, 7, 10, 10, -5, 4] });
	assert.deepEqual(server.posts.at(-1)!.body, { voiceprints_a: [x, y, z], voiceprints_b: [z, x] });
});
