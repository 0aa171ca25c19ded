/** The engine processes of this n8n process: started as they are needed, one job each at a time, gone when idle. */
import { canceled, VoiceprintError } from '../../errors';
import { EngineProcess, type OnProgress, type ProcessOptions } from './process';
import type { Job, JobResult } from './protocol';
import { Turns } from './turns';
import { sweepFolders, withWorkFolder } from './workFolder';

export interface PoolOptions extends ProcessOptions {
	/** Engine processes at the same time. */
	size: number;
	/** Milliseconds without work after which a process is ended. */
	idleMs: number;
	/** Resident memory, bytes: a process that holds more after a job is replaced. */
	retireAbove: number;
}

export interface RunOptions {
	/** Cancels the job: a waiting one is dropped, a running one killed with its process. */
	signal?: AbortSignal;
	/** Milliseconds the job may run once it has started; absent or 0: no limit. */
	timeoutMs?: number;
	/** Told how far the job is, about once a second. */
	onProgress?: OnProgress;
	/** Whose job it is: executions take turns. */
	execution?: unknown;
}

/** Puts into a private folder what a job needs. */
export type MakeJob<J extends Job> = (workFolder: string) => Promise<J>;

/** Reads what a job left in its folder. */
export type TakeResult<J extends Job> = (result: JobResult<J>) => Promise<void>;

const timedOut = (milliseconds: number, waited: number) =>
	new VoiceprintError(
		'TIMEOUT',
		`The file was not finished within ${milliseconds / 1000} seconds`,
		"Raise 'Timeout' in the node's options, or process a part of the file with 'Range From' and 'Range To'." +
			(waited < 1000 ? '' : ` Before that it waited ${Math.round(waited / 1000)} s for its turn, which does not count.`),
	);

export class EnginePool {
	private readonly turns: Turns;

	/** Processes without a job, the one that was used last at the end. */
	private readonly idle: Array<{ engine: EngineProcess; timer: NodeJS.Timeout }> = [];

	private readonly busy = new Set<EngineProcess>();

	private sweeping: Promise<void> | undefined;

	constructor(private readonly options: PoolOptions) {
		this.turns = new Turns(options.size);
	}

	/**
	 * Runs one job.
	 * @throws VoiceprintError: the job's own failure, CANCELED, TIMEOUT, ENGINE_START, ENGINE_CRASHED or OUT_OF_MEMORY;
	 *   after each of them the next job finds a working engine
	 */
	async run<J extends Job>(job: J, options: RunOptions = {}): Promise<JobResult<J>> {
		return await this.inTurn(options, async (waited) => await this.runNow(job, options, waited));
	}

	/**
	 * Runs one job on what `makeJob` puts into a private folder, when it is its turn and not before: waiting jobs hold
	 * no copies. The folder is removed with all it holds, whatever happens.
	 * @param take reads what the job left in the folder, before that
	 * @throws VoiceprintError as `run` does, TEMPORARY_FILE, and what `makeJob` and `take` throw
	 */
	async runInWorkFolder<J extends Job>(makeJob: MakeJob<J>, options: RunOptions = {}, take: TakeResult<J> = async () => {}): Promise<JobResult<J>> {
		return await this.inTurn(options, async (waited) => {
			await (this.sweeping ??= sweepFolders());
			return await withWorkFolder(async (folder) => {
				const result = await this.runNow(await makeJob(folder), options, waited);
				await take(result);
				return result;
			});
		});
	}

	/** Ends all processes; the next job starts another. */
	stop(): void {
		for (const { engine, timer } of this.idle.splice(0)) {
			clearTimeout(timer);
			engine.kill(canceled());
		}
		for (const engine of this.busy) engine.kill(canceled());
	}

	/** @param work is told for how many milliseconds it waited */
	private async inTurn<T>({ execution, signal }: RunOptions, work: (waited: number) => Promise<T>): Promise<T> {
		const queuedAt = performance.now();
		await this.turns.take(execution, signal);
		try {
			return await work(performance.now() - queuedAt);
		} finally {
			this.turns.done();
		}
	}

	private async runNow<J extends Job>(job: J, { signal, timeoutMs = 0, onProgress }: RunOptions, waited: number): Promise<JobResult<J>> {
		if (signal?.aborted) throw canceled();
		const engine = this.takeEngine();
		const onAbort = () => engine.kill(canceled());
		signal?.addEventListener('abort', onAbort, { once: true });
		const timer = timeoutMs > 0 ? setTimeout(() => engine.kill(timedOut(timeoutMs, waited)), timeoutMs) : undefined;
		try {
			return await engine.run(job, onProgress);
		} finally {
			signal?.removeEventListener('abort', onAbort);
			clearTimeout(timer);
			this.giveBack(engine);
		}
	}

	private takeEngine(): EngineProcess {
		let engine: EngineProcess | undefined;
		while (!engine && this.idle.length > 0) {
			const last = this.idle.pop()!;
			clearTimeout(last.timer);
			if (last.engine.alive) engine = last.engine;
		}
		engine ??= new EngineProcess(this.options);
		this.busy.add(engine);
		return engine;
	}

	/** What one file has made large or broken, no other file gets. */
	private giveBack(engine: EngineProcess): void {
		this.busy.delete(engine);
		if (!engine.alive) return;
		if (engine.ranOutOfMemory || engine.heldBytes > this.options.retireAbove) {
			engine.kill(canceled());
			return;
		}
		const timer = setTimeout(() => {
			const at = this.idle.findIndex((one) => one.engine === engine);
			if (at >= 0) this.idle.splice(at, 1);
			engine.kill(canceled());
		}, this.options.idleMs);
		timer.unref();
		this.idle.push({ engine, timer });
	}
}
