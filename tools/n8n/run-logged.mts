import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

export interface RunLoggedOptions {
	cwd?: string;
	/** Added to this process's environment. */
	env?: Record<string, string>;
	/** All output goes to the end of this file. */
	logFile: string;
}

/** Runs a command quietly; where it fails, the error shows the end of what it printed. */
export async function runLogged(
	command: string,
	args: string[],
	{ cwd, env = {}, logFile }: RunLoggedOptions,
): Promise<void> {
	const output = openSync(logFile, 'a');
	try {
		const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', output, output] });
		const code = await new Promise<number | null>((resolve, reject) => {
			child.once('error', reject);
			child.once('exit', resolve);
		});
		if (code === 0) return;
	} finally {
		closeSync(output);
	}
	const end = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-25).join('\n');
	throw new Error(`This command failed: ${[command, ...args].join(' ')}\n${end}\nThe whole output: ${logFile}`);
}
