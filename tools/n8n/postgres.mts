/** A Postgres of one's own for n8n in queue mode: a new cluster in a temporary folder, on this machine only. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './ports.mts';

/** Where Debian puts each version's programs, beside the path. */
const PLACES = ['/usr/lib/postgresql/*/bin/initdb'];

/** Postgres refuses to run as root; Debian's package makes this user. */
const USER = 'postgres';

export interface RunningPostgres {
	port: number;
	user: string;
	/** Whether it could be made in a database, such as `vector`. */
	hasExtension(name: string): boolean;
	stop(): Promise<void>;
}

interface Identity {
	uid: number;
	gid: number;
}

function programs(): string | undefined {
	const found = globSync(PLACES).sort().at(-1) ?? spawnSync('sh', ['-c', 'command -v initdb'], { encoding: 'utf8' }).stdout.trim();
	return found ? dirname(found) : undefined;
}

/** Whose process it must be: another user's where this one is root. */
function identity(): Identity | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const id = (flag: string) => Number(spawnSync('id', [flag, USER], { encoding: 'utf8' }).stdout.trim() || NaN);
	return { uid: id('-u'), gid: id('-g') };
}

export const hasPostgres = (): boolean => programs() !== undefined && !Number.isNaN(identity()?.uid ?? 0);

export async function startPostgres(): Promise<RunningPostgres> {
	const bin = programs()!;
	const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
	const owner = identity();
	if (owner) chownSync(folder, owner.uid, owner.gid);
	const data = join(folder, 'data');
	const [port] = (await freePorts(1)) as [number];
	const options = { cwd: folder, ...owner };
	const made = spawnSync(join(bin, 'initdb'), ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--no-sync'], options);
	if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr.toString()}`);
	const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: folder, fsync: 'off', port };
	const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
	const child = spawn(join(bin, 'postgres'), ['-D', data, ...args], { ...options, stdio: 'ignore' });
	const kill = () => child.kill('SIGKILL');
	process.once('exit', kill);
	const ended = once(child, 'exit').then(() => process.off('exit', kill));
	while (!existsSync(join(folder, `.s.PGSQL.${port}`)) || spawnSync(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]).status !== 0) {
		if (child.exitCode !== null) throw new Error(`postgres ended while it started, with ${child.exitCode}`);
		await sleep(50);
	}
	return {
		port,
		user: USER,
		hasExtension: (name) => globSync(join(bin, '..', '..', '..', '..', 'share', 'postgresql', '*', 'extension', `${name}.control`)).length > 0,
		async stop() {
			child.kill('SIGINT'); // ends the connections too
			await ended;
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
