/**
 * Installs the real n8n that `npm start` and the end-to-end tests run: the version and all that it depends on come
 * from the lock file in `server/`, and it goes to a cache folder outside of the repository, once for each lock file.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npmCommand } from '../npm.cjs';
import { aptInstall, hasApt } from './apt.mts';
import { cacheFolder, type Log } from './cache.mts';
import { runLogged } from './run-logged.mts';
import { withLock } from './lock.mts';

const SERVER = join(import.meta.dirname, 'server');
const REPOSITORY = join(import.meta.dirname, '..', '..');

/** What node-gyp needs on Linux, by the command that shows whether it is there. */
const BUILD_TOOLS = { python3: 'python3', make: 'make', 'c++': 'g++' };

export function n8nVersion(): string {
	return JSON.parse(readFileSync(join(SERVER, 'package.json'), 'utf8')).dependencies.n8n;
}

function installFolder(): string {
	const hash = createHash('sha256')
		.update(readFileSync(join(SERVER, 'package-lock.json')))
		.digest('hex');
	return join(cacheFolder(), `n8n-${n8nVersion()}-${hash.slice(0, 12)}`);
}

/** n8n's executable in an installation. */
export function n8nExecutable(folder: string): string {
	return join(folder, 'node_modules', 'n8n', 'bin', 'n8n');
}

async function ensureBuildTools(log: Log, logFile: string): Promise<void> {
	const missing = Object.entries(BUILD_TOOLS)
		.filter(([command]) => spawnSync(command, ['--version']).status !== 0)
		.map(([, name]) => name);
	if (missing.length === 0) return;
	if (!hasApt()) {
		throw new Error(
			`n8n's database driver has to be compiled, and ${missing.join(', ')} is missing. On Debian run: sudo apt-get install -y ${missing.join(' ')}`,
		);
	}
	await aptInstall(missing, log, logFile);
}

/** The npm package `node` brings the headers of its Node, so that compiling needs no download. */
function nodeHeaders(): string | undefined {
	const [include] = globSync('node_modules/node/node_modules/*/include/node/node_api.h', { cwd: REPOSITORY });
	return include && dirname(dirname(dirname(join(REPOSITORY, include))));
}

/**
 * Of all install scripts this is the one that is needed: sqlite3 comes without a binary. The others (Kafka, SSH,
 * browsers …) would fetch or compile what the tests do not use.
 */
async function buildSqlite(folder: string, logFile: string): Promise<void> {
	const headers = nodeHeaders();
	const env = {
		npm_config_build_from_source: 'true',
		JOBS: 'max',
		...(headers ? { npm_config_nodedir: headers } : {}),
	};
	await runLogged(...npmCommand(['rebuild', 'sqlite3', '--ignore-scripts=false', '--foreground-scripts']), {
		cwd: folder,
		env,
		logFile,
	});
	await runLogged(process.execPath, ['-e', 'require("sqlite3")'], { cwd: folder, logFile });
}

async function install(folder: string, stamp: string, log: Log): Promise<void> {
	const logFile = `${folder}.log`;
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	writeFileSync(logFile, '');
	log(`Installing n8n ${n8nVersion()} into ${folder}: once, 2.5 GB, a few minutes. Details: ${logFile}`);
	await ensureBuildTools(log, logFile);
	for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(SERVER, file), join(folder, file));
	log('  fetching its 2,165 packages (about 2 minutes) …');
	await runLogged(...npmCommand(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']), {
		cwd: folder,
		logFile,
	});
	log('  compiling its database driver (about 1 minute) …');
	await buildSqlite(folder, logFile);
	writeFileSync(stamp, new Date().toISOString());
	log('  n8n is installed.');
}

/** Path of the installation, which is made where it is missing or was interrupted. */
export async function ensureN8n(log: Log): Promise<string> {
	const folder = installFolder();
	// Written last: a folder without it is the leftover of an interrupted installation.
	const stamp = join(folder, '.installed');
	if (existsSync(stamp)) return folder;
	await withLock(
		`${folder}.lock`,
		() => log('Another process is installing n8n; waiting for it …'),
		async () => {
			if (!existsSync(stamp)) await install(folder, stamp, log);
		},
	);
	return folder;
}

if (import.meta.main) console.log(await ensureN8n((message) => console.error(message)));
