/** One item for a task that has no result yet, in every output form: with it, the result can be fetched later. */
import { head } from './common';
import type { Origin, ResultItem, TaskReference } from './types';

/** Whether this is all there is so far. */
export function isTaskReference(result: object): result is TaskReference {
	return !('channels' in result);
}

export function taskItem(task: TaskReference, origin: Origin): ResultItem {
	return { json: head(task, origin), pairedItem: { item: origin.item } };
}
