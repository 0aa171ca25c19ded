/** What a large upload to the Speech Platform API costs n8n's own process, from the webhook to the answer. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { webhookWorkflow } from '../../tools/n8n/workflows.mts';
import { credentialFor, useServer } from './api-support.mts';
import { useN8n } from './support.mts';

const MEBIBYTE = 2 ** 20;
const FILE_SIZE = 200_000_000;
/** In bytes. */
const MOST_GROWTH = 64 * MEBIBYTE;

const folder = mkdtempSync(join(tmpdir(), 'api-memory-'));
const socketPath = join(folder, 'probe');
after(() => rmSync(folder, { recursive: true, force: true }));

/** The most memory since the start of the measurement, in bytes, as the probe in n8n's process sees it. */
async function memory(path: '/start' | '/read'): Promise<number> {
	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		get({ socketPath, path }, resolve).once('error', reject);
	});
	return ((await json(response)) as { memory: number }).memory;
}

describe('an upload of 200 MB', () => {
	const n8n = useN8n({
		env: { NODE_OPTIONS: `--expose-gc --require=${join(import.meta.dirname, 'probe.cjs')}`, PROBE_SOCKET: socketPath },
	});
	const server = useServer({
		compute: async () => ({ state: 'done', result: { channels: [{ channel_number: 0, speech_length: 0, segments: [] }] } }),
		maximumFileSize: FILE_SIZE,
	});

	it('passes through n8n, and never lies in its memory', async (t) => {
		const { client } = n8n();
		const credential = await credentialFor(n8n(), server().url);
		const workflow = await client.createWorkflow(webhookWorkflow('large', { engine: 'api' }, credential));
		await client.publishWebhook(workflow, 'large');
		const send = async (bytes: number) => {
			const content = new Uint8Array(bytes);
			const { status, body } = await client.upload('large', { content, fileName: `${bytes}.wav`, mimeType: 'audio/wav' });
			assert.equal(status, 200, JSON.stringify(body));
			assert.equal((body as Array<{ state: string }>)[0].state, 'done');
		};
		// Once, so that n8n has loaded what it needs for it.
		await send(1_000_000);
		const before = await memory('/start');
		await send(FILE_SIZE);
		const growth = (await memory('/read')) - before;
		t.diagnostic(`${Math.round(before / MEBIBYTE)} MiB before, at most ${Math.round(growth / MEBIBYTE)} MiB more`);
		assert.deepEqual(server().posts.map(({ parts }) => parts[0].bytes), [1_000_000, FILE_SIZE]);
		assert.ok(growth < MOST_GROWTH);
	});
});
