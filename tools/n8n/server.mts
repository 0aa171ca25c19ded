/** Starts and stops a real n8n, each with a home folder and ports of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { N8nClient } from './client.mts';
import { n8nEnvironment, type BinaryMode } from './environment.mts';
import { ensureN8n, n8nExecutable } from './install.mts';
import { installPackage } from './package.mts';
import { freePorts } from './ports.mts';

export interface StartOptions {
	/** This package, packed; it is installed as n8n's own installer does. */
	tarball: string;
	binaryMode?: BinaryMode;
	/** A folder to keep; without it a temporary one is made, and removed at the end. */
	home?: string;
	port?: number;
	/** More environment variables. */
	env?: Record<string, string>;
}

export interface RunningN8n {
	client: N8nClient;
	url: string;
	pid: number;
	/** Where the node of n8n that reads files may read. */
	filesFolder: string;
	/** Its folder for temporary files, and its engine's. */
	temporaryFolder: string;
	/** Folder of the installed package. */
	packageFolder: string;
	/** All that n8n printed. */
	log(): string;
	/** Resolves when n8n ends, for whatever reason. */
	ended: Promise<void>;
	/** Ends n8n as a service manager does, and removes a temporary home folder. */
	stop(): Promise<void>;
}

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 15_000;

async function isReady(url: string): Promise<boolean> {
	try {
		return (await fetch(`${url}/healthz/readiness`)).ok;
	} catch {
		return false;
	}
}

async function waitUntilReady(url: string, child: ChildProcess, log: () => string): Promise<void> {
	const giveUpAt = Date.now() + READY_WITHIN_MS;
	while (!(await isReady(url))) {
		if (child.exitCode !== null || child.signalCode !== null)
			throw new Error(`n8n ended while it started:\n${log().slice(-3000)}`);
		if (Date.now() > giveUpAt)
			throw new Error(`n8n was not ready within ${READY_WITHIN_MS / 1000} s:\n${log().slice(-3000)}`);
		await sleep(100);
	}
}

async function terminate(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const ended = once(child, 'exit');
	child.kill('SIGTERM');
	const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
	await ended;
	clearTimeout(timer);
}

/** Starts n8n's process; its output goes to a file. An n8n never outlives this process. */
function spawnN8n(installFolder: string, home: string, logFile: string, env: Record<string, string>): ChildProcess {
	const output = openSync(logFile, 'a');
	const child = spawn(process.execPath, [n8nExecutable(installFolder), 'start'], {
		cwd: home,
		stdio: ['ignore', output, output],
		env,
	});
	closeSync(output);
	const kill = () => child.kill('SIGKILL');
	process.once('exit', kill);
	child.once('exit', () => process.off('exit', kill));
	return child;
}

export async function startN8n({
	tarball,
	binaryMode = 'filesystem',
	home: givenHome,
	port: givenPort,
	env = {},
}: StartOptions): Promise<RunningN8n> {
	const installFolder = await ensureN8n((message) => console.error(message));
	const home = givenHome ?? mkdtempSync(join(tmpdir(), 'n8n-'));
	const filesFolder = join(home, 'files');
	const temporaryFolder = join(home, 'tmp');
	const nodesFolder = join(home, '.n8n', 'nodes');
	for (const folder of [filesFolder, temporaryFolder, nodesFolder]) mkdirSync(folder, { recursive: true });
	const packageFolder = await installPackage(tarball, nodesFolder);
	const [brokerPort, port = givenPort!] = await freePorts(givenPort === undefined ? 2 : 1);
	const settings = n8nEnvironment({ home, port, brokerPort, binaryMode, filesFolder, temporaryFolder });
	const logFile = join(home, 'n8n.log');
	const log = () => readFileSync(logFile, 'utf8');
	const child = spawnN8n(installFolder, home, logFile, { ...settings, ...env });
	const ended = once(child, 'exit').then(() => {});
	async function stop() {
		await terminate(child);
		if (givenHome === undefined) rmSync(home, { recursive: true, force: true });
	}
	try {
		const url = `http://localhost:${port}`;
		await waitUntilReady(url, child, log);
		const client = new N8nClient(url, installFolder);
		await client.signIn();
		return { client, url, pid: child.pid!, filesFolder, temporaryFolder, packageFolder, log, ended, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}
