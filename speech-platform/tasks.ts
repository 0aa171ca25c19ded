/** Tasks in the server's answers. */
import { answerError, type Subject } from './answers';
import { taskError } from './faults';
import type { HttpResponse } from './transport';
import { missingField } from './technologies';
import type { Task, Technology, TechnologyResult } from './types';

/** A 2xx answer in JSON. */
export interface Answer {
	/** The parsed JSON. */
	body: unknown;
	response: HttpResponse;
	subject: Subject;
}

/**
 * The answer to a start request. The file is accepted and charged by then, so all it needs is the task's ID; a result
 * may come with it, but need not.
 */
export function startedTask<T extends Technology>(technology: T, answer: Answer): Task<TechnologyResult<T>> {
	const { task_id: taskId, state } = taskFields(answer);
	if (typeof taskId !== 'string' || taskId === '') throw answerError(answer.response, answer.subject, 'task.task_id');
	const { result } = answer.body as { result?: unknown };
	const isEarly = state === undefined || (state === 'done' && (result === undefined || result === null));
	return checkedTask(technology, answer, taskId, isEarly ? 'pending' : state);
}

/** The answer to a request for a task whose ID is known. */
export function fetchedTask<T extends Technology>(
	technology: T,
	answer: Answer,
	taskId: string,
): Task<TechnologyResult<T>> {
	return checkedTask(technology, answer, taskId, taskFields(answer).state);
}

function taskFields({ body, response, subject }: Answer): Record<string, unknown> {
	const task = isObject(body) ? body.task : undefined;
	if (!isObject(task)) throw answerError(response, subject, 'task');
	return task;
}

/**
 * The task with all the fields that the server sent, `result` only where it is done.
 * @throws SpeechPlatformError TASK_REJECTED, TASK_FAILED, INVALID_ANSWER
 */
function checkedTask<T extends Technology>(
	technology: T,
	answer: Answer,
	taskId: string,
	state: unknown,
): Task<TechnologyResult<T>> {
	const subject = { ...answer.subject, taskId };
	if (typeof state !== 'string') throw answerError(answer.response, subject, 'task.state');
	const { result, error, ...rest } = answer.body as Record<string, unknown>;
	if (state === 'rejected' || state === 'failed') throw taskError(state, error, subject);
	const task = { ...rest, task: { ...(rest.task as object), task_id: taskId, state } };
	if (state !== 'done') return task;
	const missing = missingField(technology, result);
	if (missing !== undefined) throw answerError(answer.response, subject, missing);
	return { ...task, result: result as TechnologyResult<T> };
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}
