/** What our work costs n8n's own process: next to no memory, be it by the engine or by a server, and never a stalled event loop. */
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredWorkflow } from '../../tools/n8n/client.mts';
import { fileWorkflow, START_NAME, webhookWorkflow } from '../../tools/n8n/workflows.mts';
import { until, writeSilentWav } from '../support/engine.mts';
import { CALL as CALL_PATH, decodeChannels, SAMPLE_RATE } from '../support/recordings.mts';
import { credentialFor, useServer } from './api-support.mts';
import { engineWorks, useN8n } from './support.mts';

const MEBIBYTE = 2 ** 20;
/** In bytes. */
const MOST_GROWTH = 50 * MEBIBYTE;
const FILE_SIZE = 200_000_000;
/** Of an upload, in bytes. */
const MOST_GROWTH_OF_UPLOAD = 64 * MEBIBYTE;
/** In milliseconds. */
const LONGEST_HOLD = 50;

const ATTEMPTS = 3;

const SECONDS_OF_SPEECH = 3600;

interface Measured {
	/** The most memory so far, bytes. */
	memory: number;
	/** The longest time for which the event loop was busy without a break, milliseconds of its own thread's work. */
	held: number;
	/** The longest time by which it was late; on a busy machine that is waiting for a processor too. Milliseconds. */
	late: number;
}

const describeDelay = ({ held, late }: Measured) =>
	`held for at most ${held.toFixed(1)} ms, late by at most ${late.toFixed(1)} ms`;

const folder = mkdtempSync(join(tmpdir(), 'footprint-'));
const socketPath = join(folder, 'probe');

/** Asks the probe in n8n's process. */
async function probe(path: '/start' | '/watch' | '/read'): Promise<Measured> {
	const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
		get({ socketPath, path }, resolve).once('error', reject);
	});
	return (await json(response)) as Measured;
}

/** The desk's side of the sample call over and over, 16 bit and 16 kHz. */
async function writeSpeech(path: string, seconds: number): Promise<void> {
	writeSilentWav(path, seconds);
	const [desk] = await decodeChannels(CALL_PATH);
	const samples = Int16Array.from(desk, (sample) => sample * 32767);
	const file = openSync(path, 'r+');
	const end = 44 + seconds * SAMPLE_RATE * 2;
	for (let position = 44; position + samples.byteLength <= end; position += samples.byteLength) {
		writeSync(file, samples, 0, samples.byteLength, position);
	}
	closeSync(file);
}

const n8n = useN8n({
	env: { NODE_OPTIONS: `--expose-gc --require=${join(import.meta.dirname, 'probe.cjs')}`, PROBE_SOCKET: socketPath },
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe("n8n's process while the engine works", () => {
	let workflow: StoredWorkflow;

	before(async () => {
		const { client, filesFolder } = n8n();
		const file = join(filesFolder, 'speech.wav');
		workflow = await client.createWorkflow(fileWorkflow(file, { output: 'segment' }));
		// Once, so that n8n has loaded what it needs for it.
		await writeSpeech(file, 300);
		await client.runManually(workflow, START_NAME);
		await writeSpeech(file, SECONDS_OF_SPEECH);
	});

	/** Measures memory from the start of the workflow to its end, and the event loop while the engine works on the file. */
	async function measure(): Promise<{ growth: number; working: Measured; whole: Measured }> {
		const { client, temporaryFolder } = n8n();
		const { memory: before } = await probe('/start');
		const id = await client.startManually(workflow, START_NAME);
		await until(() => engineWorks(temporaryFolder), 'the engine to start', 60_000);
		let working = await probe('/watch');
		while (engineWorks(temporaryFolder)) {
			working = await probe('/read');
			await sleep(20);
		}
		assert.equal((await client.finishedExecution(id)).status, 'success');
		const whole = await probe('/read');
		return { growth: whole.memory - before, working, whole };
	}

	it('grows by less than 50 MB over a file of an hour, and is never held up for more than 50 ms', async (t) => {
		// n8n has work of its own now and then; what the engine causes would show in every attempt.
		const held: number[] = [];
		const grown: number[] = [];
		const isShown = () => Math.min(...held) < LONGEST_HOLD && Math.min(...grown) < MOST_GROWTH;
		while (held.length < ATTEMPTS && !isShown()) {
			const { growth, working, whole } = await measure();
			t.diagnostic(
				`at most ${Math.round(growth / MEBIBYTE)} MiB more; while the engine works: ${describeDelay(working)}; to the end of the workflow: ${describeDelay(whole)}`,
			);
			grown.push(growth);
			held.push(working.held);
		}
		assert.ok(Math.min(...grown) < MOST_GROWTH);
		assert.ok(Math.min(...held) < LONGEST_HOLD);
	});
});

describe('an upload of 200 MB to a server', () => {
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
		const before = (await probe('/start')).memory;
		await send(FILE_SIZE);
		const growth = (await probe('/read')).memory - before;
		t.diagnostic(`${Math.round(before / MEBIBYTE)} MiB before, at most ${Math.round(growth / MEBIBYTE)} MiB more`);
		assert.deepEqual(server().posts.map(({ parts }) => parts[0].bytes), [1_000_000, FILE_SIZE]);
		assert.ok(growth < MOST_GROWTH_OF_UPLOAD);
	});
});
