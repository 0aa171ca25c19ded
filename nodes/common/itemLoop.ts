/** The loop over the input items that every Voiceprint node runs. */
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { canceled, errorFields, toNodeError } from './errors';

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
			const nodeError = toNodeError(ctx.getNode(), signal?.aborted ? canceled() : error, itemIndex);
			if (signal?.aborted || !ctx.continueOnFail()) throw nodeError;
			output.push({ json: { error: errorFields(nodeError) }, pairedItem: { item: itemIndex } });
		}
	}
	return output;
}
