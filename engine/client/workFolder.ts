/**
 * Private temporary folders: one for each job, with the copy of the media file and the engine's own files, and one for
 * each engine to stand in. They name the process that made them, so that those of a process that was killed can be
 * told from those in use and are removed at the next start.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { textOf, VoiceprintError } from '../../errors';

/** Process IDs say nothing about another machine or container that has the same disk. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** Milliseconds after which the folders of other machines are left behind for certain. */
const LEFT_BEHIND = 7 * 24 * 3600 * 1000;

const NAME = /^n8n-voiceprint[-.]([0-9a-f]{8})-(\d+)-(\d+)-[A-Za-z0-9]{6}$/;

/** When a process started, in the kernel's ticks: numbers of processes come again. 0 where the system does not say. */
function startOf(pid: number): string {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
	} catch {
		return '0';
	}
}

function isRunning(pid: number, start: string): boolean {
	try {
		process.kill(pid, 0);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
	}
	return start === '0' || startOf(pid) === start;
}

const prefix = (separator: string) =>
	path.join(tmpdir(), `n8n-voiceprint${separator}${HOST}-${process.pid}-${startOf(process.pid)}-`);

function notMade(error: unknown): VoiceprintError {
	return new VoiceprintError(
		'TEMPORARY_FILE',
		'A temporary folder could not be created',
		`Check that n8n may write to ${tmpdir()}, or set TMPDIR to a folder where it may. ${textOf(error)}`,
	);
}

/**
 * An empty folder for an engine process to stand in; whoever makes it removes it.
 * @throws VoiceprintError TEMPORARY_FILE
 */
export function engineFolder(): string {
	try {
		return mkdtempSync(prefix('.'));
	} catch (error) {
		throw notMade(error);
	}
}

/** Removes a folder with all it holds. */
export async function removeFolder(folder: string): Promise<void> {
	await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Makes a folder that only this user can open, hands it to `use`, and removes it with all it holds, whatever happens.
 * @throws VoiceprintError TEMPORARY_FILE when the folder cannot be made; and whatever `use` throws
 */
export async function withWorkFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
	let folder: string;
	try {
		folder = await mkdtemp(prefix('-'));
	} catch (error) {
		throw notMade(error);
	}
	try {
		return await use(folder);
	} finally {
		await removeFolder(folder);
	}
}

async function isStale(folder: string, [, host, pid, start]: RegExpExecArray): Promise<boolean> {
	const { uid, mtimeMs } = await lstat(folder);
	if (process.getuid && uid !== process.getuid()) return false;
	return host === HOST ? !isRunning(Number(pid), start!) : Date.now() - mtimeMs > LEFT_BEHIND;
}

/** Removes the folders of processes that are no more. What cannot be removed stays for the next time. */
export async function sweepFolders(): Promise<void> {
	const names = await readdir(tmpdir()).catch(() => []);
	for (const name of names) {
		const match = NAME.exec(name);
		const folder = path.join(tmpdir(), name);
		try {
			if (match && (await isStale(folder, match))) await removeFolder(folder);
		} catch {
			// Another process was faster, or it belongs to somebody else.
		}
	}
}
