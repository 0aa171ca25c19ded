/** What an engine answers for one item, and how the item's file goes on with it. */
import type { IBinaryData, IBinaryKeyData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Warning } from '../../engine/client/protocol';
import { taskItem } from '../../items/fields';
import { isTaskReference, type Origin, type ResultItem, type TaskReference } from '../../items/result';
import { outputFieldOf } from './binary';
import { BINARY_PROPERTY_NAME } from './mediaParameters';
import { read } from './read';

/** The file that a result is about, as far as the item knows it. */
export interface FileOfItem {
	fileName?: string;
	/** The file that was processed. */
	binary?: IBinaryData;
	/** All files of the item, where none was processed now. */
	binaries?: IBinaryKeyData;
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
}

/**
 * An answer as items: a finished result in the form that `shape` gives it, an unfinished task as one item.
 * @param passOn Whether the file goes on with a finished result; with a task it always does.
 */
export function itemsOf<R extends object>(
	ctx: IExecuteFunctions,
	itemIndex: number,
	answer: Answer<R>,
	passOn: boolean,
	shape: (result: R, origin: Origin) => ResultItem[],
): INodeExecutionData[] {
	const { result, file, settings } = answer;
	const origin = { item: itemIndex, fileName: file.fileName, settings };
	const field = read(ctx, itemIndex, BINARY_PROPERTY_NAME);
	if (isTaskReference(result)) return toOutput([taskItem(result, origin)], true, answer, field);
	return toOutput(shape(result, origin), passOn, answer, field);
}

/**
 * The items as n8n takes them. The file goes on with its one item (a reference, no copy), so that the next node can
 * use it. Where there are several they would repeat it, and with binary data kept in memory so would n8n's record of
 * the execution.
 * @param field Value of the parameter with the file's field.
 */
function toOutput(items: ResultItem[], passOn: boolean, { file }: Answer<unknown>, field: unknown): INodeExecutionData[] {
	const binary = file.binary ? { [outputFieldOf(field)]: file.binary } : file.binaries;
	const passedOn = passOn && binary && Object.keys(binary).length > 0 ? { binary } : {};
	return items.map(({ json, pairedItem }) => ({ json: json as IDataObject, pairedItem, ...passedOn }));
}

/** Silence is an answer, not an error: the API leaves it at that, and here it is said. */
export function noSpeech(channel_number: number, consequence = ''): Warning {
	return { code: 'NO_SPEECH', message: `No speech was found in channel ${channel_number}${consequence}`, channel_number };
}
