/** The n8n side of the engine: one pool of engine processes for all executions of this n8n process. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { EnginePool, type MakeJob, type RunOptions, type TakeResult } from './pool';
import type { Job, JobResult } from './protocol';

export { withWorkFolder } from './workFolder';
export type { RunOptions } from './pool';

/** Says how many engine processes there may be. */
const VARIABLE = 'N8N_VOICEPRINT_ENGINES';
const MOST_BY_DEFAULT = 4;
const MOST = 16;

/** Half the cores, as n8n needs some too; what the environment says instead, where that is a number from 1 to 16. */
export function poolSize(environment: NodeJS.ProcessEnv = process.env, cores = availableParallelism()): number {
	const given = Number(environment[VARIABLE]?.trim() || NaN);
	if (Number.isInteger(given) && given >= 1 && given <= MOST) return given;
	return Math.max(1, Math.min(MOST_BY_DEFAULT, Math.floor(cores / 2)));
}

/** Threads that an engine may work with, each of which holds a core: the second one only where every engine can have it. */
export function threadsPerEngine(engines: number, cores = availableParallelism()): number {
	return cores >= 2 * engines ? 2 : 1;
}

let shared: EnginePool | undefined;

function pool(): EnginePool {
	const size = poolSize();
	return (shared ??= new EnginePool({
		host: path.join(__dirname, '..', 'process', 'host', 'main.js'),
		size,
		threads: threadsPerEngine(size),
		idleMs: 60_000,
		startMs: 60_000,
		heapMiB: 512,
		retireAbove: 720 * 2 ** 20,
	}));
}

/** Ends the engine processes if there are any; the next job starts another. */
export function stopEngine(): void {
	shared?.stop();
}

/** Runs one job whose file and work folder are there; see `EnginePool.run`. */
export async function runJob<J extends Job>(job: J, options?: RunOptions): Promise<JobResult<J>> {
	return await pool().run(job, options);
}

/** Runs one job whose file is copied when it is its turn; see `EnginePool.runInWorkFolder`. */
export async function runInWorkFolder<J extends Job>(
	makeJob: MakeJob<J>,
	options?: RunOptions,
	take?: TakeResult<J>,
): Promise<JobResult<J>> {
	return await pool().runInWorkFolder(makeJob, options, take);
}
