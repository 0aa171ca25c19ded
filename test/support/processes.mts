/** The processes of this machine, by the means of each system. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessInfo {
	pid: number;
	parent: number;
	/** The whole command line. */
	command: string;
}

/** What a test says that needs Linux's folder of processes; `false` where it is there. */
export const NO_PROC = process.platform !== 'linux' && 'it looks into /proc, which Linux alone has';

function ofLinux(): ProcessInfo[] {
	const found: ProcessInfo[] = [];
	for (const entry of readdirSync('/proc')) {
		if (!/^\d+$/.test(entry)) continue;
		try {
			const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
			const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
			const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8');
			if (state !== 'Z') found.push({ pid: Number(entry), parent: Number(parent), command });
		} catch {
			// gone in the meantime
		}
	}
	return found;
}

/** By `ps`, as POSIX has it: macOS, and any other Unix. */
export function ofPosix(): ProcessInfo[] {
	const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'pid=', '-o', 'ppid=', '-o', 'state=', '-o', 'args='], { encoding: 'utf8', maxBuffer: 2 ** 26 });
	const lines = [...stdout.matchAll(/^ *(\d+) +(\d+) +(\S+) +(.*)$/gm)].filter(([, , , state]) => !state.startsWith('Z'));
	return lines.map(([, pid, parent, , command]) => ({ pid: Number(pid), parent: Number(parent), command }));
}

function ofWindows(): ProcessInfo[] {
	const query = 'Get-CimInstance Win32_Process | Select-Object ProcessId, ParentProcessId, CommandLine | ConvertTo-Json -Compress';
	const { stdout } = spawnSync('powershell', ['-NoProfile', '-Command', query], { encoding: 'utf8', maxBuffer: 2 ** 26 });
	const rows = JSON.parse(stdout) as Array<{ ProcessId: number; ParentProcessId: number; CommandLine: string | null }>;
	return rows.map(({ ProcessId, ParentProcessId, CommandLine }) => ({ pid: ProcessId, parent: ParentProcessId, command: CommandLine ?? '' }));
}

/** All processes that live; one that is dead and waits for its parent is none. */
export const processes = process.platform === 'linux' ? ofLinux : process.platform === 'win32' ? ofWindows : ofPosix;
