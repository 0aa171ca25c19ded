/**
 * Where FFmpeg runs: in a thread of its own, so that what is done with the samples is done beside decoding; or in this one,
 * where there is no core for a second thread, the file is small or no thread comes up. The listener sees the same in both.
 */
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { VoiceprintError, type ErrorData } from '../../../../errors';
import { collectGarbage } from '../../garbage';
import { startThread, ThreadNeverCameUp } from '../../thread';
import { doWithoutThreads, hasSecondThread } from '../../threads';
import type { WasmModule } from '../../webAssembly';
import type { Source } from '../inputFile';
import { compiledFfmpeg } from './core';
import { execute, notStarted, type End, type Execution, type Listener } from './execution';
import { RelayReceiver, type Listened, type Sent } from './relay';

/** What the thread is to do, and how much of what it said was heard. */
export interface ThreadData extends Omit<Execution, 'file'> {
	file: { name: string; source: Source };
	listened: Listened;
}

/** FFmpeg, compiled: with it the thread begins. */
export type ToThread = WasmModule;

/** What was heard, or how it ended; then nothing more comes. */
export type FromThread = Sent | { end: End } | { error: ErrorData };

/**
 * Bytes of a file from which on a thread is started, which takes 30 ms of CPU time: a minute or two of MP3, M4A or Opus. To
 * be set by tests alone.
 */
export const worthWhile = { bytes: 2 * 2 ** 20 };

type Answer = Exclude<FromThread, Sent>;

/** MiB for the thread's JavaScript; FFmpeg's memory is no part of it. */
const HEAP = 64;

/**
 * Starts a thread, where the system gives one.
 * @returns what it comes to as well, once all that it sent was listened to; rejects with what the listener throws, and where it dies
 */
function begin({ file: { name, source }, ...execution }: Execution, relay: RelayReceiver): { worker?: Worker; answer: Promise<Answer> } {
	const data: ThreadData = { ...execution, file: { name, source }, listened: relay.listened };
	let worker: Worker | undefined;
	const answer = new Promise<Answer>((resolve, reject) => {
		let isOver = false;
		const onMessage = (message: FromThread) => {
			if (isOver) return;
			isOver = !('block' in message);
			if (!('block' in message)) return resolve(message);
			try {
				relay.take(message);
			} catch (reason) {
				isOver = true;
				reject(reason instanceof Error ? reason : new Error(String(reason)));
			}
		};
		worker = startThread({ file: path.join(__dirname, 'decoderThread.js'), data, heapMiB: HEAP }, { onMessage, onEnd: reject });
	});
	answer.catch(() => {}); // awaited by whoever began
	return { worker, answer };
}

/**
 * The thread is there for one file: with it goes all its memory, which a thread that waits for the next file would keep,
 * and whatever FFmpeg is at is ended.
 */
async function runInThread(execution: Execution, listener: Listener): Promise<End> {
	const { worker, answer } = begin(execution, new RelayReceiver(listener));
	try {
		const module: ToThread = await compiledFfmpeg().catch((error: unknown) => {
			throw notStarted(error);
		});
		worker?.postMessage(module);
		const end = await answer;
		if ('error' in end) throw VoiceprintError.from(end.error);
		return end.end;
	} finally {
		// It must not read the file any more when that is closed.
		await worker?.terminate();
	}
}

/**
 * Runs FFmpeg to its end.
 * @throws what the listener threw; VoiceprintError RUNTIME_UNAVAILABLE, TEMPORARY_FILE where the file cannot be read,
 *   ENGINE_CRASHED and OUT_OF_MEMORY where the thread is gone
 */
export async function runFfmpeg(execution: Execution, listener: Listener): Promise<End> {
	const isLarge = execution.file.size >= worthWhile.bytes;
	if (isLarge && hasSecondThread()) {
		try {
			return await runInThread(execution, listener);
		} catch (error) {
			// The listener has heard nothing.
			if (!(error instanceof ThreadNeverCameUp)) throw error;
			doWithoutThreads();
		}
	}
	try {
		return await execute(execution, listener);
	} finally {
		// Its memory is not to be there beside that of the models.
		if (isLarge) await collectGarbage();
	}
}
