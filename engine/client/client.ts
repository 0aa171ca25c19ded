/**
 * The n8n side of the engine: one engine process for all executions, started on first use, fed one job at a time in
 * order of arrival, gone after a while without work.
 */
import { canceled, VoiceprintError } from '../../errors';
import type { Job, JobResult } from './protocol';
import { EngineProcess } from './process';

export { withWorkFolder } from './workFolder';

export interface RunOptions {
	/** Cancels the job: a waiting one is dropped, a running one killed with its process. */
	signal?: AbortSignal;
	/** Milliseconds the job may run once it has started; absent or 0: no limit. */
	timeoutMs?: number;
}

/** Milliseconds without work after which the process is ended. */
const IDLE_LIMIT = 60_000;

const timedOut = (milliseconds: number) =>
	new VoiceprintError(
		'TIMEOUT',
		`The file was not finished within ${milliseconds / 1000} seconds`,
		"Raise 'Timeout' in the node's options, or process a part of the file with 'Range From' and 'Range To'.",
	);

let engine: EngineProcess | undefined;
let idleTimer: NodeJS.Timeout | undefined;
/** Settles when the job before has left the engine. */
let turn: Promise<unknown> = Promise.resolve();

/** The engine process, started if there is none. */
function currentEngine(): EngineProcess {
	clearTimeout(idleTimer);
	if (!engine?.alive) engine = new EngineProcess();
	return engine;
}

function startIdleTimer(): void {
	clearTimeout(idleTimer);
	idleTimer = setTimeout(stopEngine, IDLE_LIMIT);
	idleTimer.unref();
}

/** Ends the engine process if there is one; the next job starts another. */
export function stopEngine(): void {
	clearTimeout(idleTimer);
	engine?.kill(canceled());
	engine = undefined;
}

/** Runs a job that has its turn. */
async function runNow<J extends Job>(job: J, { signal, timeoutMs = 0 }: RunOptions): Promise<JobResult<J>> {
	if (signal?.aborted) throw canceled();
	const running = currentEngine();
	const onAbort = () => running.kill(canceled());
	signal?.addEventListener('abort', onAbort, { once: true });
	const timer = timeoutMs > 0 ? setTimeout(() => running.kill(timedOut(timeoutMs)), timeoutMs) : undefined;
	try {
		return await running.run(job);
	} finally {
		signal?.removeEventListener('abort', onAbort);
		clearTimeout(timer);
		startIdleTimer();
	}
}

/** Resolves when it is the caller's turn, rejects at once when it is cancelled while it waits. */
async function waitForTurn(before: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
	if (signal?.aborted) throw canceled();
	await new Promise<void>((resolve, reject) => {
		const onAbort = () => reject(canceled());
		signal?.addEventListener('abort', onAbort, { once: true });
		void before.then(() => {
			signal?.removeEventListener('abort', onAbort);
			resolve();
		});
	});
}

/**
 * Runs one job in the engine process.
 * @throws VoiceprintError: the job's own failure, CANCELED, TIMEOUT, ENGINE_START, ENGINE_CRASHED or OUT_OF_MEMORY; after
 *   each of them the next job finds a working engine
 */
export async function runJob<J extends Job>(job: J, options: RunOptions = {}): Promise<JobResult<J>> {
	const before = turn;
	const result = waitForTurn(before, options.signal).then(async () => await runNow(job, options));
	turn = Promise.allSettled([before, result]);
	return await result;
}
