/** What says which recording a voiceprint is of, as far as its item says so; and whether two are of the same one. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { CompareWarning } from './warnings';

/** Null where nobody knows. */
export interface Recording extends IDataObject {
	file_name: IDataObject[string];
	channel_number: IDataObject[string];
}

/**
 * @param parent what the voiceprint's field belongs to: the item, or one of its channels
 * @param suffix behind the names of the fields, such as `_2`
 */
export function recordingOf({ json }: INodeExecutionData, parent: IDataObject = json, suffix = ''): Recording {
	const field = (name: string) => parent[`${name}${suffix}`] ?? json[`${name}${suffix}`] ?? null;
	return { file_name: field('file_name'), channel_number: field('channel_number') };
}

/** Two recordings of one speaker are never that alike; one whose voiceprint was made twice is. */
const ONE_RECORDING = 0.9999;

export function isOneRecording(one: unknown, other: unknown, cosine?: number): boolean {
	return (typeof one === 'string' && one === other) || (cosine !== undefined && cosine > ONE_RECORDING);
}

/** @param who what is the same, such as `The voiceprint of item 3` */
export function sameVoiceprint(who: string): CompareWarning {
	return {
		code: 'SAME_VOICEPRINT',
		message: `${who} is the very same: a recording meets itself, which says nothing about a speaker`,
	};
}

/** For each voiceprint that is there more than once, in a list, the place of another one; undefined for the others. */
export function repeated(voiceprints: unknown[]): Array<number | undefined> {
	const first = new Map<unknown, number>();
	const other: Array<number | undefined> = voiceprints.map(() => undefined);
	for (const [place, voiceprint] of voiceprints.entries()) {
		const known = first.get(voiceprint);
		if (known === undefined) first.set(voiceprint, place);
		else [other[place], other[known]] = [known, other[known] ?? place];
	}
	return other;
}
