/** What is left of the engine when n8n itself ends. Each is the last test of a file, since the next n8n has to be started. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import type { RunningN8n } from '../../tools/n8n/server.mts';
import { fileWorkflow, START_NAME } from '../../tools/n8n/workflows.mts';
import { enginePids, isRunning, until } from '../support/engine.mts';
import { CALL, jobFolders, startLongExecution } from './support.mts';

/** For an n8n that is stopped in the middle of a job: so many seconds it waits for the job. */
export const SHORT_SHUTDOWN = { N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '3' };

export function killedAtWork(n8n: () => RunningN8n): void {
	it('n8n that is killed takes its engine along', async () => {
		const { pid, ended } = n8n();
		const { enginePid } = await startLongExecution(n8n());
		process.kill(pid, 'SIGKILL');
		await ended;
		await until(() => !isRunning(enginePid), 'the engine to end', 5000);
	});
}

export function stoppedWhenIdle(n8n: () => RunningN8n): void {
	it('n8n that is stopped by its service manager leaves no engine behind', async () => {
		const { client, filesFolder, pid, ended } = n8n();
		writeFileSync(join(filesFolder, 'call.ogg'), CALL.content);
		const workflow = await client.createWorkflow(fileWorkflow(join(filesFolder, 'call.ogg'), {}));
		assert.equal((await client.runManually(workflow, START_NAME)).status, 'success');
		const [enginePid] = enginePids(pid);
		assert.ok(enginePid !== undefined, 'the engine stays warm');
		process.kill(pid, 'SIGTERM');
		await ended;
		await until(() => !isRunning(enginePid), 'the engine to end', 5000);
	});
}

/** @param n8n with {@link SHORT_SHUTDOWN} in its environment */
export function stoppedAtWork(n8n: () => RunningN8n): void {
	it('n8n that is stopped by its service manager in the middle of a job takes the engine and the recording along', async () => {
		const { pid, ended, temporaryFolder } = n8n();
		const { enginePid } = await startLongExecution(n8n());
		process.kill(pid, 'SIGTERM');
		await ended;
		await until(() => !isRunning(enginePid), 'the engine to end', 5000);
		await until(() => jobFolders(temporaryFolder).length === 0, 'the temporary folder to go', 5000);
	});
}
