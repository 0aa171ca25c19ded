import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

function holderOf(file: string): number {
	try {
		return Number(readFileSync(file, 'utf8'));
	} catch {
		return 0;
	}
}

/** Takes the lock unless a living process holds it. */
function take(file: string): boolean {
	try {
		writeFileSync(file, String(process.pid), { flag: 'wx' });
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	}
	const holder = holderOf(file);
	if (holder === 0 || isAlive(holder)) return false; // 0: it is just being written or removed
	rmSync(file, { force: true });
	return take(file);
}

/** Does the work while this process alone holds the lock file; a lock whose holder died is taken over. */
export async function withLock<Result>(file: string, onWait: () => void, work: () => Promise<Result>): Promise<Result> {
	mkdirSync(dirname(file), { recursive: true });
	let waited = false;
	while (!take(file)) {
		if (!waited) onWait();
		waited = true;
		await sleep(500);
	}
	try {
		return await work();
	} finally {
		rmSync(file, { force: true });
	}
}
