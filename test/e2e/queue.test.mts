/** n8n in queue mode: executions run in a worker, which is a process of its own and has an engine of its own. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasPostgres } from '../../tools/n8n/postgres.mts';
import { hasRedis } from '../../tools/n8n/redis.mts';
import type { RunningN8n } from '../../tools/n8n/server.mts';
import { packageNode, webhookRow } from '../../tools/n8n/workflows.mts';
import { enginePids, isRunning, until } from '../support/engine.mts';
import { assertStops, CALL, jobFolders, PAGE, startLongExecution, useN8n } from './support.mts';

const UPLOADS_AT_ONCE = 6;

interface SpeakerItem {
	speech_length: number;
	voiceprint: string;
	error?: { message: string };
}

const EXTRACT = packageNode('Extract Voiceprint', 'extractVoiceprint', { output: 'channel' }, { onError: 'continueRegularOutput' });

function uploads(n8n: () => RunningN8n): void {
	it('answers uploads from the worker, several at once, without loss', async () => {
		const { client, pid, executingPid, temporaryFolder } = n8n();
		assert.notEqual(executingPid, pid);
		const workflow = await client.createWorkflow(webhookRow('speakers', [EXTRACT]));
		await client.publishWebhook(workflow, 'speakers');
		const answers = await Promise.all(
			Array.from({ length: UPLOADS_AT_ONCE }, async () => await client.upload('speakers', CALL)),
		);
		for (const { status, body } of answers) {
			assert.equal(status, 200, JSON.stringify(body));
			const items = body as SpeakerItem[];
			assert.equal(items.length, 2);
			for (const { voiceprint, speech_length: seconds } of items) assert.ok(voiceprint.length > 700 && seconds > 3);
			assert.deepEqual(items, answers[0].body);
		}
		assert.equal(enginePids(executingPid).length, 1, 'one engine serves all');
		assert.deepEqual(enginePids(pid), [], 'the main process computes nothing');
		assert.deepEqual(jobFolders(temporaryFolder), []);
	});

	it('says what is wrong with a file', async () => {
		const { body } = await n8n().client.upload('speakers', PAGE);
		assert.match((body as SpeakerItem[])[0].error!.message, /looks like an HTML page \[item 0\]/);
	});
}

/** Ends the worker. */
function interruptions(n8n: () => RunningN8n): void {
	it('stops the engine of the worker with an execution that is stopped in the main process, and leaves no file', async () => {
		await assertStops(n8n(), await startLongExecution(n8n()), 5000);
	});

	it('leaves no engine behind where the worker is killed', async () => {
		const { enginePid } = await startLongExecution(n8n());
		process.kill(n8n().executingPid, 'SIGKILL');
		await until(() => !isRunning(enginePid), 'the engine to end', 5000);
	});
}

if (hasRedis()) {
	// Where there is Postgres, workers.test.mts has it: with many uploads, two workers and a larger database.
	if (!hasPostgres()) describe('queue mode with binary data in the database', () => uploads(useN8n({ queue: true, binaryMode: 'database' })));

	describe('queue mode with binary data on a shared disk', () => {
		const n8n = useN8n({ queue: true, binaryMode: 'filesystem' });
		uploads(n8n);
		interruptions(n8n);
	});
} else {
	it('queue mode', { skip: 'needs Redis: apt-get install redis-server' }, () => {});
}
