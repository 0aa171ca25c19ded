/** The loop over the input items that every Voiceprint node runs. */
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { canceled, VoiceprintError } from '../../errors';
import { SpeechPlatformError } from '../../speech-platform';
import { asBinary, filesOfAll } from './itemFiles';
import { errorFields, toNodeError } from './nodeErrors';

export interface Together {
	/** Items that may be under way at the same time. */
	atOnce: number;
	/** Ends those that are, where the node ends by an error. */
	stop: () => void;
}

/**
 * Calls `handle` for each item and gathers the output in the order of the items. The engine works on one file at a time,
 * and a second file would only fill the disk while it waits; a server may work on several.
 *
 * An item that fails ends the node, unless the node's On Error setting says to go on: then it becomes an item with the
 * one field `error`. With that one field n8n also finds it and sends it to the error output, where the setting is so.
 * A canceled execution ends the node at once, whatever that setting is.
 */
export async function runForEachItem(
	ctx: IExecuteFunctions,
	handle: (itemIndex: number) => Promise<INodeExecutionData[]>,
	{ atOnce, stop }: Together = { atOnce: 1, stop: () => {} },
): Promise<INodeExecutionData[]> {
	const signal = ctx.getExecutionCancelSignal();
	const { length } = ctx.getInputData();
	const outputs: INodeExecutionData[][] = [];
	const failures: unknown[] = [];
	let next = 0;
	const outputOf = async (itemIndex: number): Promise<INodeExecutionData[]> => {
		try {
			if (signal?.aborted) throw canceled();
			return await handle(itemIndex);
		} catch (error) {
			return [errorItem(ctx, error, itemIndex)];
		}
	};
	const work = async () => {
		while (next < length && failures.length === 0) {
			const itemIndex = next++;
			try {
				outputs[itemIndex] = await outputOf(itemIndex);
			} catch (error) {
				if (failures.push(error) === 1) stop();
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(atOnce, length) }, work));
	if (failures.length > 0) throw failures[0];
	return outputs.flat();
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
	const nodeError = toNodeError(ctx.getNode(), aborted && !isCanceled(error) ? canceled() : error, itemIndex);
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

/** The item that stands for all, where parameters that hold for all of them are wrong. @throws as `errorItem` */
export function errorItemOfAll(ctx: IExecuteFunctions, error: unknown): INodeExecutionData {
	return errorItem(ctx, error, 0, ctx.getInputData().map((_, itemIndex) => itemIndex).slice(1));
}

/** Such an error may name a task that goes on. */
function isCanceled(error: unknown): boolean {
	return (error instanceof SpeechPlatformError || error instanceof VoiceprintError) && error.code === 'CANCELED';
}
