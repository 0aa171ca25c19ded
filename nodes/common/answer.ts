/** What an engine answers for one item, and how the item's file goes on with it. */
import type { IBinaryData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Warning } from '../../engine/client/protocol';
import { taskItem } from '../../items/fields';
import { isTaskReference, type Origin, type ResultItem, type TaskReference } from '../../items/result';
import { isClip } from './cutOutput';
import { asBinary, filesWith } from './itemFiles';
import { withProduced, type Produced } from './produced';

/** The file that a result is about, as far as the item knows it. */
export interface FileOfItem {
	fileName?: string;
	/** The file that was processed now. */
	binary?: IBinaryData;
}

export interface Answer<R> {
	/** The result, or the task that is still to bring it. */
	result: R | TaskReference;
	file: FileOfItem;
	/**
	 * What was asked for, named as in the Speech Platform API where that has a name for it. Of a task that was started
	 * before, nobody here knows it.
	 */
	settings?: { [name: string]: unknown };
	/** Files that were made of the recording beside the result. */
	produced?: Produced[];
}

/**
 * An answer as items: a finished result in the form that `shape` gives it, an unfinished task as one item.
 * @param passOn Whether the item's files go on with a finished result; with a task they always do.
 */
export function itemsOf<R extends object>(
	ctx: IExecuteFunctions,
	itemIndex: number,
	answer: Answer<R>,
	passOn: boolean,
	shape: (result: R, origin: Origin) => ResultItem[],
): INodeExecutionData[] {
	const { result, file, settings, produced } = answer;
	const origin = { item: itemIndex, fileName: file.fileName, settings };
	const isTask = isTaskReference(result);
	const items = isTask ? [taskItem(result, origin)] : shape(result, origin);
	return withProduced(toOutput(items, passOn || isTask ? asBinary(filesWith(ctx, itemIndex, file.binary)) : {}), produced?.filter((one) => !isClip(one)));
}

/** Files go on as references, not as copies. */
function toOutput(items: ResultItem[], files: Pick<INodeExecutionData, 'binary'>): INodeExecutionData[] {
	return items.map(({ json, pairedItem }) => ({ json: json as IDataObject, pairedItem, ...files }));
}

/** Silence is an answer, not an error: the API leaves it at that, and here it is said. */
export function noSpeech(channel_number: number, consequence = ''): Warning {
	return { code: 'NO_SPEECH', message: `No speech was found in channel ${channel_number}${consequence}`, channel_number };
}
