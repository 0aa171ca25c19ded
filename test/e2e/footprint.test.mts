/** What the engine's work costs n8n's own process: next to no memory, and never a stalled event loop. */
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredWorkflow } from '../../tools/n8n/client.mts';
import { fileWorkflow, START_NAME } from '../../tools/n8n/workflows.mts';
import { until, writeSilentWav } from '../support/engine.mts';
import { CALL as CALL_PATH, decodeChannels, SAMPLE_RATE } from '../support/recordings.mts';
import { engineWorks, useN8n } from './support.mts';

/** In bytes. */
const MOST_GROWTH = 50 * 2 ** 20;
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
async function probe(path: '/start' | '/read'): Promise<Measured> {
	const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
		get({ socketPath, path }, resolve).once('error', reject);
	});
	return (await json(response)) as Measured;
}

/** The desk's side of the sample call over and over, 16 bit and 16 kHz. */
async function writeSpeech(path: string): Promise<void> {
	writeSilentWav(path, SECONDS_OF_SPEECH);
	const [desk] = await decodeChannels(CALL_PATH);
	const samples = Int16Array.from(desk, (sample) => sample * 32767);
	const file = openSync(path, 'r+');
	const end = 44 + SECONDS_OF_SPEECH * SAMPLE_RATE * 2;
	for (let position = 44; position + samples.byteLength <= end; position += samples.byteLength) {
		writeSync(file, samples, 0, samples.byteLength, position);
	}
	closeSync(file);
}

describe("n8n's process while the engine works", () => {
	const n8n = useN8n({
		env: { NODE_OPTIONS: `--expose-gc --require=${join(import.meta.dirname, 'probe.cjs')}`, PROBE_SOCKET: socketPath },
	});
	let workflow: StoredWorkflow;

	before(async () => {
		const { client, filesFolder } = n8n();
		await writeSpeech(join(filesFolder, 'speech.wav'));
		workflow = await client.createWorkflow(fileWorkflow(join(filesFolder, 'speech.wav'), { output: 'segment' }));
		// Once, so that n8n has loaded what it needs for it.
		await client.runManually(workflow, START_NAME);
	});

	after(() => rmSync(folder, { recursive: true, force: true }));

	it('grows by less than 50 MB over a file of an hour', async (t) => {
		const { memory: before } = await probe('/start');
		assert.equal((await n8n().client.runManually(workflow, START_NAME)).status, 'success');
		const { memory: after } = await probe('/read');
		t.diagnostic(
			`${Math.round(before / 2 ** 20)} MB before, at most ${Math.round((after - before) / 2 ** 20)} MB more`,
		);
		assert.ok(after - before < MOST_GROWTH);
	});

	/** Measures while the engine works on the file, and then until the workflow has ended. */
	async function measureOnce(): Promise<{ working: Measured; whole: Measured }> {
		const { client, temporaryFolder } = n8n();
		const id = await client.startManually(workflow, START_NAME);
		await until(() => engineWorks(temporaryFolder), 'the engine to start', 60_000);
		let working = await probe('/start');
		while (engineWorks(temporaryFolder)) {
			working = await probe('/read');
			await sleep(20);
		}
		assert.equal((await client.finishedExecution(id)).status, 'success');
		return { working, whole: await probe('/read') };
	}

	it('is never held up for more than 50 ms', async (t) => {
		// n8n has work of its own now and then; what the engine causes would show in every attempt.
		const held: number[] = [];
		while (held.length < ATTEMPTS && !held.some((time) => time < LONGEST_HOLD)) {
			const { working, whole } = await measureOnce();
			t.diagnostic(
				`while the engine works: ${describeDelay(working)}; to the end of the workflow: ${describeDelay(whole)}`,
			);
			held.push(working.held);
		}
		assert.ok(Math.min(...held) < LONGEST_HOLD);
	});
});
