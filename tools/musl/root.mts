/** The root folder with musl (`root.sh`), made once and kept in the cache folder; and Node.js in it. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../n8n/cache.mts';
import { withLock } from '../n8n/lock.mts';

const SCRIPT = join(import.meta.dirname, 'root.sh');

/** What it takes, by the command that shows whether it is there. */
const NEEDED: Record<string, string[]> = {
	'apt-get': ['apt-get', '--version'],
	'dpkg-deb': ['dpkg-deb', '--version'],
	pip: ['python3', '-m', 'pip', '--version'],
	unshare: ['unshare', '--version'],
};

/** Milliseconds for some 75 MB of downloads. */
const BUILD_LIMIT = 180_000;

export interface MuslOptions {
	/** Folders of this machine by where they are seen inside, read-only. */
	bind: Record<string, string>;
	/** Size of /tmp, such as `64m`. */
	temporary?: string;
	/** Nothing but /tmp can be written. */
	readOnly?: boolean;
	/** Milliseconds after which all of it is ended. */
	timeoutMs: number;
}

/** Another script makes another root. */
function folder(): string {
	const hash = createHash('sha256').update(readFileSync(SCRIPT)).digest('hex');
	return join(cacheFolder(), `musl-${hash.slice(0, 12)}`);
}

function obstacle(): string | undefined {
	if (process.platform !== 'linux') return 'it needs Linux';
	if (process.getuid?.() !== 0) return 'it needs root, for mount and chroot';
	const missing = Object.keys(NEEDED).filter((name) => spawnSync(NEEDED[name][0], NEEDED[name].slice(1)).status !== 0);
	return missing.length > 0 ? `${missing.join(', ')} is not there` : undefined;
}

/** Makes the root where it is missing. Returns why it cannot be had; undefined where it is there. */
export async function muslObstacle(): Promise<string | undefined> {
	const reason = obstacle();
	if (reason !== undefined) return `musl cannot be tried here: ${reason}`;
	return await withLock(
		`${folder()}.lock`,
		() => {},
		async () => {
			const { status, stderr } = spawnSync('sh', [SCRIPT, 'build'], {
				env: { ...process.env, MUSL_ROOT: folder() },
				encoding: 'utf8',
				timeout: BUILD_LIMIT,
			});
			const last = (stderr ?? '').trim().split('\n').at(-1);
			return status === 0 && existsSync(join(folder(), '.built')) ? undefined : `The musl root could not be made: ${last}`;
		},
	);
}

/** Runs a script (a path inside the root) and returns what it printed. */
export function runOnMusl({ bind, temporary = '256m', readOnly, timeoutMs }: MuslOptions, ...script: string[]): string {
	const { status, stdout, stderr } = spawnSync('sh', [SCRIPT, 'node', ...script], {
		env: {
			PATH: process.env.PATH,
			MUSL_ROOT: folder(),
			MUSL_BIND: Object.entries(bind)
				.map(([inside, outside]) => `${outside}:${inside}`)
				.join(' '),
			MUSL_TMP: temporary,
			...(readOnly ? { MUSL_READONLY: '1' } : {}),
		},
		encoding: 'utf8',
		maxBuffer: 2 ** 26,
		timeout: timeoutMs,
	});
	if (status !== 0) throw new Error(`${script.join(' ')} on musl ended with ${status}: ${stderr}`);
	return stdout;
}
