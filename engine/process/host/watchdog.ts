/**
 * Keeps the engine process within its means. FFmpeg and ONNX Runtime hold the main thread for as long as they like, so
 * a thread of its own looks (`watchdogThread.ts`): it ends the process when it takes too much memory, and when the
 * process that started it is gone.
 */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { VoiceprintError } from '../../../errors';

/** What the thread is told at its start. */
export interface Watched {
	/** Process ID of the one that started the engine. */
	parent: number;
	/** Resident memory the process may have, bytes. */
	limit: number;
}

/** Names the job's folder to the thread; null: no job is at work. */
export type FolderMessage = string | null;

export interface Watchdog {
	/** @param folder removed should the owner of the folder be gone first: then nobody else is left to do it */
	jobIn(folder: FolderMessage): void;
}

/** MiB of resident memory. A voiceprint of a call takes 200 with native ONNX Runtime and 510 with WASM at its peak. */
const USUAL_LIMIT = 1024;
/** MiB; with less, jobs on WASM would fail that are not unusual. */
const LEAST = 768;
const MOST = 2 ** 20;
const VARIABLE = 'N8N_VOICEPRINT_MEMORY';

/**
 * Resident memory the engine process may have, bytes.
 * @throws VoiceprintError INVALID_PARAMETER where the environment says something else than a number of MiB
 */
export function memoryLimit(environment: NodeJS.ProcessEnv): number {
	const text = environment[VARIABLE]?.trim() || String(USUAL_LIMIT);
	const megabytes = /^\d+$/.test(text) ? Number(text) : NaN;
	if (megabytes >= LEAST && megabytes <= MOST) return megabytes * 2 ** 20;
	throw new VoiceprintError(
		'INVALID_PARAMETER',
		`The environment variable ${VARIABLE} must be a whole number of MiB from ${LEAST} to ${MOST}`,
	);
}

/** @throws VoiceprintError ENGINE_START where the system gives no thread */
function startThread(watched: Watched): Worker {
	try {
		return new Worker(path.join(__dirname, 'watchdogThread.js'), {
			workerData: watched,
			execArgv: [],
			env: {},
			resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 4, stackSizeMb: 1 },
		});
	} catch {
		throw new VoiceprintError(
			'ENGINE_START',
			'The system gives the engine no thread: raise the limit of processes of the container or user (pids limit, ulimit -u), or its memory',
		);
	}
}

/**
 * The thread needs next to nothing. Should it fail, the process ends with it: unwatched it must not run.
 * @throws VoiceprintError ENGINE_START where there cannot be one
 */
export function startWatchdog(limit: number): Watchdog {
	const thread = startThread({ parent: process.ppid, limit });
	thread.unref();
	return { jobIn: (folder) => thread.postMessage(folder) };
}
