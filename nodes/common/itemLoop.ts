/** The loop over the input items that every Voiceprint node runs. */
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { canceled } from '../../errors';
import { asBinary, filesOfAll } from './itemFiles';
import { errorFields, toNodeError } from './nodeErrors';

/**
 * Calls `handle` for one item after the other and gathers the output in that order. Items run one at a time because
 * the engine works on one file at a time; a second file would only fill the disk while it waits.
 *
 * An item that fails ends the node, unless the node's On Error setting says to go on: then it becomes an item with the
 * one field `error`. With that one field n8n also finds it and sends it to the error output, where the setting is so.
 * A canceled execution ends the node at once, whatever that setting is.
 */
export async function runForEachItem(
	ctx: IExecuteFunctions,
	handle: (itemIndex: number) => Promise<INodeExecutionData[]>,
): Promise<INodeExecutionData[]> {
	const signal = ctx.getExecutionCancelSignal();
	const output: INodeExecutionData[] = [];
	const { length } = ctx.getInputData();
	for (let itemIndex = 0; itemIndex < length; itemIndex++) {
		try {
			if (signal?.aborted) throw canceled();
			// One by one: spreading the items of a long file into `push` would overflow the stack.
			for (const item of await handle(itemIndex)) output.push(item);
		} catch (error) {
			output.push(errorItem(ctx, error, itemIndex));
		}
	}
	return output;
}

/**
 * The item that stands for one that failed.
 * @param others further items that it stands for, beside the one to name
 * @throws the error as n8n shows it, where the node is to stop
 */
export function errorItem(
	ctx: IExecuteFunctions,
	error: unknown,
	itemIndex: number,
	others: number[] = [],
): INodeExecutionData {
	const aborted = ctx.getExecutionCancelSignal()?.aborted === true;
	const nodeError = toNodeError(ctx.getNode(), aborted ? canceled() : error, itemIndex);
	if (aborted || !ctx.continueOnFail()) throw nodeError;
	const all = [itemIndex, ...others];
	const input = ctx.getInputData();
	return {
		json: { error: errorFields(nodeError) },
		pairedItem: all.length === 1 ? { item: itemIndex } : all.map((item) => ({ item })),
		// What failed is often to be put aside, or tried in another way.
		...asBinary(filesOfAll(all.flatMap((item) => input[item] ?? []))),
	};
}
