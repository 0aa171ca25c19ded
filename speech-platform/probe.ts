/**
 * Whether an API answers and lets us in. It has no page for that, so the probe asks for a task that cannot exist: the
 * API's own "not found" is the best of answers. It uploads nothing and uses no license.
 */
import { documentedTaskUrl } from './address';
import type { SpeechPlatformError } from './errors';
import type { Exchange } from './exchange';
import type { Technology } from './types';

export type ProbeResult = { ok: true } | { ok: false; message: string };

const TECHNOLOGY: Technology = 'voice-activity-detection';

const NO_TASK = '00000000-0000-0000-0000-000000000000';

/** Milliseconds; somebody waits in front of a dialog. */
const TIME_LIMIT = 10_000;

export async function probe(exchange: Exchange, baseUrl: string): Promise<ProbeResult> {
	const url = documentedTaskUrl(baseUrl, TECHNOLOGY, NO_TASK);
	try {
		const outcome = await exchange.attempt({
			method: 'GET',
			url,
			technology: TECHNOLOGY,
			taskId: NO_TASK,
			timeoutMs: TIME_LIMIT,
		});
		if ('error' in outcome) return verdict(outcome.error);
		const isTask = typeof outcome.body === 'object' && outcome.body !== null && 'task' in outcome.body;
		return isTask ? { ok: true } : { ok: false, message: "The server's answer is not one of the Speech Platform API" };
	} catch (error) {
		return { ok: false, message: error instanceof Error ? error.message : String(error) };
	}
}

function verdict({ httpStatus, type, code, message }: SpeechPlatformError): ProbeResult {
	const unknownTask = code === 'TASK_NOT_FOUND' && type === 'resource.not-found';
	// A server that does not like the ID's form has read it, so the request came through.
	const unreadableId = (httpStatus === 400 || httpStatus === 422) && type?.startsWith('request.');
	return unknownTask || unreadableId ? { ok: true } : { ok: false, message };
}
