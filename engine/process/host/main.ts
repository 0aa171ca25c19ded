/**
 * Entry of the engine process: takes jobs from the n8n process one after the other and answers each with a result or
 * a typed failure. This process is ours alone, so what would be wrong inside n8n is right here: it ends itself when
 * the process that started it is gone.
 */
import { rmSync } from 'node:fs';
import { isOutOfMemory, outOfMemory, VoiceprintError } from '../../../errors';
import type { FromEngine, ToEngine } from '../../client/protocol';
import { runPipeline } from './pipelines';

const send = (message: FromEngine) => process.send?.(message);

/** Whatever was thrown, as an engine error; texts of unknown errors go to the description, where they help support. */
function toEngineError(error: unknown): VoiceprintError {
	if (error instanceof VoiceprintError) return error;
	const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
	if (isOutOfMemory(text)) return outOfMemory(text);
	return new VoiceprintError('INTERNAL', 'The speech engine could not process this file', text);
}

/** Folder of the job at work. Its owner removes it, unless the owner is gone first: then nobody else is left to do it. */
let workFolder: string | undefined;

async function onMessage({ id, job }: ToEngine): Promise<void> {
	workFolder = job.workFolder;
	try {
		send({ kind: 'result', id, result: await runPipeline(job) });
	} catch (error) {
		send({ kind: 'failure', id, error: toEngineError(error).toData() });
	} finally {
		workFolder = undefined;
	}
}

process.on('exit', () => {
	if (workFolder !== undefined) rmSync(workFolder, { recursive: true, force: true });
});

process.on('message', (message) => void onMessage(message as ToEngine));
process.on('disconnect', () => process.exit(0));
send({ kind: 'ready' });
