/** The thread of the 8 kHz model, see `narrowBeside.ts`. */
import { workerData } from 'node:worker_threads';
import { chooseRuntime } from '../runtime/chooseRuntime';
import { answerQuestions } from '../thread';
import { NarrowHere } from './narrow';
import type { Block, Shared } from './narrowBeside';

const { runtime, audio, unfinished } = workerData as Shared;

/** One thing that was begun is done: loading, or a block. */
function finished(): void {
	Atomics.sub(unfinished, 0, 1);
	Atomics.notify(unfinished, 0);
}

async function load(): Promise<NarrowHere> {
	try {
		return await NarrowHere.load(chooseRuntime(runtime));
	} finally {
		finished();
	}
}

const loading = load();
// Whoever asks is told.
loading.catch(() => {});

answerQuestions(async ({ length, chunks, gain, isFirst }: Block) => {
	try {
		const model = await loading;
		if (isFirst) model.reset();
		return await model.run(audio.subarray(0, length), chunks, gain);
	} finally {
		finished();
	}
});
