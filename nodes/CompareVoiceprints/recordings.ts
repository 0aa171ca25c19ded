/** What says which recording a voiceprint is of, as far as its item says so; and whether two are of the same one. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { shortName } from '../../errors';
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

/**
 * The recording as Extract Voiceprint numbers them. Its number counts from 0 in each run of that node, so what else it
 * says of the recording goes with it; a file's name alone says little, as in every mailbox there is a `voice.wav`.
 */
export function recordingKey({ file_index, file_name, duration, task_id }: IDataObject): string | undefined {
	if (file_index === undefined || file_index === null || file_index === '') return undefined;
	// Numbers come back from tables as text.
	return [file_index, file_name, duration, task_id].map((value) => String(value as string)).join('/');
}

/**
 * Which items are the channels of one recording.
 * @returns places in the list, recording by recording; an item that does not say so is a recording of its own
 */
export function recordingsIn(items: INodeExecutionData[]): number[][] {
	const recordings: number[][] = [];
	const byKey = new Map<string, number[]>();
	for (const [place, { json }] of items.entries()) {
		const key = recordingKey(json);
		const known = key === undefined ? undefined : byKey.get(key);
		// A channel that is there twice is of two recordings that look the same.
		if (known && known.every((other) => items[other]!.json.channel_number !== json.channel_number)) {
			known.push(place);
			continue;
		}
		const own = [place];
		recordings.push(own);
		if (key !== undefined) byKey.set(key, own);
	}
	return recordings;
}

/** Such as `call.wav, channel 1`; empty where nothing is known. */
export function recordingText({ file_name, channel_number }: Recording): string {
	return [
		...(typeof file_name === 'string' && file_name !== '' ? [shortName(file_name)] : []),
		...(typeof channel_number === 'number' || typeof channel_number === 'string' ? [`channel ${channel_number}`] : []),
	].join(', ');
}

/** Such as `2 (call.wav, channel 1)`: the item, and what is known of it. */
export function memberText(itemIndex: number, recording: Recording): string {
	const known = recordingText(recording);
	return `${itemIndex}${known === '' ? '' : ` (${known})`}`;
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
