/**
 * Whether an API answers and lets us in. It has no page for that, so the probe asks for a task that cannot exist: the
 * API's own "not found" is the best of answers. It uploads nothing and uses no license.
 */
import { documentedTaskUrl } from './address';
import type { Budget } from './budget';
import type { SpeechPlatformError } from './errors';
import type { Exchange } from './exchange';
import { TECHNOLOGIES } from './technologies';
import type { Technology } from './types';

/** @property missing Names of technologies that the server does not offer. */
export type ProbeResult = { ok: true; missing: string[] } | { ok: false; message: string };

const NO_TASK = '00000000-0000-0000-0000-000000000000';

/** Milliseconds for all of it; somebody waits in front of a dialog. */
const TIME_LIMIT = 10_000;

/** A server need not offer all technologies: one is enough. Where the first is offered, the others are asked for too. */
export async function probe(exchange: Exchange, baseUrl: string): Promise<ProbeResult> {
	const budget = exchange.budget(TIME_LIMIT);
	const ask = async (technology: Technology) => await askFor(exchange, baseUrl, technology, budget);
	const [first, ...others] = Object.keys(TECHNOLOGIES) as Technology[];
	const results = [await ask(first!)];
	if (results[0]!.ok || results[0]!.isNotRouted) results.push(...(await Promise.all(others.map(ask))));
	const missing = results.flatMap(({ ok, isNotRouted, technology }) => (!ok && isNotRouted ? [TECHNOLOGIES[technology].name] : []));
	if (results.some(({ ok }) => ok)) return { ok: true, missing };
	return { ok: false, message: results[0]!.message };
}

interface Finding {
	technology: Technology;
	ok: boolean;
	message: string;
	/** Something answers and knows no such address. */
	isNotRouted: boolean;
}

async function askFor(exchange: Exchange, baseUrl: string, technology: Technology, budget: Budget): Promise<Finding> {
	const failure = (message: string, isNotRouted = false): Finding => ({ technology, ok: false, message, isNotRouted });
	try {
		const url = documentedTaskUrl(baseUrl, technology, NO_TASK);
		const outcome = await exchange.attempt({ method: 'GET', url, technology, taskId: NO_TASK, budget });
		if ('error' in outcome) {
			const { error } = outcome;
			return isGood(error) ? { technology, ok: true, message: '', isNotRouted: false } : failure(textOf(error), error.code === 'API_NOT_FOUND');
		}
		const isTask = typeof outcome.body === 'object' && outcome.body !== null && 'task' in outcome.body;
		return { ...failure("The server's answer is not one of the Speech Platform API"), ok: isTask };
	} catch (error) {
		return failure(error instanceof Error ? error.message : String(error));
	}
}

function isGood({ httpStatus, type, code }: SpeechPlatformError): boolean {
	const isUnknownTask = code === 'TASK_NOT_FOUND' && type === 'resource.not-found';
	// A server that does not like the ID's form has read it, so the request came through.
	const isUnreadableId = (httpStatus === 400 || httpStatus === 422) && type?.startsWith('request.') === true;
	return isUnknownTask || isUnreadableId;
}

/** The dialog shows one text: what happened and what to do about it. */
function textOf({ message, description }: SpeechPlatformError): string {
	const [advice = ''] = description.split('\n');
	return advice === '' ? message : `${message}. ${advice}`;
}
