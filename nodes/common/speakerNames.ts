/** Whose voiceprints the items of a second input are. */
import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { parsePath, seenAs, valueAt, type FieldPath } from './path';

/** Where Extract Voiceprint says which file it heard. */
export const FILE_NAME = 'file_name';

export interface SpeakerNames {
	/** Undefined for an item without a name. */
	of(item: INodeExecutionData): string | undefined;
	/** Said in the editor where names of files stand for the speakers. */
	hint?: { code: 'NAMED_BY_FILE'; message: string };
}

export function isName(value: unknown): value is string | number {
	return (typeof value === 'string' && value.trim() !== '') || typeof value === 'number';
}

/**
 * Items of Extract Voiceprint have no name; where nobody has said in which field one is, the names of their files stand
 * for the speakers. Two channels of a file are mostly two people.
 * @param path what the parameter says
 */
export function speakerNames(items: INodeExecutionData[], parameter: INodeProperties, path: FieldPath): SpeakerNames {
	const isNamed = path.text !== parameter.default || items.some(({ json }) => valueAt(json, path) !== undefined || seenAs(json, path));
	if (isNamed || !items.some(({ json }) => isName(json[FILE_NAME]))) return { of: ({ json }) => textAt(json, path) };
	const channels = new Map<unknown, Set<unknown>>();
	for (const { json } of items) channels.set(json[FILE_NAME], (channels.get(json[FILE_NAME]) ?? new Set()).add(json.channel_number));
	const message =
		`No item has a field '${path.text}' that says who it is, so the names of the files stand for the speakers. Set ` +
		`'${parameter.displayName}' to the field with the name`;
	return {
		of({ json }) {
			const name = textAt(json, parsePath(FILE_NAME));
			const isSeveral = channels.get(json[FILE_NAME])!.size > 1;
			return name !== undefined && isSeveral ? `${name}, channel ${json.channel_number as number | string}` : name;
		},
		hint: { code: 'NAMED_BY_FILE', message },
	};
}

function textAt(json: INodeExecutionData['json'], path: FieldPath): string | undefined {
	const value = valueAt(json, path);
	return isName(value) ? String(value) : undefined;
}
