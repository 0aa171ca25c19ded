/** Other versions of Node than the one that runs the tests, from the npm package `node`, kept in the cache folder. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmCommand } from '../npm.cjs';
import { executableOf } from '../setup.cjs';
import { cacheFolder, type Log } from '../n8n/cache.mts';
import { withLock } from '../n8n/lock.mts';
import { runLogged } from '../n8n/run-logged.mts';

/** Those that the package must run on, beside the 24 of n8n 2.41. */
export const OTHER_NODES = ['22.23.3', '26.10.0'];

/** That Node, which is installed where it is missing. */
export async function ensureNodeVersion(version: string, log: Log): Promise<{ version: string; executable: string }> {
	const folder = join(cacheFolder(), `node-${version}`);
	const executable = executableOf(folder);
	if (existsSync(executable)) return { version, executable };
	mkdirSync(folder, { recursive: true });
	const wait = () => log(`Another process is installing Node ${version}; waiting for it …`);
	await withLock(`${folder}.lock`, wait, async () => {
		if (existsSync(executable)) return;
		log(`Installing Node ${version} into ${folder}: once, a few seconds …`);
		writeFileSync(join(folder, 'package.json'), '{ "private": true }');
		const logFile = `${folder}.log`;
		// Its install script picks the build for this machine.
		await runLogged(...npmCommand(['install', '--ignore-scripts=false', '--no-audit', '--no-fund', `node@${version}`]), { cwd: folder, logFile });
	});
	return { version, executable };
}
