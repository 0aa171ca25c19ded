/** The system's Chromium: where it is, and how it comes there. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall, hasApt } from './apt.mts';
import { cacheFolder, type Log } from './cache.mts';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];

const pathOf = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).stdout.toString().trim();

/** Path of the browser; absent where there is none. */
export const findChromium = (): string | undefined => PROGRAMS.map(pathOf).find(Boolean);

/** Tells the tests' processes why the browser could not be installed. */
const WHY_MISSING = 'N8N_VOICEPRINT_NO_CHROMIUM';

/** Why tests in a browser cannot run here; false where they can. */
export const noChromium = (): string | false => !findChromium() && (process.env[WHY_MISSING] ?? 'needs Chromium: apt-get install chromium');

/** Installs the browser where it is missing, if it can. Where it cannot, the tests in it are skipped, and say why. */
export async function ensureChromium(log: Log): Promise<void> {
	if (findChromium() || !hasApt()) return;
	const logFile = join(cacheFolder(), 'chromium.log');
	try {
		mkdirSync(cacheFolder(), { recursive: true });
		await aptInstall(['chromium'], log, logFile);
	} catch (error) {
		process.env[WHY_MISSING] = `needs Chromium, and its installation failed: ${(error as Error).message}`;
	}
}
