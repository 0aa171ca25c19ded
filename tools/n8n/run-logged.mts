import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

export interface RunLoggedOptions {
	cwd?: string;
	/** Added to this process's environment. */
	env?: Record<string, string>;
	/** All output goes to the end of this file. */
	logFile: string;
}

/** The exit code of a command; where this process ends first, the command does not go on without it. */
async function exitCode(child: ChildProcess): Promise<number | null> {
	const kill = () => child.kill('SIGKILL'); // npm does not end on SIGTERM
	process.once('exit', kill);
	try {
		const [code] = (await once(child, 'exit')) as [number | null];
		return code;
	} finally {
		process.off('exit', kill);
	}
}

/** Runs a command quietly; where it fails, the error shows the end of what it printed. */
export async function runLogged(
	command: string,
	args: string[],
	{ cwd, env = {}, logFile }: RunLoggedOptions,
): Promise<void> {
	const output = openSync(logFile, 'a');
	const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', output, output] });
	closeSync(output);
	if ((await exitCode(child)) === 0) return;
	const end = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-25).join('\n');
	throw new Error(`This command failed: ${[command, ...args].join(' ')}\n${end}\nThe whole output: ${logFile}`);
}
