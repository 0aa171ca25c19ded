/** A task on the Speech Platform, as an item asks for it: started, started and waited for, or fetched. */
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Budget, SpeechPlatform, Task, TaskHandle, Technology, TechnologyResult } from '../../speech-platform';
import type { TaskReference } from '../../items/result';
import { AcceptedTask } from './acceptedTasks';
import type { Answer } from './answer';
import { BINARY_PROPERTY_NAME } from './mediaParameters';
import { openUpload, type ItemUpload } from './mediaUpload';
import type { Connection, Servers } from './platform';
import { boolean, choice, number, read, readCollection } from './read';
import {
	FILES_AT_ONCE,
	GET_RESULT,
	POLLING_INTERVAL,
	readTaskId,
	TIMEOUT,
	WAIT_FOR_COMPLETION,
	WAIT_UNTIL_DONE,
} from './taskParameters';

/** What distinguishes one node's tasks from another's: the technology `T`, what is asked of it, the result `R`. */
export interface TaskRequest<T extends Technology, Q, R extends object> {
	technology: T;
	/** The node's parameters. */
	operation: INodeProperties;
	options: INodeProperties;
	/** What the item asks for. */
	readRequest: () => Q;
	start: (platform: SpeechPlatform, media: ItemUpload, request: Q, budget: Budget) => Promise<TaskHandle<T>>;
	/**
	 * The API's result as ours, beside the fields that tell its task.
	 * @throws VoiceprintError where the item asks not to take such a result
	 */
	resultOf: (result: TechnologyResult<T>, task: TaskReference) => Omit<R, keyof TaskReference>;
	/** The request under the API's names. */
	settingsOf: (request: Q) => Answer<R>['settings'];
}

interface TaskAnswer<T extends Technology> extends Pick<Answer<unknown>, 'file' | 'settings'> {
	task: TaskReference;
	/** Absent while the task is unfinished. */
	result?: TechnologyResult<T>;
}

export async function runTask<T extends Technology, Q, R extends object>(
	ctx: IExecuteFunctions,
	itemIndex: number,
	servers: Servers,
	request: TaskRequest<T, Q, R>,
): Promise<Answer<R>> {
	const isGetResult = choice(request.operation, read(ctx, itemIndex, request.operation)) === GET_RESULT;
	const { task, result, file, settings } = await (isGetResult ? fetchTask : startTask)(ctx, itemIndex, servers, request);
	return { result: result ? { ...task, ...request.resultOf(result, task) } : task, file, settings };
}

async function startTask<T extends Technology, Q, R extends object>(
	ctx: IExecuteFunctions,
	itemIndex: number,
	servers: Servers,
	{ technology, options, readRequest, start, settingsOf }: TaskRequest<T, Q, R>,
): Promise<TaskAnswer<T>> {
	// Everything is read before anything is sent.
	const request = readRequest();
	const wait = readWaiting(ctx, itemIndex, options, WAIT_FOR_COMPLETION);
	const connection = await servers.connect(itemIndex);
	const { platform } = connection;
	const media = await openUpload(ctx, itemIndex, read(ctx, itemIndex, BINARY_PROPERTY_NAME));
	const file = { binary: media.binary, fileName: media.binary.fileName };
	const budget = platform.budget(wait.timeoutMs);
	const task = new AcceptedTask<T>(ctx, itemIndex, media.binary, { technology, request });
	const handle = await task.get(async () => await send(media, async () => await start(platform, media, request, budget)));
	servers.accepted.set(itemIndex, handle.taskId);
	const settings = settingsOf(request);
	if (!wait.isWanted) return { ...answerOf(connection, handle.answer), file, settings };
	try {
		const result = await platform.waitForTask(handle, { pollingIntervalMs: wait.pollingIntervalMs, budget });
		return { task: referenceOf(connection, handle.taskId, 'done'), result, file, settings };
	} catch (error) {
		throw task.afterFailure(error);
	}
}

async function fetchTask<T extends Technology, Q, R extends object>(
	ctx: IExecuteFunctions,
	itemIndex: number,
	servers: Servers,
	{ technology, options }: TaskRequest<T, Q, R>,
): Promise<TaskAnswer<T>> {
	const wait = readWaiting(ctx, itemIndex, options, WAIT_UNTIL_DONE);
	const taskId = readTaskId(ctx, itemIndex);
	const connection = await servers.connect(itemIndex);
	const { platform } = connection;
	const budget = platform.budget(wait.timeoutMs);
	let answer = await platform.getTask(technology, taskId, budget);
	if (wait.isWanted && answer.result === undefined) {
		const handle = platform.handleOf(technology, answer);
		const result = await platform.waitForTask(handle, { pollingIntervalMs: wait.pollingIntervalMs, budget });
		answer = { task: { ...answer.task, state: 'done' }, result };
	}
	// The item that started the task, or came from it through a Wait node, still has its file and the file's name.
	const { json } = ctx.getInputData()[itemIndex]!;
	const own: IDataObject = json.task_id === taskId ? json : {};
	const fileName = typeof own.file_name === 'string' ? own.file_name : undefined;
	return { ...answerOf(connection, answer), file: { fileName } };
}

/** An upload that breaks because n8n's storage breaks says so, whatever the connection said of it. */
async function send<R>(media: ItemUpload, start: () => Promise<R>): Promise<R> {
	try {
		return await start();
	} catch (error) {
		throw media.failure ?? error;
	}
}

function answerOf<T extends Technology>(
	connection: Connection,
	{ task, result }: Task<TechnologyResult<T>>,
): Pick<TaskAnswer<T>, 'task' | 'result'> {
	return { task: referenceOf(connection, task.task_id, task.state), result };
}

function referenceOf({ correlationId }: Connection, task_id: string, state: string): TaskReference {
	return { engine: 'api', task_id, correlation_id: correlationId, state };
}

interface Waiting {
	/** Whether the item asks to wait. */
	isWanted: boolean;
	pollingIntervalMs: number;
	timeoutMs: number;
}

function readWaiting(ctx: IExecuteFunctions, itemIndex: number, options: INodeProperties, parameter: INodeProperties): Waiting {
	const { pollingInterval, timeout, filesAtOnce } = readCollection(ctx, itemIndex, options);
	number(FILES_AT_ONCE, filesAtOnce); // throws where it is none
	return {
		isWanted: boolean(parameter, read(ctx, itemIndex, parameter)),
		pollingIntervalMs: number(POLLING_INTERVAL, pollingInterval) * 1000,
		timeoutMs: number(TIMEOUT, timeout) * 1000 || Infinity,
	};
}
