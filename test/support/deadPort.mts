/** A port whose process is stopped and whose queue is full: connections to it are neither made nor refused. Linux only. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const SCRIPT =
	"require('net').createServer().listen({port:0,host:'127.0.0.1',backlog:1},function(){console.log(this.address().port)})";

export async function deadPort(): Promise<{ url: string; close(): void }> {
	const child = spawn(process.execPath, ['-e', SCRIPT], { stdio: ['ignore', 'pipe', 'inherit'] });
	const [port] = (await once(child.stdout, 'data')) as [Buffer];
	child.kill('SIGSTOP');
	const fillers: Socket[] = [];
	const close = () => {
		for (const socket of fillers) socket.destroy();
		child.kill('SIGKILL');
	};
	// Until one is no longer made.
	for (;;) {
		const socket = connect(Number(port), '127.0.0.1');
		socket.on('error', () => {});
		fillers.push(socket);
		const isMade = await Promise.race([once(socket, 'connect').then(() => true), new Promise((resolve) => setTimeout(resolve, 200, false))]);
		if (!isMade) return { url: `http://127.0.0.1:${Number(port)}`, close };
	}
}
