/** The voiceprints of all items, for the operations that look at all of them at once. */
import type { INodeExecutionData } from 'n8n-workflow';
import { ModelsDiffer } from '../../voiceprints/gallery';
import { readPath } from '../common/path';
import { errorItem } from '../common/itemLoop';
import type { Reading } from './drivers/driver';
import { VOICEPRINT_FIELD } from './fieldParameters';
import type { Session } from './session';
import { findVoiceprint, withNeighbours, type Given } from './voiceprints';

/** An item and what was read from it. */
export interface Member<T> {
	itemIndex: number;
	value: T;
}

/** A voiceprint that was read, and as what it stands in its item. */
export interface Sourced extends Reading {
	source: Given;
}

/** An output item and the input item whose place it takes. */
export interface Placed {
	place: number;
	item: INodeExecutionData;
}

/**
 * Reads something from each item. An item that fails ends the node or, where it is to go on, becomes an error in its
 * place.
 */
export async function readEach<T>(
	{ ctx, pace }: Session,
	readItem: (itemIndex: number, item: INodeExecutionData) => T,
): Promise<{ members: Array<Member<T>>; failed: Placed[] }> {
	const members: Array<Member<T>> = [];
	const failed: Placed[] = [];
	for (const [itemIndex, item] of ctx.getInputData().entries()) {
		try {
			if (pace.isDue) await pace.rest();
			members.push({ itemIndex, value: readItem(itemIndex, item) });
		} catch (error) {
			failed.push({ place: itemIndex, item: errorItem(ctx, error, itemIndex) });
		}
	}
	return { members, failed };
}

/** Reads a voiceprint from each item; one of another model than the ones before it fails. */
export async function readOfOneModel(session: Session): Promise<{ members: Array<Member<Sourced>>; failed: Placed[] }> {
	const check = sameModel();
	const readItem = voiceprintReader(session);
	return await readEach(session, (itemIndex, item) => {
		const voiceprint = readItem(itemIndex, item);
		check(itemIndex, voiceprint.model);
		return voiceprint;
	});
}

/** In the order of the places. */
export function inPlace(items: Placed[]): INodeExecutionData[] {
	return items.sort((one, other) => one.place - other.place).map(({ item }) => item);
}

/** What has the same key, in the order of first appearance. */
export function gathered<T, K>(list: T[], keyOf: (one: T) => K): Map<K, T[]> {
	const groups = new Map<K, T[]>();
	for (const one of list) {
		const group = groups.get(keyOf(one));
		if (group) group.push(one);
		else groups.set(keyOf(one), [one]);
	}
	return groups;
}

/** Reads the items' voiceprints. */
export function voiceprintReader({ ctx, driver, files }: Session): (itemIndex: number, item: INodeExecutionData) => Sourced {
	const path = readPath(ctx, 0, VOICEPRINT_FIELD);
	return (_, item) => {
		const source = withNeighbours(item, findVoiceprint(item, path, files), path);
		return { ...driver.read(source), source };
	};
}

/**
 * Refuses the first item whose model is not that of the ones before it.
 * @returns a check to be called item by item
 */
export function sameModel(): (itemIndex: number, model: string | null) => void {
	let first: { itemIndex: number; model: string } | undefined;
	return (itemIndex, model) => {
		if (model === null) return;
		first ??= { itemIndex, model };
		if (first.model === model) return;
		const both = `'${first.model}' (item ${first.itemIndex}) and '${model}' (item ${itemIndex})`;
		throw new ModelsDiffer(first.model, model, `The voiceprints are of different models: ${both}`);
	};
}
