/** The Speech Platform API from a real n8n: the credential's dialog, stopped executions, and a bad day on the network. */
import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readExample, withFolder } from '../../tools/n8n/examples.mts';
import { fileWorkflow, START_NAME, VOICE_ACTIVITY_DETECTION, webhookWorkflow } from '../../tools/n8n/workflows.mts';
import { loginPage, page, randomFaults, slowReader, unauthorized } from '../speech-platform/server/faults.mts';
import { TECHNOLOGY_COUNT } from '../speech-platform/support/harness.mts';
import { until } from '../support/engine.mts';
import { CREDENTIAL, credentialFor, useServer } from './api-support.mts';
import { useN8n } from './support.mts';

/** One for all: it takes longer to start than all that it does here. */
const n8n = useN8n();

describe("the credential's dialog", () => {
	const server = useServer({ prefix: '/speech' });

	/** What the dialog calls when the user saves. */
	async function test(baseUrl: string, more: object = {}): Promise<{ status: string; message: string }> {
		const data = { baseUrl, authentication: 'none', ...more };
		const credentials = { id: '', name: 'Speech Platform', type: CREDENTIAL, data };
		return await n8n().client.call('POST', '/rest/credentials/test', { credentials });
	}

	it('says that the connection works where the API answers', async () => {
		assert.equal((await test(`${server().url}/`)).status, 'OK');
		assert.deepEqual(server().requests.map(({ method }) => method), Array(TECHNOLOGY_COUNT).fill('GET'));
	});

	it('says what is wrong elsewhere', async () => {
		const messages = new Set<string>();
		// The dialog asks for other technologies where the first is not known.
		for (const faults of [[loginPage()], [unauthorized()], Array.from({ length: TECHNOLOGY_COUNT }, () => page(404, '404 Not Found'))]) {
			server().inject('GET', ...faults);
			const { status, message } = await test(server().url);
			assert.equal(status, 'Error', message);
			messages.add(message);
		}
		assert.equal(messages.size, 3);
		for (const baseUrl of [
			server().origin,
			`${server().url}/elsewhere`,
			server().url.replace('http:', 'https:'),
			'http://127.0.0.1:1',
			'appliance',
		]) {
			const { status, message } = await test(baseUrl);
			assert.equal(status, 'Error', `${baseUrl}: ${message}`);
			assert.ok(message.length > 15, message);
		}
	});

	it('says so where the login is refused, without showing it', async () => {
		server().inject('GET', unauthorized());
		const { status, message } = await test(server().url, { authentication: 'bearer', token: 's3cret' });
		assert.equal(status, 'Error');
		assert.doesNotMatch(message, /s3cret/);
	});
});

const nothing = async () => ({ state: 'done', result: { channels: [] } }) as const;

describe('an execution that is stopped', () => {
	const server = useServer({ compute: nothing, runningMs: 600_000 });

	/** Stops the execution and gives the time, in milliseconds since the epoch, at which that was asked for. */
	async function stop(id: string): Promise<number> {
		const stoppedAt = Date.now();
		await n8n().client.stopExecution(id);
		assert.equal((await n8n().client.finishedExecution(id)).status, 'canceled');
		return stoppedAt;
	}

	async function start(bytes: number): Promise<string> {
		const { client, filesFolder } = n8n();
		const path = join(filesFolder, `${bytes}.wav`);
		const file = openSync(path, 'w');
		ftruncateSync(file, bytes);
		closeSync(file);
		const credential = await credentialFor(n8n(), server().url);
		return await client.startManually(await client.createWorkflow(fileWorkflow(path, { engine: 'api' }, credential)), START_NAME);
	}

	it('during its upload is gone from the server within a second', async () => {
		server().inject('POST', slowReader());
		const id = await start(1_000_000_000);
		await until(() => (server().posts[0]?.bytes ?? 0) > 0, 'the upload', 60_000);
		const stoppedAt = await stop(id);
		await until(() => server().posts[0].aborted, 'the connection to go', 1000);
		assert.ok(server().posts[0].abortedAt! - stoppedAt < 1000);
	});

	it('while it polls asks no more', async () => {
		const id = await start(1000);
		await until(() => server().gets.length > 1, 'the first questions', 60_000);
		await stop(id);
		const { length } = server().requests;
		await sleep(6000);
		assert.equal(server().requests.length, length);
	});
});

describe('the example that submits, waits and gets the result', () => {
	const server = useServer({ compute: nothing, pendingPolls: 1, runningPolls: 1 });

	it('goes round until each task is done', async () => {
		const { client, filesFolder } = n8n();
		const folder = join(filesFolder, 'long', 'recordings');
		mkdirSync(folder, { recursive: true });
		for (const name of ['a.wav', 'b.wav']) writeFileSync(join(folder, name), 'recording');
		const credential = await credentialFor(n8n(), server().url);
		const example = withFolder(readExample('submit-wait-get-result'), join(filesFolder, 'long'));
		const nodes = example.nodes.map((node) => {
			if (node.type === VOICE_ACTIVITY_DETECTION) return { ...node, ...credential };
			return node.name === 'Wait' ? { ...node, parameters: { ...node.parameters, amount: 0.2 } } : node;
		});
		const execution = await client.runManually(await client.createWorkflow({ ...example, nodes }), START_NAME);
		assert.equal(execution.status, 'success');
		const runs = execution.data.resultData.runData;
		assert.equal(runs['Get Result'].length, 3);
		const results = runs.Results.flatMap((run) => run.data!.main[0]!.map(({ json }) => json.file_name));
		assert.deepEqual(results.sort(), ['a.wav', 'b.wav']);
		assert.equal(server().posts.length, 2);
		// Of one execution, whichever node sent them.
		assert.equal(new Set(server().requests.map(({ headers }) => headers['x-correlation-id'])).size, 1);
	});
});

const EXECUTIONS = 50;
const SHARE_OF_FAULTS = 0.3;

describe('many executions at once, with faults on the way', () => {
	const server = useServer({
		chooseFault: randomFaults(SHARE_OF_FAULTS, 8),
		// What comes out tells which file went in.
		compute: async (_technology, { file }) => ({
			state: 'done',
			result: { channels: [{ channel_number: 0, speech_length: file.bytes, segments: [] }] },
		}),
	});

	interface Outcome {
		file_name?: string;
		channels?: Array<{ speech_length: number }>;
		error?: { code: string; message: string; description: string };
	}

	it('each give a right result or a typed error; none is lost or doubled', async (t) => {
		const { client } = n8n();
		const parameters = { engine: 'api', options: { pollingInterval: 0.5, timeout: 120 } };
		const more = { onError: 'continueRegularOutput' as const, ...(await credentialFor(n8n(), server().url)) };
		await client.publishWebhook(await client.createWorkflow(webhookWorkflow('many', parameters, more)), 'many');
		const answers = await Promise.all(
			Array.from({ length: EXECUTIONS }, async (_, i) => {
				const content = new Uint8Array(1000 + i);
				return await client.upload('many', { content, fileName: `${i}.wav`, mimeType: 'audio/wav' });
			}),
		);
		const codes: string[] = [];
		for (const [i, { status, body }] of answers.entries()) {
			assert.equal(status, 200, JSON.stringify(body));
			const items = body as Outcome[];
			assert.equal(items.length, 1, 'one item per file');
			const [{ error, file_name, channels }] = items;
			if (error) {
				assert.match(error.code, /^[A-Z_]+$/);
				assert.notEqual(error.code, 'INTERNAL');
				assert.match(error.message, /\[item 0\]$/);
				assert.ok(error.description.length > 20);
				codes.push(error.code);
			} else {
				assert.equal(file_name, `${i}.wav`);
				assert.equal(channels![0].speech_length, 1000 + i);
			}
			const accepted = server().posts.filter(({ taskId, parts }) => taskId !== undefined && parts[0]?.bytes === 1000 + i);
			assert.ok(accepted.length <= 1, `${i}.wav was processed ${accepted.length} times`);
			if (!error) assert.equal(accepted.length, 1);
		}
		const faults = server().requests.filter(({ fault }) => fault !== undefined).length;
		t.diagnostic(`${server().requests.length} requests, ${faults} faults; ${EXECUTIONS - codes.length} results; errors: ${codes.sort().join(' ')}`);
		assert.ok(faults > 20 && codes.length > 0 && codes.length < EXECUTIONS);
	});
});
