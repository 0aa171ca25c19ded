/** A private temporary folder for one job: the media file and the engine's own files live and die with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { VoiceprintError } from '../../errors';

async function createFolder(): Promise<string> {
	try {
		return await mkdtemp(path.join(tmpdir(), 'n8n-voiceprint-'));
	} catch (error) {
		throw new VoiceprintError(
			'TEMPORARY_FILE',
			'A temporary folder could not be created',
			`Check that n8n may write to ${tmpdir()}, or set TMPDIR to a folder where it may. ${String(error)}`,
		);
	}
}

/**
 * Makes a folder that only this user can open, hands it to `use`, and removes it with all it holds, whatever happens.
 * @throws VoiceprintError TEMPORARY_FILE when the folder cannot be made; and whatever `use` throws
 */
export async function withWorkFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
	const folder = await createFolder();
	try {
		return await use(folder);
	} finally {
		await rm(folder, { recursive: true, force: true, maxRetries: 3 });
	}
}
