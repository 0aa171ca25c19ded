import { homedir } from 'node:os';
import { join } from 'node:path';

export type Log = (message: string) => void;

/** Where this project keeps what is too large for the repository. */
export function cacheFolder(): string {
	return process.env.N8N_VOICEPRINT_CACHE || join(homedir(), '.cache', 'n8n-nodes-voiceprint');
}
