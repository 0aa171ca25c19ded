import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cacheFolder, type Log } from './cache.mts';
import { withLock } from './lock.mts';
import { runLogged } from './run-logged.mts';

/** A mirror that does not answer is an error rather than a wait without end. */
const OPTIONS = ['-o', 'Acquire::http::Timeout=30', '-o', 'Acquire::https::Timeout=30', '-o', 'Acquire::Retries=1'];

/** Whether this process may install Debian's packages. */
export const hasApt = (): boolean => process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;

/** Installs Debian packages, one call after the other: two of apt-get cannot run at once. */
export async function aptInstall(names: string[], log: Log, logFile: string): Promise<void> {
	const env = { DEBIAN_FRONTEND: 'noninteractive' };
	await withLock(
		join(cacheFolder(), 'apt.lock'),
		() => {},
		async () => {
			log(`Installing ${names.join(', ')} with apt-get …`);
			await runLogged('apt-get', [...OPTIONS, 'update'], { env, logFile });
			await runLogged('apt-get', [...OPTIONS, 'install', '-y', '--no-install-recommends', ...names], { env, logFile });
		},
	);
}
