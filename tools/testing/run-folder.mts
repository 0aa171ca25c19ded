/** What the test files of one run have in common: made by the first that needs it, and gone with the run. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../n8n/lock.mts';

/** Names the folder to the processes of the test files. */
const VARIABLE = 'N8N_VOICEPRINT_TEST_RUN';

/** The folder of this run; a file that runs by itself has one of its own. It is removed when the process that made it ends. */
export function runFolder(): string {
	const given = process.env[VARIABLE];
	if (given !== undefined) return given;
	const folder = mkdtempSync(join(tmpdir(), 'test-run-'));
	process.env[VARIABLE] = folder;
	process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
	return folder;
}

/**
 * A folder of this run with what `make` has put into it, by whichever test file came first; the others wait for that.
 * @param name of the folder
 * @returns its path
 */
export async function oncePerRun(name: string, make: (folder: string) => Promise<void>): Promise<string> {
	const folder = join(runFolder(), name);
	// Written last: what a killed file left half-made is made again.
	const stamp = `${folder}.made`;
	await withLock(`${folder}.lock`, () => {}, async () => {
		if (existsSync(stamp)) return;
		rmSync(folder, { recursive: true, force: true });
		mkdirSync(folder, { recursive: true });
		await make(folder);
		writeFileSync(stamp, '');
	});
	return folder;
}
