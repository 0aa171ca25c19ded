/**
 * Where FFmpeg runs: in a thread of its own, so that what is done with the samples is done beside decoding, or in this one
 * where there is no core for a second thread or the file is small. The listener sees the same in both.
 */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { VoiceprintError, type ErrorData } from '../../../../errors';
import { hasSecondThread } from '../../threads';
import type { WasmModule } from '../../webAssembly';
import type { Source } from '../inputFile';
import { compiledFfmpeg } from './core';
import { execute, notStarted, type End, type Execution, type Listener } from './execution';
import { newControl, RelayReceiver, type Sent } from './relay';

/** What the thread is to do. */
export interface ToThread extends Omit<Execution, 'file'> {
	module: WasmModule;
	file: { name: string; source: Source };
}

export type FromThread = Sent | { end: End } | { error: ErrorData };

/** Bytes; for less it is not worth while to start a thread. */
const WORTH_WHILE = 2 ** 20;

class DecoderThread {
	private readonly control = newControl();

	private readonly worker: Worker;

	isBusy = false;

	constructor(onDeath: () => void) {
		this.worker = new Worker(path.join(__dirname, 'decoderThread.js'), {
			workerData: this.control,
			execArgv: [],
			env: {},
			resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 },
		});
		this.worker.unref();
		this.worker.on('error', () => {}).once('exit', onDeath);
	}

	async run({ file: { name, source }, ...execution }: Execution, listener: Listener): Promise<End> {
		this.isBusy = true;
		this.worker.ref();
		try {
			const module = await compiledFfmpeg().catch((error: unknown) => {
				throw notStarted(error);
			});
			const relay = new RelayReceiver(this.control, listener);
			const answer = this.answer(relay);
			this.worker.postMessage({ ...execution, module, file: { name, source } } satisfies ToThread);
			const end = await answer;
			if (relay.stopped) throw relay.stopped.reason;
			if ('error' in end) throw VoiceprintError.from(end.error);
			return end.end;
		} finally {
			this.worker.unref();
			this.isBusy = false;
		}
	}

	/** What the thread comes to; rejects where the thread itself ends. */
	private async answer(relay: RelayReceiver): Promise<Exclude<FromThread, Sent>> {
		return await new Promise((resolve, reject) => {
			const onMessage = (message: FromThread) => {
				if ('block' in message) {
					relay.take(message);
					return;
				}
				forget();
				resolve(message);
			};
			const onError = (error: Error) => {
				forget();
				reject(error);
			};
			const onExit = () => onError(new Error('The thread that decodes ended'));
			const forget = () => this.worker.off('message', onMessage).off('error', onError).off('exit', onExit);
			this.worker.on('message', onMessage).on('error', onError).on('exit', onExit);
		});
	}
}

/** Kept from one file to the next. */
let thread: DecoderThread | undefined;

/**
 * Runs FFmpeg to its end.
 * @throws what the listener threw; VoiceprintError RUNTIME_UNAVAILABLE, TEMPORARY_FILE where the file cannot be read
 */
export async function runFfmpeg(execution: Execution, listener: Listener): Promise<End> {
	const isWorthWhile = hasSecondThread() && execution.file.size >= WORTH_WHILE;
	if (!isWorthWhile || thread?.isBusy) return await execute(execution, listener);
	const mine = (thread ??= new DecoderThread(() => {
		if (thread === mine) thread = undefined;
	}));
	return await mine.run(execution, listener);
}
