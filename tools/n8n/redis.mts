/** A Redis of one's own for n8n in queue mode: in memory only, on this machine only. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './ports.mts';

const PROGRAM = 'redis-server';

export interface RunningRedis {
	port: number;
	stop(): Promise<void>;
}

export const hasRedis = (): boolean => spawnSync(PROGRAM, ['--version']).status === 0;

async function answers(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	try {
		await once(socket, 'connect');
		return true;
	} catch {
		return false;
	} finally {
		socket.destroy();
	}
}

export async function startRedis(): Promise<RunningRedis> {
	const [port] = (await freePorts(1)) as [number];
	const settings = { port, bind: '127.0.0.1', save: '', appendonly: 'no' };
	const child = spawn(
		PROGRAM,
		Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
		{ stdio: 'ignore' },
	);
	const kill = () => child.kill('SIGKILL');
	process.once('exit', kill);
	const ended = once(child, 'exit').then(() => process.off('exit', kill));
	while (!(await answers(port))) {
		if (child.exitCode !== null) throw new Error(`${PROGRAM} ended while it started, with ${child.exitCode}`);
		await sleep(50);
	}
	return {
		port,
		async stop() {
			child.kill('SIGTERM');
			await ended;
		},
	};
}
