/**
 * A thread beside the main one, for work that can be done at the same time. What goes wrong in it is thrown to whoever
 * asked as if it had been done here. It does not keep the process alive, and nobody waits for one that is gone.
 */
import { parentPort, Worker } from 'node:worker_threads';
import { isOutOfMemory, outOfMemory, textOf, VoiceprintError, type ErrorData } from '../../errors';

/** Errors of ours lose their class on the way; all others arrive as they are. */
type Reply<Answer> = { answer: Answer } | { ours: ErrorData } | { other: unknown };

interface Asker<Answer> {
	resolve: (answer: Answer) => void;
	reject: (error: unknown) => void;
}

/** What is thrown where a thread is gone. @param how it ended, as a sentence */
export function endOfThread(how: string): VoiceprintError {
	if (isOutOfMemory(how)) return outOfMemory(how);
	return new VoiceprintError(
		'ENGINE_CRASHED',
		'A thread of the speech engine stopped in the middle of this file',
		`${how} Run the item again; if it happens each time with this file, please report it with this text.`,
	);
}

export class Thread<Question, Answer> {
	private readonly worker: Worker;

	private asker: Asker<Answer> | undefined;

	private end: VoiceprintError | undefined;

	/**
	 * @param file path of a script that calls `answerQuestions`
	 * @param data what the script finds as `workerData`
	 * @param heapMiB for JavaScript; what native code and WebAssembly take does not count
	 */
	constructor(file: string, data: unknown, heapMiB = 32) {
		const resourceLimits = { maxOldGenerationSizeMb: heapMiB, maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 16 };
		this.worker = new Worker(file, { workerData: data, execArgv: [], env: {}, resourceLimits });
		this.worker.on('message', (reply: Reply<Answer>) => this.take(reply));
		this.worker.on('error', (error) => this.ended(`${textOf(error)}.`));
		this.worker.on('exit', (code) => this.ended(`It ended with exit code ${code}.`));
		this.worker.unref();
	}

	/** Whether it cannot be asked any more. */
	get isGone(): boolean {
		return this.end !== undefined;
	}

	/**
	 * One question at a time: the next one when the last is answered.
	 * @throws what the script threw; VoiceprintError ENGINE_CRASHED or OUT_OF_MEMORY where the thread is gone
	 */
	async ask(question: Question): Promise<Answer> {
		if (this.end) throw this.end;
		if (this.asker) throw new Error('the thread is still at another question');
		// Whoever waits for the answer keeps the process alive.
		this.worker.ref();
		return await new Promise((resolve, reject) => {
			this.asker = { resolve, reject };
			this.worker.postMessage(question);
		});
	}

	/** Ends it, whatever it is at. Not while native code is at work in it: that may end the process. */
	stop(): void {
		this.ended('It was stopped.');
		void this.worker.terminate();
	}

	private take(reply: Reply<Answer>): void {
		const asker = this.answered();
		if ('answer' in reply) asker?.resolve(reply.answer);
		else asker?.reject('ours' in reply ? VoiceprintError.from(reply.ours) : reply.other);
	}

	private ended(how: string): void {
		this.end ??= endOfThread(how);
		this.answered()?.reject(this.end);
	}

	private answered(): Asker<Answer> | undefined {
		const { asker } = this;
		this.asker = undefined;
		this.worker.unref();
		return asker;
	}
}

/** What the script of a thread calls: each question gets what `answer` gives or throws. */
export function answerQuestions<Question, Answer>(answer: (question: Question) => Promise<Answer> | Answer): void {
	const reply = (message: Reply<Answer>) => parentPort?.postMessage(message);
	parentPort?.on('message', (question: Question) => {
		void (async () => answer(question))().then(
			(given) => reply({ answer: given }),
			(error: unknown) => reply(error instanceof VoiceprintError ? { ours: error.toData() } : { other: error }),
		);
	});
}
