/** Stands for n8n: starts the script that its arguments name, and says its process ID once that reports something. */
import { fork } from 'node:child_process';

const [script, ...rest] = process.argv.slice(2);
const child = fork(script, rest, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
child.once('message', () => console.log(child.pid));
