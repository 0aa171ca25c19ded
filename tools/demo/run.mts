/** One file through one node on n8n's real execution engine. */
import type { INodeExecutionData } from 'n8n-workflow';
import type { Harness, HarnessItem, RunResult } from '../n8n/harness.mts';
import type { DemoRequest } from './arguments.mts';
import { progressBar } from './progressBar.mts';
import { writeFiles } from './produced.mts';
import { faultOf, nameOf, pathOf, type Fault } from './files.mts';

/** What stops the whole run; the message says why, in one line. */
export class RunFault extends Error {}

/** The one item of a run, with the file's name as it was given; or what went wrong with it. */
export interface Answer {
	file: string;
	error?: Fault;
	[field: string]: unknown;
}

/** On a command line there are no items. */
export const withoutItem = (message: string): string => message.replace(/ \[item \d+\]/g, '');

export function answerOf(file: string, { output, error }: Pick<RunResult, 'output' | 'error'>): Answer {
	if (!error) return { file, ...output[0].json };
	const { message, description, name, context } = error;
	return { file, error: { code: typeof context.code === 'string' ? context.code : name, message: withoutItem(message), description: description && withoutItem(description) } };
}

export async function processFile(
	harness: Harness,
	{ node, parameters, credentials, wanted = [] }: Pick<DemoRequest, 'node' | 'parameters' | 'credentials'> & Partial<Pick<DemoRequest, 'wanted'>>,
	file: string,
	secondItems?: HarnessItem[],
	/** What is done with the file's item, and what the answer is to say of it. */
	take: (item: INodeExecutionData | undefined) => Promise<object> = async () => ({}),
): Promise<Answer> {
	const fault = faultOf(file);
	if (fault) return { file, error: fault };
	const items = [{ json: {}, files: { data: { path: pathOf(file), fileName: nameOf(file) } } }];
	const bar = progressBar();
	const result = await harness.run({ node, parameters, credentials, items, secondItems, onMessage: bar.show }).finally(() => bar.end());
	const answer = answerOf(file, result);
	if (answer.error) return answer;
	const notWritten = await writeFiles(harness, wanted, result.output[0]);
	if (notWritten !== undefined) return { ...answer, error: { code: 'NOT_PRODUCED', message: notWritten } };
	return { ...answer, ...(await take(result.output[0])) };
}
