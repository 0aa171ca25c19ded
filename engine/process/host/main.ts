/**
 * Entry of the engine process: takes jobs from the n8n process one after the other and answers each with a result or
 * a typed failure. This process is ours alone, so what would be wrong inside n8n is right here: it ends itself when
 * the process that started it is gone.
 */
import { rmSync, writeFileSync, writeSync } from 'node:fs';
import { isOutOfMemory, outOfMemory, VoiceprintError, withoutInstallPaths, type ErrorData } from '../../../errors';
import type { FromEngine, ToEngine } from '../../client/protocol';
import { validateLazily } from './lazyValidation';
import { runPipeline } from './pipelines';
import { thisPlatform } from '../runtime/platform';
import { allowThreads } from '../threads';
import { reportTo } from './progress';
import { memoryLimit, startWatchdog, type Watchdog } from './watchdog';

type Answer = Exclude<FromEngine, { kind: 'ready' | 'progress' }>;

/** Whoever cannot be told any more is gone, and with it the reason for being here. */
function send(message: FromEngine, onSent = () => {}): void {
	process.send?.(message, undefined, undefined, (error) => {
		if (error) process.exit(0);
		onSent();
	});
}

/** Whatever was thrown, as an engine error; texts of unknown errors go to the description, where they help support. */
function toEngineError(error: unknown): VoiceprintError {
	if (error instanceof VoiceprintError) return error;
	const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
	if (isOutOfMemory(text)) return outOfMemory(text);
	return new VoiceprintError('INTERNAL', 'The speech engine could not process this file', text);
}

function forUsers(error: VoiceprintError): ErrorData {
	const data = error.toData();
	data.message = withoutInstallPaths(data.message);
	if (data.description !== undefined) data.description = withoutInstallPaths(data.description);
	return data;
}

/** Where memory runs out, Linux is to end this process and never n8n. */
function offerToKernel(): void {
	if (process.platform !== 'linux') return;
	try {
		writeFileSync('/proc/self/oom_score_adj', '1000');
	} catch {
		// Some containers forbid it.
	}
}

/** Folder of the job whose answer is not sent. Its owner removes it, unless the owner is gone first: then nobody else is left to do it. */
let workFolder: string | undefined;

async function onMessage({ id, job }: ToEngine, watchdog: Watchdog): Promise<void> {
	workFolder = job.workFolder;
	watchdog.jobIn(job.workFolder);
	reportTo((progress) => send({ kind: 'progress', id, progress }));
	let answer: Answer;
	try {
		answer = { kind: 'result', id, result: await runPipeline(job) };
	} catch (error) {
		answer = { kind: 'failure', id, error: forUsers(toEngineError(error)) };
	}
	send({ ...answer, rss: process.memoryUsage.rss() }, () => {
		// The next job may be there already.
		if (workFolder !== job.workFolder) return;
		workFolder = undefined;
		watchdog.jobIn(null);
	});
}

/** What makes the engine impossible ends the process with these words, which the client passes on. */
function watch(): Watchdog {
	try {
		return startWatchdog(memoryLimit(process.env));
	} catch (error) {
		writeSync(2, `${(error as Error).message}.`);
		return process.exit(1);
	}
}

offerToKernel();
allowThreads(Number(process.argv[2]) || 1);
validateLazily();
thisPlatform();
const watchdog = watch();
process.on('exit', () => {
	if (workFolder !== undefined) rmSync(workFolder, { recursive: true, force: true });
});
process.on('message', (message) => void onMessage(message as ToEngine, watchdog));
process.on('disconnect', () => process.exit(0));
send({ kind: 'ready' });
