/** A real n8n for the tests of a file: started before the first one, with the packed package installed as users do. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import type { UploadedFile } from '../../tools/n8n/client.mts';
import { EXAMPLES } from '../../tools/n8n/examples.mts';
import { startRedis, type RunningRedis } from '../../tools/n8n/redis.mts';
import { startN8n, type RunningN8n, type StartOptions } from '../../tools/n8n/server.mts';
import { fileWorkflow, START_NAME } from '../../tools/n8n/workflows.mts';
import { enginePids, isRunning, until, writeNoise } from '../support/engine.mts';
import { installOnce } from '../support/package.mts';

export type UseOptions = Omit<StartOptions, 'install' | 'redisPort'> & { queue?: boolean };

/** A call with the desk on channel 0 and a caller on channel 1. */
export const CALL: UploadedFile = {
	content: new Uint8Array(readFileSync(join(EXAMPLES, 'audio', 'call.ogg'))),
	fileName: 'call.ogg',
	mimeType: 'audio/ogg',
};

/** Claims to be a recording. */
export const PAGE: UploadedFile = {
	content: new TextEncoder().encode('<!doctype html><html><body>Please sign in</body></html>'),
	fileName: 'call.mp3',
	mimeType: 'audio/mpeg',
};

/**
 * Starts an n8n for the tests around it; the function gives it once they run.
 * @param options `queue`: with a Redis and a worker, which executes all workflows
 */
export function useN8n({ queue = false, ...options }: UseOptions = {}): () => RunningN8n {
	let redis: RunningRedis | undefined;
	let n8n: RunningN8n | undefined;
	before(async () => {
		if (queue) redis = await startRedis();
		n8n = await startN8n({ ...options, install: installOnce, redisPort: redis?.port });
	});
	after(async () => {
		await n8n?.stop();
		await redis?.stop();
	});
	return () => n8n!;
}

/** Temporary folders of the engine's jobs. */
export function jobFolders(temporaryFolder: string): string[] {
	return readdirSync(temporaryFolder).filter((name) => name.startsWith('n8n-voiceprint-'));
}

/** The engine writes a file of its own beside the copy of the media file as soon as it is at work. */
export function engineWorks(temporaryFolder: string): boolean {
	return jobFolders(temporaryFolder).some((folder) => readdirSync(join(temporaryFolder, folder)).length > 1);
}

/** Keeps the engine busy for longer than any test watches it. */
const LONG_MINUTES = 12 * 60;

/** Stops an execution, and sees its engine end within so many milliseconds and its files go. */
export async function assertStops(
	{ client, temporaryFolder }: RunningN8n,
	{ id, enginePid }: { id: string; enginePid: number },
	milliseconds: number,
): Promise<void> {
	await client.stopExecution(id);
	await until(() => !isRunning(enginePid), 'the engine to end', milliseconds);
	assert.equal((await client.finishedExecution(id)).status, 'canceled');
	await until(() => jobFolders(temporaryFolder).length === 0, 'the temporary folder to go', 5000);
}

/** Starts an execution that keeps the engine busy, and returns once it is. */
export async function startLongExecution({
	client,
	filesFolder,
	temporaryFolder,
	executingPid,
}: RunningN8n): Promise<{ id: string; enginePid: number }> {
	const file = join(filesFolder, 'long.mp3');
	if (!existsSync(file)) await writeNoise(file, LONG_MINUTES);
	const id = await client.startManually(await client.createWorkflow(fileWorkflow(file, {})), START_NAME);
	await until(() => engineWorks(temporaryFolder), 'the engine to start', 60_000);
	const [enginePid] = enginePids(executingPid);
	if (enginePid === undefined) throw new Error('No engine belongs to the process that should execute');
	return { id, enginePid };
}
