/** What an engine answers for one item, and how the item's file goes on with it. */
import type { IBinaryData, IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Origin, ResultItem, TaskReference } from '../../results';
import { outputFieldOf } from './binary';

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

export function originOf({ file, settings }: Answer<unknown>, item: number): Origin {
	return { item, fileName: file.fileName, settings };
}

/**
 * The items as n8n takes them. The file goes on with its one item (a reference, no copy), so that the next node can
 * use it. Where there are several they would repeat it, and with binary data kept in memory so would n8n's record of
 * the execution.
 * @param field Value of the parameter with the file's field.
 */
export function toOutput(items: ResultItem[], passOn: boolean, { file }: Answer<unknown>, field: unknown): INodeExecutionData[] {
	const binary = file.binary ? { [outputFieldOf(field)]: file.binary } : file.binaries;
	const passedOn = passOn && binary && Object.keys(binary).length > 0 ? { binary } : {};
	return items.map(({ json, pairedItem }) => ({ json: json as IDataObject, pairedItem, ...passedOn }));
}
