/** The watchdog's thread, see `watchdog.ts`. Ends the whole process, whatever the main thread is at. */
import { rmSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { FolderMessage, Watched } from './watchdog';

/** Milliseconds between two looks. A look costs some microseconds; memory grows by some ten MiB in between. */
const INTERVAL = 10;

const { parent, limit } = workerData as Watched;

let folder: FolderMessage = null;

/** A process whose parent dies gets another parent; on Windows it keeps the number, which then names no process. */
function isParentGone(): boolean {
	if (process.platform !== 'win32') return process.ppid !== parent;
	try {
		process.kill(parent, 0);
		return false;
	} catch (error) {
		// Any other fault says that there is such a process.
		return (error as NodeJS.ErrnoException).code === 'ESRCH';
	}
}

/** At once and with certainty: `process.exit` would end this thread only. */
const end = () => process.kill(process.pid, 'SIGKILL');

/** The client knows these words, see `isOutOfMemory`. Written past the main thread, which may be busy for ever. */
function sayOutOfMemory(): void {
	const megabytes = Math.round(limit / 2 ** 20);
	const words =
		`The engine ran out of memory: it may use ${megabytes} MiB. Convert the file to WAV, MP3 or M4A, or cut it, ` +
		'or set the environment variable N8N_VOICEPRINT_MEMORY (MiB) higher.\n';
	try {
		writeSync(2, words);
	} catch {
		// Nobody listens.
	}
}

function removeFolder(): void {
	if (folder === null) return;
	try {
		rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	} catch {
		// What cannot be removed now is swept at the next start.
	}
}

function look(): void {
	if (isParentGone()) {
		removeFolder();
		end();
	} else if (process.memoryUsage.rss() > limit) {
		// The folder is left to the client, which still lives.
		sayOutOfMemory();
		end();
	}
}

parentPort?.on('message', (message: FolderMessage) => {
	folder = message;
});
setInterval(look, INTERVAL);
