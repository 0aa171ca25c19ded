/** Stands for n8n: gives the engine one job (JSON in the argument), and says the engine's process ID. */
import { fork } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '..', '..', '..', '..', '..', 'dist', 'engine', 'process', 'host', 'main.js');
const child = fork(MAIN, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
child.once('message', () => {
	child.send({ kind: 'run', id: 1, job: JSON.parse(process.argv[2]) });
	console.log(child.pid);
});
