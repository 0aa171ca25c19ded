/**
 * The client against Prism, an OpenAPI mock server that nobody here wrote, for each status that the description
 * documents and each of its examples. Prism also refuses requests that are against the description.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { createInterface } from 'node:readline';
import { Contract, OPENAPI_FILE } from './server/contract.mts';
import { client, failureOf, fileOf, SPEECH, TASK_ID } from './support/harness.mts';

const PRISM = join(import.meta.dirname, '..', '..', 'node_modules', '@stoplight', 'prism-cli', 'dist', 'index.js');

const VAD = '/api/technology/voice-activity-detection';

let prism: ChildProcess;
let url = '';

before(async () => {
	prism = spawn(process.execPath, [PRISM, 'mock', '--port', '0', '--host', '127.0.0.1', '--errors', OPENAPI_FILE]);
	let output = '';
	prism.stderr!.on('data', (text: Buffer) => (output += text.toString()));
	for await (const line of createInterface(prism.stdout!)) {
		output += `${line}\n`;
		url = /Prism is listening on (http:\/\/\S+)/.exec(line)?.[1] ?? '';
		if (url) return;
	}
	throw new Error(`Prism did not start: ${output}`);
});

after(async () => {
	prism.kill();
	if (prism.exitCode === null && prism.signalCode === null) await once(prism, 'exit');
});

/** A client that asks Prism for a certain answer. */
const asking = (t: TestContext, prefer: string) => client(t, url, { headers: { prefer } });

const CODES: Record<string, string> = {
	400: 'REQUEST_INVALID',
	403: 'LICENSE_EXHAUSTED',
	404: 'TASK_NOT_FOUND',
	405: 'METHOD_NOT_ALLOWED',
	413: 'UPLOAD_TOO_LARGE',
	422: 'REQUEST_REFUSED',
	429: 'RATE_LIMITED',
	500: 'SERVER_ERROR',
	507: 'STORAGE_FULL',
};

/** `default` stands for any other status. */
const errorStatuses = (method: string, path: string) =>
	new Contract().statuses(method, path)
		.filter((status) => !status.startsWith('2'))
		.map((status) => (status === 'default' ? '500' : status));

const technologies = ['voice-activity-detection', 'speaker-identification-voiceprint-extraction', 'speaker-identification-voiceprint-comparison', 'speaker-diarization'] as const;

const start = {
	'voice-activity-detection': (api: ReturnType<typeof client>) =>
		api.startVoiceActivityDetection(fileOf('a'), { channelMode: 'mix', channels: [0, 1], rangeFrom: 1, rangeTo: 2.5 }),
	'speaker-identification-voiceprint-extraction': (api: ReturnType<typeof client>) =>
		api.startVoiceprintExtraction(fileOf('a'), { channelMode: 'split', channels: [1], includeVectorVoiceprint: true }),
	'speaker-identification-voiceprint-comparison': (api: ReturnType<typeof client>) =>
		api.startVoiceprintComparison(['YQ=='], ['YQ==', 'Yg==']),
	'speaker-diarization': (api: ReturnType<typeof client>) =>
		api.startSpeakerDiarization(fileOf('a'), { channelMode: 'mix', channels: [0, 1], rangeFrom: 1, rangeTo: 2.5, totalSpeakers: 2 }),
};

for (const technology of technologies) {
	describe(technology, () => {
		const path = `/api/technology/${technology}`;

		test('a task is accepted', async (t) => {
			const handle = await start[technology](asking(t, 'code=202'));
			assert.match(handle.taskId, /^[0-9a-f-]{36}$/);
			assert.equal(handle.url, `${url}/api/technology/voice-activity-detection/${TASK_ID}`, "the example's location");
		});

		test('a task is done', async (t) => {
			const id = examplesOf(technology).done!.value.task.task_id;
			const { task, result } = await asking(t, 'code=200, example=done').getTask(technology, id);
			assert.equal(task.state, 'done');
			assert.ok(result);
		});

		for (const status of errorStatuses('POST', path)) {
			test(`a start answered with ${status}`, async (t) => {
				const error = await failureOf(start[technology](asking(t, `code=${status}`)));
				assert.equal(error.code, CODES[status]);
				assert.equal(error.httpStatus, Number(status));
				assert.ok(error.type);
			});
		}

		for (const status of errorStatuses('GET', `${path}/${TASK_ID}`)) {
			test(`a task answered with ${status}`, async (t) => {
				const error = await failureOf(asking(t, `code=${status}`).getTask(technology, TASK_ID));
				assert.equal(error.code, CODES[status]);
				assert.equal(error.httpStatus, Number(status));
			});
		}
	});
}

interface Example {
	task: { task_id: string; state: string };
	result?: object | null;
	error?: { type: string } | null;
}

function examplesOf(technology: string): Record<string, { value: Example } | undefined> {
	const { paths } = new Contract().description;
	return paths[`/api/technology/${technology}/{task_id}`].get.responses[200].content['application/json'].examples;
}

describe('every example of a task', () => {
	for (const technology of technologies) {
		for (const [name, example] of Object.entries(examplesOf(technology))) {
			const { value } = example!;
			test(`${technology}: ${name}`, async (t) => {
				const work = asking(t, `code=200, example=${name}`).getTask(technology, value.task.task_id);
				if (value.error) {
					const error = await failureOf(work);
					assert.equal(error.code, value.task.state === 'rejected' ? 'TASK_REJECTED' : 'TASK_FAILED');
					assert.equal(error.type, value.error.type);
				} else {
					assert.deepEqual((await work).result, value.result ?? undefined);
				}
			});
		}
	}
});

test('a task that is done right away is fetched from where the location says', async (t) => {
	const handle = await client(t, url).startVoiceActivityDetection(fileOf('a'));
	const { channels } = await asking(t, 'example=done').waitForTask(handle, { timeoutMs: 30_000 });
	assert.deepEqual(channels[0].segments[0], SPEECH.channels[0].segments[0]);
});

test('the connection test', async (t) => {
	assert.deepEqual(await asking(t, 'code=404').probe(), { ok: true, missing: [] });
	assert.equal((await asking(t, 'code=500').probe()).ok, false);
});

test('Prism does refuse what is against the description, whatever answer it is asked for', async () => {
	for (const query of ['channel_mode=all', 'channels=0,%201', 'range_from=-1']) {
		const body = new FormData();
		body.set('file', new Blob(['a']), 'a.wav');
		const response = await fetch(`${url}${VAD}?${query}`, { method: 'POST', body, headers: { prefer: 'code=202' } });
		assert.equal(response.status, 422, query);
	}
});
