/**
 * Errors as n8n shows them. Inside a node, a mistake is thrown as a typed error with a stable code; the item loop turns
 * it here, once, into n8n's own error with the item's index, whatever room of the house it came from.
 */
import {
	ExecutionBaseError,
	NodeApiError,
	NodeError,
	NodeOperationError,
	type IDataObject,
	type INode,
	type JsonObject,
} from 'n8n-workflow';
import { VoiceprintError, textOf, withoutStack, type ErrorCode } from '../../errors';
import { SpeechPlatformError } from '../../speech-platform';

/** Codes that mean a fault of this package or its surroundings; n8n reports them, user mistakes it does not. */
const FAULTS: ReadonlySet<string> = new Set<ErrorCode>([
	'RUNTIME_UNAVAILABLE',
	'ENGINE_CRASHED',
	'ENGINE_START',
	'INTERNAL',
]);

/**
 * The error for n8n, with the item's index in its context and its message, and the code in its context. Errors that
 * n8n or a node already made for the user (an expression that fails, an answer of the API) stay as they are.
 */
export function toNodeError(node: INode, error: unknown, itemIndex: number): ExecutionBaseError {
	if (error instanceof NodeError || error instanceof ExecutionBaseError) {
		error.context.itemIndex ??= itemIndex;
		return error;
	}
	const { code, message, description: told } = typed(error);
	const description = told === undefined ? undefined : withoutStack(told);
	const options = { message: `${message} [item ${itemIndex}]`, description, itemIndex };
	const nodeError =
		error instanceof SpeechPlatformError
			? apiError(node, error, options)
			: new NodeOperationError(node, error instanceof Error ? error : new Error(String(error)), {
					...options,
					level: FAULTS.has(code) ? 'error' : 'warning',
				});
	// n8n replaces a whole message that contains, in any case, a name such as EPERM: also that of `fileperms.wav`.
	nodeError.message = options.message;
	nodeError.messages = [];
	nodeError.context.code = code;
	return nodeError;
}

/** What the server said stays available beside the text: in the error's context, and from there in the item. */
function apiError(
	node: INode,
	error: SpeechPlatformError,
	options: { message: string; description?: string; itemIndex: number },
): NodeApiError {
	const { httpStatus, type, detail, correlationId, requestId, taskId } = error;
	const nodeError = new NodeApiError(node, error as unknown as JsonObject, options);
	// Left to itself, n8n takes our code for the status.
	nodeError.httpCode = httpStatus === undefined ? null : String(httpStatus);
	const facts = { type, detail, http_status: httpStatus, correlation_id: correlationId, request_id: requestId, task_id: taskId };
	for (const [name, value] of Object.entries(facts)) if (value !== undefined) nodeError.context[name] = value;
	return nodeError;
}

/** Of an answer of the Speech Platform API, beside the fields that every error has. */
const API_FIELDS = ['type', 'detail', 'http_status', 'correlation_id', 'request_id', 'task_id'];

/** What an item says of its error where the workflow goes on: `{ message, code, description }`, and what the API said. */
export function errorFields(error: ExecutionBaseError): IDataObject {
	const fields: IDataObject = { message: error.message, code: error.context.code ?? error.name };
	if (error.description) fields.description = error.description;
	for (const name of API_FIELDS) if (error.context[name] !== undefined) fields[name] = error.context[name];
	return fields;
}

/** Tasks of a run that a description names. */
const MOST_TASKS = 20;

/**
 * The error of a node that ends while a server goes on with its tasks, and charges them: how their results are had.
 * @param accepted IDs by item
 */
export function withAcceptedTasks(error: unknown, accepted: ReadonlyMap<number, string>): unknown {
	if (!(error instanceof ExecutionBaseError) || accepted.size === 0) return error;
	const tasks = [...accepted].sort(([one], [other]) => one - other).map(([item, task_id]) => ({ item, task_id }));
	const shown = tasks.slice(0, MOST_TASKS).map(({ item, task_id }) => `item ${item}: ${task_id}`);
	const more = tasks.length > MOST_TASKS ? ` and ${tasks.length - MOST_TASKS} more` : '';
	const text = `Tasks of this run that the server has accepted, for the operation 'Get Result': ${shown.join(', ')}${more}.`;
	error.description = [error.description, text].filter(Boolean).join('\n');
	error.context.tasks = tasks;
	return error;
}

function typed(error: unknown): { code: string; message: string; description?: string } {
	if (error instanceof VoiceprintError || error instanceof SpeechPlatformError) return error;
	return {
		code: 'INTERNAL',
		message: 'Processing stopped for a reason that the node does not know',
		description: `Please report this text to the maintainers of the node: ${textOf(error)}`,
	};
}
