/** Tasks in the server's answers. */
import { taskIdIn } from './address';
import { answerError, otherTaskError, type Subject } from './answers';
import { taskError } from './faults';
import { header } from './rateLimit';
import { clean, type Redact } from './redaction';
import type { HttpResponse } from './transport';
import { missingField } from './technologies';
import type { Task, Technology, TechnologyResult } from './types';

/** A 2xx answer in JSON. */
export interface Answer {
	/** The parsed JSON. */
	body: unknown;
	response: HttpResponse;
	subject: Subject;
	redact: Redact;
}

/**
 * The answer to a start request. The file is accepted and charged by then, so all it needs is the task's ID, which also
 * stands in the header; a result may come with it, but need not.
 */
export function startedTask<T extends Technology>(technology: T, answer: Answer): Task<TechnologyResult<T>> {
	const body = isObject(answer.body) ? answer.body : {};
	const task = isObject(body.task) ? body.task : {};
	const { state } = task;
	const taskId = isId(task.task_id) ? task.task_id : taskIdIn(locationOf(answer.response), technology);
	if (taskId === undefined) throw answerError(answer.response, answer.subject, isObject(body.task) ? 'task.task_id' : 'task');
	const { result } = body;
	const isEarly = typeof state !== 'string' || (state === 'done' && (result === undefined || result === null));
	return checkedTask(technology, { ...answer, body: { ...body, task } }, taskId, isEarly ? 'pending' : state);
}

/** Where a server says that the task is which it has started. */
export function locationOf({ headers }: HttpResponse): string | undefined {
	return header(headers, 'location') ?? header(headers, 'x-location');
}

/** The answer to a request for a task whose ID is known. */
export function fetchedTask<T extends Technology>(
	technology: T,
	answer: Answer,
	taskId: string,
): Task<TechnologyResult<T>> {
	const { task_id: answered, state } = taskFields(answer);
	if (isId(answered) && answered.toLowerCase() !== taskId.toLowerCase()) throw otherTaskError({ ...answer.subject, taskId });
	return checkedTask(technology, answer, taskId, state);
}

const isId = (value: unknown): value is string => typeof value === 'string' && value !== '';

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
	const { result: itsResult, error, ...others } = answer.body as Record<string, unknown>;
	if (state === 'rejected' || state === 'failed') throw taskError(state, clean(error, answer.redact), subject);
	const rest = clean(others, answer.redact);
	const result = clean(itsResult, answer.redact, true);
	const task = { ...rest, task: { ...(rest.task as object), task_id: taskId, state: answer.redact(state) } };
	if (state !== 'done') return task;
	const missing = missingField(technology, result);
	if (missing !== undefined) throw answerError(answer.response, subject, missing);
	return { ...task, result: result as TechnologyResult<T> };
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}
