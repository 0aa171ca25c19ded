/** The thread in which FFmpeg decodes one file, see `decoder.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { VoiceprintError } from '../../../../errors';
import { fileOf } from '../view';
import type { FromThread, ThreadData, ToThread } from './decoder';
import { execute } from './execution';
import { RelaySender } from './relay';

const { listened, file, ...execution } = workerData as ThreadData;

const send = (message: FromThread) => parentPort!.postMessage(message);

async function decode(module: ToThread): Promise<void> {
	const relay = new RelaySender(listened, send);
	let answer: FromThread;
	try {
		answer = { end: await execute({ ...execution, file: fileOf(file.name, file.source) }, relay, module) };
	} catch (error) {
		// Whatever else it is ends the thread, and the other one is told.
		if (!(error instanceof VoiceprintError)) throw error;
		answer = { error: error.toData() };
	}
	relay.flush();
	send(answer);
}

parentPort!.once('message', (module: ToThread) => void decode(module));
