import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { TestNote, TestOutcome } from './events-reporter.mts';

/** What came of a test file, in the order of its events. */
export interface FileReport {
	file: string;
	/** Of the Node that ran it, where it is another one than this. */
	nodeVersion?: string;
	events: Array<TestOutcome | TestNote>;
	/** What it wrote to stdout and stderr. */
	output: string;
	milliseconds: number;
}

export interface RunFileOptions {
	/** After this the file and all that it started are killed. */
	timeoutSeconds: number;
	/** Only tests whose name matches. */
	namePattern?: string;
	/** Where another Node than the one that runs this is to run it. */
	node?: { version: string; executable: string };
}

/** An address, since Node takes the drive of a Windows path for the scheme of one. */
const REPORTER = pathToFileURL(join(import.meta.dirname, 'events-reporter.mts')).href;

const IS_WINDOWS = process.platform === 'win32';

/** Process groups of the running test files. */
const running = new Set<ChildProcess>();

/** Kills a test file together with all that it started; each file leads a process group of its own, which Windows has not. */
function killGroup(child: ChildProcess): void {
	if (IS_WINDOWS) {
		spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
		return;
	}
	try {
		process.kill(-child.pid!, 'SIGKILL');
	} catch {
		// The group is gone already.
	}
}

/** For Ctrl-C: leaves nothing behind. */
export function killRunningFiles(): void {
	for (const child of running) killGroup(child);
}

function readEvents(path: string): FileReport['events'] {
	if (!existsSync(path)) return [];
	// A killed file may have left a half-written last line.
	const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
	return lines.map((line) => JSON.parse(line));
}

/** What went wrong around the tests themselves, if anything did. */
function troubleOf(events: FileReport['events'], code: number | null, mayBeEmpty: boolean): string | undefined {
	const outcomes = events.filter((event) => 'outcome' in event);
	if (code !== 0 && !outcomes.some(({ outcome }) => outcome === 'failed'))
		return `the process ended with ${code === null ? 'a signal' : `code ${code}`}`;
	return outcomes.length === 0 && !mayBeEmpty ? 'the file holds no test' : undefined;
}

/** Runs one test file in a process of its own. */
export async function runFile(file: string, { timeoutSeconds, namePattern, node }: RunFileOptions): Promise<FileReport> {
	const folder = mkdtempSync(join(tmpdir(), 'test-events-'));
	const eventsFile = join(folder, 'events.jsonl');
	const startedAt = performance.now();
	const args = [
		`--test-reporter=${REPORTER}`,
		`--test-reporter-destination=${eventsFile}`,
		...(namePattern ? [`--test-name-pattern=${namePattern}`] : []),
		file,
	];
	const executable = node?.executable ?? process.execPath;
	const path = [dirname(executable), process.env.PATH].join(delimiter);
	const child = spawn(executable, args, {
		env: { ...process.env, PATH: path },
		detached: !IS_WINDOWS,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	running.add(child);
	let output = '';
	child.stdout.on('data', (chunk) => (output += chunk));
	child.stderr.on('data', (chunk) => (output += chunk));
	let timedOut = false;
	const timer = setTimeout(() => {
		timedOut = true;
		killGroup(child);
	}, timeoutSeconds * 1000);
	const closed = once(child, 'close');
	const [code] = (await once(child, 'exit')) as [number | null];
	clearTimeout(timer);
	// What the file left running goes too; should something still hold its pipes, the rest of the output is not waited for.
	killGroup(child);
	await Promise.race([closed, sleep(1000, undefined, { ref: false })]);
	running.delete(child);
	const events = readEvents(eventsFile);
	rmSync(folder, { recursive: true, force: true });
	const milliseconds = performance.now() - startedAt;
	const trouble = timedOut
		? `killed, as it had not ended after ${timeoutSeconds} s`
		: troubleOf(events, code, namePattern !== undefined);
	if (trouble) events.push({ outcome: 'failed', name: 'the test file as a whole', milliseconds, detail: trouble });
	return { file, nodeVersion: node?.version, events, output, milliseconds };
}
