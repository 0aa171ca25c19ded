/** The entry of the engine process: what it does to itself at its start, and how it ends in the middle of a model's run. */
import assert from 'node:assert/strict';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, test } from 'node:test';
import { runJob, stopEngine, withWorkFolder } from '../../../../dist/engine/client/client.js';
import type { FromEngine, RuntimeChoice, VoiceprintJob } from '../../../../dist/engine/client/protocol.js';
import { isRunning, until, vadJob } from '../../../support/engine.mts';
import { CALL } from '../../../support/recordings.mts';
import { writeModel } from '../embedding/support/ownModels.mts';
import { endlessModel, greedyModel } from '../embedding/support/hostileModels.mts';

const MAIN = join(import.meta.dirname, '..', '..', '..', '..', 'dist', 'engine', 'process', 'host', 'main.js');

const start = (env: NodeJS.ProcessEnv = {}, execArgv: string[] = []) =>
	fork(MAIN, { serialization: 'advanced', env, execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });

function voiceprintJob(onnx: Uint8Array, workFolder: string, runtime: RuntimeChoice): VoiceprintJob {
	const modelFile = writeModel({ id: 'own', file: 'own.onnx', dimension: 4, input: { kind: 'waveform' } }, onnx);
	const voiceprint = { model: 'fast' as const, maximumSpeech: 0, minimumSpeech: 0, onLittleSpeech: 'warn' as const, modelFile };
	return { ...vadJob(CALL, workFolder, { runtime }), type: 'voiceprint', voiceprint };
}

afterEach(() => stopEngine());

test('out of memory, Linux ends the engine first', { skip: process.platform !== 'linux' }, async () => {
	const engine = start();
	await once(engine, 'message');
	const adjustment = readFileSync(`/proc/${engine.pid}/oom_score_adj`, 'utf8');
	engine.kill('SIGKILL');
	assert.equal(adjustment.trim(), '1000');
});

test('a limit that is no number of MiB is named, and nothing runs', async () => {
	const engine = start({ N8N_VOICEPRINT_MEMORY: '2 GB' });
	const [words, [code]] = await Promise.all([text(engine.stderr!), once(engine, 'exit')]);
	assert.equal(code, 1);
	assert.match(words, /^The environment variable N8N_VOICEPRINT_MEMORY must be .*MiB.*\.$/);
});

test('where the system gives no thread to watch with, that is said, and nothing runs', async () => {
	const without = 'data:text/javascript,import threads from "node:worker_threads"; threads.Worker = class { constructor() { throw new Error("EAGAIN"); } };';
	const engine = start({}, ['--import', without]);
	const [words, [code]] = await Promise.all([text(engine.stderr!), once(engine, 'exit')]);
	assert.equal(code, 1);
	assert.match(words, /^The system gives the engine no thread: .*limit of processes.*\.$/);
});

test('an answer that nobody can hear ends the process without a word, and the recording goes with it', async () => {
	const engine = start();
	await once(engine, 'message');
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-test-'));
	writeFileSync(join(folder, 'recording.wav'), 'secret');
	// Fails at once, before the process can see that the other end is closed.
	engine.send({ kind: 'run', id: 1, job: vadJob(CALL, folder, { vad: { preset: 'unheard of' as never } }) });
	engine.disconnect();
	const [words, [code]] = await Promise.all([text(engine.stderr!), once(engine, 'exit')]);
	assert.deepEqual([words, code, existsSync(folder)], ['', 0, false]);
});

test('answers tell how much memory the process holds', async () => {
	const engine = start();
	await once(engine, 'message');
	for (const [id, path] of [CALL, import.meta.filename].entries()) {
		engine.send({ kind: 'run', id, job: vadJob(path, tmpdir()) });
		let [answer] = (await once(engine, 'message')) as [FromEngine];
		while (answer.kind === 'progress') [answer] = (await once(engine, 'message')) as [FromEngine];
		assert.ok(answer.kind !== 'ready');
		assert.equal(answer.kind, ['result', 'failure'][id]);
		assert.ok(answer.rss! > 30 * 2 ** 20 && answer.rss! < 2 ** 30, String(answer.rss));
	}
	engine.kill('SIGKILL');
});

describe('inside of a model that never ends', () => {
	for (const runtime of ['native', 'wasm'] as const) {
		test(`${runtime}: within 2 s after the death of n8n nothing runs and no recording is there`, async () => {
			const folder = mkdtempSync(join(tmpdir(), 'voiceprint-test-'));
			writeFileSync(join(folder, 'recording.wav'), 'secret');
			const job = JSON.stringify(voiceprintJob(endlessModel(), folder, runtime));
			const script = join(import.meta.dirname, 'support', 'engine.mts');
			const parent = spawn(process.execPath, [script, job], { stdio: ['ignore', 'pipe', 'inherit'] });
			const [said] = (await once(parent.stdout, 'data')) as [Buffer];
			const engine = Number(said);
			await sleep(4000);
			assert.ok(isRunning(engine) && existsSync(folder), 'the engine ended before its time');
			parent.kill('SIGKILL');
			try {
				await until(() => !isRunning(engine), 'the engine to end', 2000);
			} finally {
				if (isRunning(engine)) process.kill(engine, 'SIGKILL');
			}
			assert.equal(existsSync(folder), false);
		});
	}
});

test('a model that takes all memory fails its item, and the next job works', async () => {
	const greedy = withWorkFolder(async (folder) => await runJob(voiceprintJob(greedyModel(), folder, 'native')));
	await assert.rejects(greedy, { code: 'OUT_OF_MEMORY', message: /ran out of memory/ });
	const next = await withWorkFolder(async (folder) => await runJob(vadJob(CALL, folder)));
	assert.equal(next.channels.length, 2);
});
