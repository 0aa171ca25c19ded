/** One engine process as n8n sees it: start it, give it one job at a time, end it. */
import { fork, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { isOutOfMemory, outOfMemory, VoiceprintError } from '../../errors';
import { LastWords } from './lastWords';
import type { FromEngine, Job, JobResult, Progress, ToEngine } from './protocol';
import { engineFolder, removeFolder } from './workFolder';

export interface ProcessOptions {
	/** Path of the script that is the engine. */
	host: string;
	/** Milliseconds the process may take to come up on a very busy machine. */
	startMs: number;
	/** JavaScript heap, MiB. Audio lives outside of it, in bounded buffers. */
	heapMiB: number;
	/** Threads that the engine may work with, each on a core of its own; absent: one. */
	threads?: number;
}

/** Nothing of n8n's environment but what a process needs to run: it holds n8n's secrets. */
const ENVIRONMENT = [
	...['PATH', 'TMPDIR', 'TEMP', 'TMP', 'HOME', 'LANG', 'LD_LIBRARY_PATH', 'SYSTEMROOT', 'WINDIR'],
	'N8N_VOICEPRINT_MEMORY',
];

/** ONNX Runtime's own builds for Linux report to their maker unless they are told not to (its pull request 27379). */
const NO_TELEMETRY = { ORT_DISABLE_TELEMETRY: '1' };

/** Threads that read files. Node.js begins four at once and aborts where the system does not give all; one job needs no more than these. */
const FEW_THREADS = { UV_THREADPOOL_SIZE: '2' };

/**
 * The GNU C library keeps what is freed, in an arena for each of a dozen threads, and the more the larger it was: up to 80 MiB
 * of an engine. With these it gives it back. The numbers are bytes, and its own before it adapts them; other libraries know none.
 */
const GIVE_BACK = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072', MALLOC_MMAP_THRESHOLD_: '131072' };

/** Told how far a job is, about once a second; must not throw. */
export type OnProgress = (progress: Progress) => void;

type Settle = { resolve: (result: JobResult) => void; reject: (error: Error) => void };

function engineEnvironment(): NodeJS.ProcessEnv {
	const inherited = ENVIRONMENT.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
	return { ...(Object.fromEntries(inherited) as NodeJS.ProcessEnv), ...NO_TELEMETRY, ...FEW_THREADS, ...GIVE_BACK };
}

export class EngineProcess {
	private readonly child: ChildProcess;

	private readonly ready: Promise<void>;

	private current: ({ id: number; onProgress?: OnProgress } & Settle) | undefined;

	private readonly lastWords = new LastWords();

	private gone = false;

	/** Why we ended the process, where we did. */
	private endReason: VoiceprintError | undefined;

	private jobs = 0;

	/** Empty: whatever is looked for beside the process is not there. */
	private readonly folder = engineFolder();

	/** Resident memory after the last job, bytes. */
	heldBytes = 0;

	/** The last job failed for want of memory. */
	ranOutOfMemory = false;

	constructor(private readonly options: ProcessOptions) {
		// eslint-disable-next-line @n8n/community-nodes/no-dangerous-functions -- native inference can abort its process and cannot be cancelled, so it must not share n8n's
		this.child = fork(options.host, [String(options.threads ?? 1)], {
			serialization: 'advanced',
			execArgv: [`--max-old-space-size=${options.heapMiB}`, '--expose-gc'],
			env: engineEnvironment(),
			cwd: this.folder,
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
		});
		this.ready = this.watchStart();
		this.ready.catch(() => {}); // reported to whoever runs a job
		this.child.stderr?.on('data', (data: Buffer) => this.lastWords.add(data.toString()));
		this.child.on('message', (message: FromEngine) => this.onMessage(message));
		this.child.on('close', (code, signal) => this.onClose(code, signal));
		this.letParentExit();
	}

	/** True while the process can take a job. */
	get alive(): boolean {
		return !this.gone;
	}

	/** @throws VoiceprintError: the job's own failure, or what became of the process */
	async run<J extends Job>(job: J, onProgress?: OnProgress): Promise<JobResult<J>> {
		this.keepParentAlive();
		try {
			await this.ready;
			return (await this.send(job, onProgress)) as JobResult<J>;
		} catch (error) {
			throw this.endReason ?? error;
		} finally {
			this.letParentExit();
		}
	}

	private async send(job: Job, onProgress?: OnProgress): Promise<JobResult> {
		const id = ++this.jobs;
		const message: ToEngine = { kind: 'run', id, job };
		return await new Promise<JobResult>((resolve, reject) => {
			this.current = { id, resolve, reject, onProgress };
			this.child.send(message, (error) => {
				if (error && this.gone) return; // the close event says why
				if (error) reject(new VoiceprintError('ENGINE_CRASHED', 'The speech engine does not answer', error.message));
			});
		});
	}

	/** Ends the process at once. A running job fails with `reason`, once the process is gone and its files are free. */
	kill(reason: VoiceprintError): void {
		this.gone = true;
		this.endReason ??= reason;
		this.child.kill('SIGKILL');
	}

	private async watchStart(): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			const fail = (detail: string) => {
				this.gone = true;
				reject(new VoiceprintError('ENGINE_START', 'The speech engine could not be started', detail));
			};
			const timer = setTimeout(() => {
				fail(`It did not come up within ${this.options.startMs / 1000} seconds.`);
				this.child.kill('SIGKILL');
			}, this.options.startMs);
			timer.unref();
			this.child.once('error', (error) => fail(error.message));
			this.child.once('close', () => fail(this.lastWords.text || 'It ended before it was ready.'));
			this.child.once('message', () => {
				clearTimeout(timer);
				resolve();
			});
		});
	}

	private onMessage(message: FromEngine): void {
		if (message.kind === 'ready' || message.id !== this.current?.id) return;
		if (message.kind === 'progress') {
			this.current.onProgress?.(message.progress);
			return;
		}
		const { resolve, reject } = this.current;
		this.current = undefined;
		this.heldBytes = message.rss ?? 0;
		this.ranOutOfMemory = message.kind === 'failure' && message.error.code === 'OUT_OF_MEMORY';
		if (message.kind === 'result') resolve(message.result);
		else reject(VoiceprintError.from(message.error));
	}

	private onClose(code: number | null, signal: NodeJS.Signals | null): void {
		this.gone = true;
		this.current?.reject(endOfProcess(code, signal, this.lastWords.text));
		this.current = undefined;
		void removeFolder(this.folder).catch(() => {}); // swept at the next start
	}

	/** An idle engine must not keep n8n from ending; a busy one must not be cut off. */
	private letParentExit(): void {
		this.child.unref();
		this.child.channel?.unref();
		(this.child.stderr as Socket | null)?.unref();
	}

	private keepParentAlive(): void {
		this.child.ref();
		this.child.channel?.ref();
	}
}

/** Why a process that nobody ended is gone. */
function endOfProcess(code: number | null, signal: NodeJS.Signals | null, lastWords: string): VoiceprintError {
	if (isOutOfMemory(lastWords)) return outOfMemory(BY_NODE.test(lastWords) ? `${HEAP_FULL} ${lastWords}` : lastWords);
	if (signal === 'SIGKILL') return outOfMemory(KILLED);
	const how = signal ? `was ended by signal ${signal}` : `ended with exit code ${code}`;
	const advice = signal === 'SIGABRT' && lastWords === '' ? NO_THREAD : ADVICE;
	return new VoiceprintError(
		'ENGINE_CRASHED',
		'The speech engine stopped in the middle of this file',
		[`It ${how}.`, advice, lastWords].filter(Boolean).join(' '),
	);
}

/** Nobody else sends this signal to a process that n8n has started. */
const KILLED =
	'The system ended it (SIGKILL), which it does when memory runs out: give the machine or container more memory, or let ' +
	'fewer engines work at the same time (environment variable N8N_VOICEPRINT_ENGINES).';

const ADVICE = 'Run the item again; if it happens each time with this file, please report it with the text below.';

/** What else aborts says why. */
const NO_THREAD =
	'So Node.js ends where the system gives it no thread. Raise the limit of processes of the container or user (pids limit, ' +
	'ulimit -u), or let fewer engines work at the same time (environment variable N8N_VOICEPRINT_ENGINES).';

/** How Node.js begins where it gives up itself; the engine's own words say what to do. */
const BY_NODE = /fatal (?:error|javascript)/i;

const HEAP_FULL =
	"Process parts of the file with 'Range From' and 'Range To'. No file should need so much: please report it, with this text.";
