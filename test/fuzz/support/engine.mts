/** Gives files to the engine as the nodes do, and watches what that costs. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runJob, withWorkFolder } from '../../../dist/engine/client/client.js';
import type { MediaRequest, VadResult } from '../../../dist/engine/client/protocol.js';
import { enginePids } from '../../support/engine.mts';
import type { Outcome, ResultJob } from './judge.mts';

/** MiB on the disk for a file of some seconds: what an hour of one channel takes. */
export const DISK_LIMIT = 256;

/** Seconds; the nodes' own default of Maximum Duration. */
const LONGEST = 24 * 3600;

/** Milliseconds between two looks at a running job. */
const INTERVAL = 50;

export interface Seen {
	/** Of the largest engine process, MiB. */
	peakMemory: number;
	/** Of the work folder, MiB on the disk; the job is ended where it goes beyond `DISK_LIMIT`. */
	peakDisk: number;
	milliseconds: number;
	outcome: Outcome;
}

export interface FuzzedFile {
	name: string;
	bytes: Uint8Array;
}

/** MiB that a process took at most since its beginning or the last `forgetPeaks`; 0 where it is gone. */
export function peakMemory(pid: number): number {
	try {
		return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
	} catch {
		return 0;
	}
}

/** From now on the peak is that of what comes. */
function forgetPeaks(): void {
	for (const pid of enginePids()) {
		try {
			writeFileSync(`/proc/${pid}/clear_refs`, '5');
		} catch {
			// Gone, or forbidden: then the peak is of all that came before as well.
		}
	}
}

/** MiB of blocks that the files of a folder hold. */
function diskUse(folder: string): number {
	try {
		const files = readdirSync(folder, { recursive: true }) as string[];
		return files.reduce((sum, name) => sum + statSync(join(folder, name)).blocks / 2048, 0);
	} catch {
		return 0; // a file went in the meantime
	}
}

/** Those that are fuzzed; the others decode and detect in the same way. */
type JobType = 'vad' | 'voiceprint';

export function jobFor(type: JobType, path: string, workFolder: string, media: Partial<MediaRequest> = {}): ResultJob {
	const common = {
		media: { path, channelMode: 'split' as const, maximumDuration: LONGEST, ...media },
		vad: { preset: 'balanced' as const },
		runtime: 'auto' as const,
		workFolder,
	};
	if (type === 'vad') return { type, ...common };
	return { type, ...common, voiceprint: { model: 'fast', maximumSpeech: 0, minimumSpeech: 1, onLittleSpeech: 'warn' } };
}

/** Writes the file to a work folder and gives it to the engine. */
export async function give(file: FuzzedFile, type: JobType, timeoutMs: number): Promise<Seen> {
	const seen = { peakMemory: 0, peakDisk: 0 };
	return await withWorkFolder(async (folder) => {
		const path = join(folder, 'input');
		writeFileSync(path, file.bytes);
		forgetPeaks();
		const full = new AbortController();
		const look = () => {
			seen.peakMemory = Math.max(seen.peakMemory, ...enginePids().map(peakMemory));
			seen.peakDisk = Math.max(seen.peakDisk, diskUse(folder));
			if (seen.peakDisk > DISK_LIMIT) full.abort();
		};
		const timer = setInterval(look, INTERVAL);
		const startedAt = performance.now();
		const job = jobFor(type, path, folder, { fileName: file.name });
		const outcome = await runJob(job, { timeoutMs, signal: full.signal }).then(
			(result): Outcome => ({ result }),
			(error: unknown): Outcome => ({ error }),
		);
		const milliseconds = performance.now() - startedAt;
		look();
		clearInterval(timer);
		return { ...seen, milliseconds, outcome };
	});
}

/** What each of the engine's processes says of a file: as many jobs at once as there are processes. */
export async function askAllEngines(path: string, timeoutMs: number): Promise<VadResult[]> {
	const count = Math.max(1, enginePids().length);
	const ask = () => withWorkFolder((folder) => runJob(jobFor('vad', path, folder), { timeoutMs }));
	return (await Promise.all(Array.from({ length: count }, ask))) as VadResult[];
}
