/**
 * Tasks that a server has accepted, remembered for n8n's setting Retry On Fail: it runs the whole node again, with the
 * same items, and files that were sent before need not be sent and charged a second time. n8n repeats a node within the
 * process that ran it, so the memory of this process is enough, and nothing of it is stored.
 */
import { createHash } from 'node:crypto';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { SpeechPlatformError, type TaskHandle, type Technology } from '../../speech-platform';
import { earlierRuns } from './wiring';

/** Longer than n8n waits between all its tries. */
const KEPT_MS = 15 * 60_000;

const MOST_KEPT = 10_000;

const accepted = new Map<string, { handle: TaskHandle<Technology>; at: number }>();

/** What says that the result will never be had. */
const FINAL: ReadonlySet<string> = new Set(['TASK_REJECTED', 'TASK_FAILED', 'TASK_NOT_FOUND', 'INVALID_ANSWER', 'INVALID_TASK_ID']);

export class AcceptedTask<T extends Technology> {
	private readonly key: string | undefined;

	/** @param asked all on which the result depends beside the file */
	constructor(ctx: IExecuteFunctions, itemIndex: number, binary: IBinaryData, asked: object) {
		const execution = ctx.getExecutionId();
		// In a loop the same item of the same execution may come again, and that is another run.
		const run = [execution, ctx.getNode().id, earlierRuns(ctx), itemIndex, contentOf(binary), asked];
		this.key = execution ? hash(JSON.stringify(run)) : undefined;
	}

	/** The task of an earlier try, or the one that `start` starts. */
	async get(start: () => Promise<TaskHandle<T>>): Promise<TaskHandle<T>> {
		const known = this.key === undefined ? undefined : accepted.get(this.key);
		if (known) return known.handle as TaskHandle<T>;
		const handle = await start();
		if (this.key !== undefined) remember(this.key, handle);
		return handle;
	}

	/**
	 * To be called with what the wait for the result threw: a task that will never have one is to be started anew.
	 * @returns what was thrown
	 */
	afterFailure(error: unknown): unknown {
		if (this.key !== undefined && error instanceof SpeechPlatformError && FINAL.has(error.code)) accepted.delete(this.key);
		return error;
	}
}

function remember(key: string, handle: TaskHandle<Technology>): void {
	const now = Date.now();
	// In the order in which they came.
	for (const [old, { at }] of accepted) {
		if (now - at < KEPT_MS && accepted.size < MOST_KEPT) break;
		accepted.delete(old);
	}
	accepted.set(key, { handle, at: now });
}

/** A file that n8n stores has an ID of its own; one in memory is its content. */
function contentOf({ id, data }: IBinaryData): string {
	return id ?? hash(data);
}

function hash(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}
