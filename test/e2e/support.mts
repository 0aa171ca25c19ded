/** A real n8n for the tests of a file: started before the first one, with the packed package installed as users do. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import type { UploadedFile } from '../../tools/n8n/client.mts';
import { EXAMPLES } from '../../tools/n8n/examples.mts';
import { packPackage } from '../../tools/n8n/package.mts';
import { startN8n, type RunningN8n, type StartOptions } from '../../tools/n8n/server.mts';

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

/** Starts an n8n for the tests around it; the function gives it once they run. */
export function useN8n(options: Omit<StartOptions, 'tarball'> = {}): () => RunningN8n {
	let n8n: RunningN8n | undefined;
	before(async () => {
		const { tarball, dispose } = await packPackage();
		n8n = await startN8n({ ...options, tarball }).finally(dispose);
	});
	after(async () => await n8n?.stop());
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
