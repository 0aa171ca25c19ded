/** Starts and stops a real n8n, each with a home folder and ports of its own; in queue mode with a worker beside it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { N8nClient } from './client.mts';
import { n8nEnvironment, queueEnvironment, workerEnvironment, type BinaryMode } from './environment.mts';
import { ensureN8n, n8nExecutable } from './install.mts';
import { freePorts } from './ports.mts';

export interface StartOptions {
	/** Puts this package into n8n's folder for community nodes and gives its folder. Without it n8n starts without the package. */
	install?: (nodesFolder: string) => Promise<string>;
	binaryMode?: BinaryMode;
	/** A folder to keep; without it a temporary one is made, and removed at the end. */
	home?: string;
	port?: number;
	/** More environment variables. */
	env?: Record<string, string>;
	/** Port of a Redis; with it n8n leaves all executions to a worker, which is another process of n8n. */
	redisPort?: number;
	/** Workers, where there is a Redis. */
	workers?: number;
}

export interface RunningN8n {
	client: N8nClient;
	url: string;
	pid: number;
	/** Process that executes workflows: n8n's own, or its worker's. */
	executingPid: number;
	/** The processes of all workers. */
	workerPids: number[];
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

/** On a busy machine the migrations of its database alone take two minutes. */
const READY_WITHIN_MS = 300_000;
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

/** Starts a process of n8n; its output goes to a file. It never outlives this process. */
function spawnN8n(
	command: 'start' | 'worker',
	installFolder: string,
	home: string,
	logFile: string,
	env: Record<string, string>,
): ChildProcess {
	const output = openSync(logFile, 'a');
	const child = spawn(process.execPath, [n8nExecutable(installFolder), command], {
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
	install,
	binaryMode = 'filesystem',
	home: givenHome,
	port: givenPort,
	env = {},
	redisPort,
	workers: workerCount = redisPort === undefined ? 0 : 1,
}: StartOptions): Promise<RunningN8n> {
	const installFolder = await ensureN8n((message) => console.error(message));
	const home = givenHome ?? mkdtempSync(join(tmpdir(), 'n8n-'));
	const filesFolder = join(home, 'files');
	const temporaryFolder = join(home, 'tmp');
	const nodesFolder = join(home, '.n8n', 'nodes');
	for (const folder of [filesFolder, temporaryFolder, nodesFolder]) mkdirSync(folder, { recursive: true });
	const packageFolder = (await install?.(nodesFolder)) ?? nodesFolder;
	const [brokerPort, freePort, ...workerPorts] = await freePorts(2 + 2 * workerCount);
	const port = givenPort ?? freePort;
	const settings = {
		...n8nEnvironment({ home, port, brokerPort, binaryMode, filesFolder, temporaryFolder }),
		...(redisPort === undefined ? {} : queueEnvironment(redisPort)),
		...env,
	};
	const logFile = join(home, 'n8n.log');
	const log = () => readFileSync(logFile, 'utf8');
	const url = `http://localhost:${port}`;
	const child = spawnN8n('start', installFolder, home, logFile, settings);
	const ended = once(child, 'exit').then(() => {});
	const workers: ChildProcess[] = [];
	async function stop() {
		await Promise.all([child, ...workers].map(terminate));
		if (givenHome === undefined) rmSync(home, { recursive: true, force: true });
	}
	try {
		await waitUntilReady(url, child, log);
		for (let i = 0; i < workerCount; i++) {
			const [workerPort, workerBrokerPort] = workerPorts.slice(2 * i);
			const workerSettings = { ...settings, ...workerEnvironment(workerPort, workerBrokerPort) };
			const worker = spawnN8n('worker', installFolder, home, logFile, workerSettings);
			workers.push(worker);
			await waitUntilReady(`http://localhost:${workerPort}`, worker, log);
		}
		const client = new N8nClient(url, installFolder);
		await client.signIn();
		const workerPids = workers.map(({ pid }) => pid!);
		const executingPid = workerPids[0] ?? child.pid!;
		const folders = { filesFolder, temporaryFolder, packageFolder };
		return { client, url, pid: child.pid!, executingPid, workerPids, ...folders, log, ended, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}
