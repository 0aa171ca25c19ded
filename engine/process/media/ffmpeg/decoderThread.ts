/** The thread in which FFmpeg decodes beside what is done with its samples, see `decoder.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { VoiceprintError } from '../../../../errors';
import { fileOf } from '../view';
import type { FromThread, ToThread } from './decoder';
import { execute } from './execution';
import { RelaySender, type Control } from './relay';

const control = workerData as Control;

const send = (message: FromThread) => parentPort!.postMessage(message);

async function decode({ module, file, ...execution }: ToThread): Promise<void> {
	const relay = new RelaySender(control, send);
	let answer: FromThread;
	try {
		answer = { end: await execute({ ...execution, file: fileOf(file.name, file.source) }, relay, module) };
	} catch (error) {
		answer = { error: error instanceof VoiceprintError ? error.toData() : { code: 'INTERNAL', message: String(error) } };
	}
	relay.flush();
	send(answer);
}

parentPort!.on('message', (message: ToThread) => void decode(message));
