/**
 * A thread beside the main one, for work that can be done at the same time. What goes wrong in it is thrown to whoever
 * asked as if it had been done here. It does not keep the process alive, and nobody waits for one that is gone.
 */
import { parentPort, Worker } from 'node:worker_threads';
import { isOutOfMemory, outOfMemory, textOf, VoiceprintError, type ErrorData } from '../../errors';
import { doWithoutThreads } from './threads';

/** Errors of ours lose their class on the way; all others arrive as they are. */
type Reply<Answer> = { answer: Answer } | { ours: ErrorData } | { other: unknown };

interface Asker<Answer> {
	resolve: (answer: Answer) => void;
	reject: (error: unknown) => void;
}

/** What is thrown where a thread is gone. @param how it ended, as a sentence */
function endOfThread(how: string): VoiceprintError {
	if (isOutOfMemory(how)) return outOfMemory(how);
	return new VoiceprintError(
		'ENGINE_CRASHED',
		'A thread of the speech engine stopped in the middle of this file',
		`${how} Run the item again; if it happens each time with this file, please report it with this text.`,
	);
}

/**
 * What is thrown where a thread is gone that never said anything: the system gave none (a container's limit of processes,
 * memory), or its script could not be loaded. Nothing is lost: all that it was to do can be done in this one. Whoever
 * takes this for a reason to do so calls `doWithoutThreads`.
 */
export class ThreadNeverCameUp extends VoiceprintError {
	/** @param how it ended, as a sentence */
	constructor(how: string) {
		const { code, message, description } = endOfThread(how);
		super(code, message, description);
	}
}

/** What a thread runs. */
export interface Script {
	/** Path. */
	file: string;
	/** What it finds as `workerData`. */
	data: unknown;
	/** MiB for JavaScript; what native code and WebAssembly take does not count. */
	heapMiB: number;
}

/** Who hears of a thread; of nothing more once it has ended. */
export interface Hearer<Message> {
	onMessage(message: Message): void;
	onEnd(reason: VoiceprintError): void;
}

/** @throws ThreadNeverCameUp */
function startWorker({ file, data, heapMiB }: Script): Worker {
	const resourceLimits = { maxOldGenerationSizeMb: heapMiB, maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 16 };
	try {
		return new Worker(file, { workerData: data, execArgv: [], env: {}, resourceLimits });
	} catch (error) {
		throw new ThreadNeverCameUp(`${textOf(error)}.`);
	}
}

/**
 * Starts a thread whose failures are told to `hearer` and end nothing else.
 * @throws ThreadNeverCameUp where the system gives none
 */
export function startThread<Message>(script: Script, hearer: Hearer<Message>): Worker {
	const worker = startWorker(script);
	let hasSpoken = false;
	let isOver = false;
	const end = (how: string) => {
		if (isOver) return;
		isOver = true;
		hearer.onEnd(hasSpoken ? endOfThread(how) : new ThreadNeverCameUp(how));
	};
	worker.on('message', (message: Message) => {
		// Node.js can be faster to tell of an error than of what was said before it.
		if (isOver) return;
		hasSpoken = true;
		hearer.onMessage(message);
	});
	worker.on('error', (error) => end(`${textOf(error)}.`));
	worker.on('exit', (code) => end(`It ended with exit code ${code}.`));
	return worker;
}

export class Thread<Question, Answer> {
	private readonly worker: Worker | undefined;

	private asker: Asker<Answer> | undefined;

	private end: VoiceprintError | undefined;

	/**
	 * Whoever asks a thread that could not be started is told. Where it never comes up, this process does without from then on.
	 * @param file path of a script that calls `answerQuestions`
	 * @param data what the script finds as `workerData`
	 * @param heapMiB for JavaScript; what native code and WebAssembly take does not count
	 */
	constructor(file: string, data: unknown, heapMiB = 32) {
		const hearer: Hearer<Reply<Answer>> = { onMessage: (reply) => this.take(reply), onEnd: (reason) => this.ended(reason) };
		try {
			this.worker = startThread({ file, data, heapMiB }, hearer);
		} catch (error) {
			this.ended(error as ThreadNeverCameUp);
		}
		this.worker?.unref();
	}

	/** Whether it cannot be asked any more. */
	get isGone(): boolean {
		return this.end !== undefined;
	}

	/**
	 * One question at a time: the next one when the last is answered.
	 * @throws what the script threw; VoiceprintError ENGINE_CRASHED or OUT_OF_MEMORY where the thread is gone, as
	 *   ThreadNeverCameUp where it has never answered anything
	 */
	async ask(question: Question): Promise<Answer> {
		if (this.end) throw this.end;
		if (this.asker) throw new Error('the thread is still at another question');
		// Whoever waits for the answer keeps the process alive.
		this.worker?.ref();
		return await new Promise((resolve, reject) => {
			this.asker = { resolve, reject };
			this.worker?.postMessage(question);
		});
	}

	/** Ends it, whatever it is at. Not while native code is at work in it: that may end the process. */
	stop(): void {
		this.ended(endOfThread('It was stopped.'));
		void this.worker?.terminate();
	}

	private take(reply: Reply<Answer>): void {
		const asker = this.answered();
		if ('answer' in reply) asker?.resolve(reply.answer);
		else asker?.reject('ours' in reply ? VoiceprintError.from(reply.ours) : reply.other);
	}

	private ended(reason: VoiceprintError): void {
		if (!this.end && reason instanceof ThreadNeverCameUp) doWithoutThreads();
		this.end ??= reason;
		this.answered()?.reject(this.end);
	}

	private answered(): Asker<Answer> | undefined {
		const { asker } = this;
		this.asker = undefined;
		this.worker?.unref();
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
