/** What is asked of a server beside its task: whether to start or to fetch one, and how long to wait for it. */
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { invalid, number, read, readCollection } from './read';

/** Value of the operation that every node with tasks has beside its own, which starts a task. */
export const GET_RESULT = 'getResult';

/** Where a server computes the result. Locally there is one operation, which needs no choice. */
export const ON_A_SERVER = { engine: ['api'] };

/** Parameters of media have no use where a task is fetched that was started before. */
export function forMedia(parameter: INodeProperties): INodeProperties {
	return { ...parameter, displayOptions: { ...parameter.displayOptions, hide: { operation: [GET_RESULT] } } };
}

export const TASK_ID: INodeProperties = {
	displayName: 'Task ID',
	name: 'taskId',
	type: 'string',
	default: '={{ $json.task_id }}',
	required: true,
	placeholder: 'e.g. 123e4567-e89b-12d3-a456-426614174000',
	description: 'The ID that the node gave when it started the task. While the task is unfinished, you get its state.',
	displayOptions: { show: { ...ON_A_SERVER, operation: [GET_RESULT] } },
};

export const WAIT_FOR_COMPLETION: INodeProperties = {
	displayName: 'Wait for Completion',
	name: 'waitForCompletion',
	type: 'boolean',
	default: true,
	description:
		'Whether to wait for the result. If off, you get the ID of the task at once and fetch the result later with Get Result.',
	displayOptions: { show: ON_A_SERVER, hide: { operation: [GET_RESULT] } },
};

export const WAIT_UNTIL_DONE: INodeProperties = {
	displayName: 'Wait Until Done',
	name: 'waitUntilDone',
	type: 'boolean',
	default: false,
	description: 'Whether to wait until the task is done. If off, you get its state as it is now.',
	displayOptions: { show: { ...ON_A_SERVER, operation: [GET_RESULT] } },
};

export const POLLING_INTERVAL: INodeProperties = {
	displayName: 'Polling Interval',
	name: 'pollingInterval',
	type: 'number',
	default: 5,
	typeOptions: { minValue: 0.1, numberPrecision: 1 },
	hint: 'In seconds',
	description: 'Longest time between two questions about the state of the task, in seconds. The first ones come sooner.',
	displayOptions: { show: { '/engine': ['api'] }, hide: { '/waitForCompletion': [false] } },
};

export const TIMEOUT: INodeProperties = {
	displayName: 'Timeout',
	name: 'timeout',
	type: 'number',
	default: 600,
	typeOptions: { minValue: 0 },
	hint: 'In seconds, 0 for no limit',
	description:
		'Longest time to work on one file, in seconds. With the API: to connect, to wait for its rate limit, its answers and the result; the upload itself is not counted. Set to 0 to wait without limit.',
};

export const FILES_AT_ONCE: INodeProperties = {
	displayName: 'Files at the Same Time',
	name: 'filesAtOnce',
	type: 'number',
	default: 5,
	typeOptions: { minValue: 1, maxValue: 100, numberPrecision: 0 },
	description: 'How many files may be sent and waited for at the same time. Their results keep the order of the items.',
	displayOptions: { show: { '/engine': ['api'] } },
};

/** How many items may be under way, as the first item says; one item after the other where that is no number. */
export function readFilesAtOnce(ctx: IExecuteFunctions, engine: INodeProperties, options: INodeProperties): number {
	if (ctx.getInputData().length === 0 || read(ctx, 0, engine) !== 'api') return 1;
	try {
		return Math.floor(number(FILES_AT_ONCE, readCollection(ctx, 0, options)[FILES_AT_ONCE.name]));
	} catch {
		// Each item says so itself when it is its turn.
		return 1;
	}
}

const LONGEST_TASK_ID = 80;

export function readTaskId(ctx: IExecuteFunctions, itemIndex: number): string {
	const value = read(ctx, itemIndex, TASK_ID);
	// What is longer is something else, such as a recording, and must not get into the error that names the task.
	if (typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_TASK_ID) return value.trim();
	throw invalid(TASK_ID, 'must be the ID of a task', value);
}
