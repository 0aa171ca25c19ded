/** Which item of the second input belongs to which of the first, for Verify: by a field, or by position where that is clear. */
import type { INodeExecutionData } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { readPath, seenAs, valueAt, type FieldPath } from '../common/path';
import { read, shortValue } from '../common/read';
import { itemsAsGiven } from '../common/wiring';
import { MATCH_BY_FIELD } from './fieldParameters';
import { readSecondInput, type SecondInput } from '../common/secondInput';
import { recordingsIn } from './recordings';
import type { Session } from './session';

export interface Partner {
	item: INodeExecutionData;
	/** Its place in the second input. */
	index: number;
	/** By which value the two were matched; null where they were not matched by a field. */
	matchedBy: string | null;
}

export interface Pairs {
	/**
	 * What an item is to be compared with: one item, or each channel of one recording.
	 * @throws VoiceprintError PAIRS_UNCLEAR, VOICEPRINT_MISSING
	 */
	partnersOf(itemIndex: number): Partner[];
	/** All items of the first input that are of the same recording. */
	recordingOf(itemIndex: number): number[];
}

const LABEL = 'Compare With';

const HOW_TO_MATCH =
	`Set '${LABEL}' to Second Input and '${MATCH_BY_FIELD.displayName}' to a field that says in both inputs which items belong together, ` +
	'such as the ID of a customer. To look each voiceprint up among several, use the operation Identify.';

export function readPairs(session: Session): Pairs {
	const second = readSecondInput(session, LABEL);
	if (second.items.length === 0) {
		throw new VoiceprintError(
			'VOICEPRINT_MISSING',
			'No item came to the second input',
			'Check the node that gives the voiceprints to compare with, mostly an Extract Voiceprint for the other recording. In a loop, it must give them in the first round.',
		);
	}
	const field = read(session.ctx, 0, MATCH_BY_FIELD);
	return field === '' ? byPosition(session, second) : byField(session, second, readPath(session.ctx, 0, MATCH_BY_FIELD));
}

/** Recordings stand beside each other by their place, and each channel of the one beside each of the other. */
function byPosition(session: Session, { items, isEarlier }: SecondInput): Pairs {
	const input = session.ctx.getInputData();
	const [ones, others] = [recordingsIn(input), recordingsIn(items)];
	const placeOf = new Map(ones.flatMap((recording, place) => recording.map((itemIndex) => [itemIndex, place] as const)));
	const isShared = others.length === 1;
	if (isShared && ones.length > 1) {
		session.hint(0, { code: 'ONE_FOR_ALL', message: `All ${input.length} items were compared with the only one of the second input` });
	}
	const isShifted =
		ones.length === others.length &&
		areShifted(sourcesOf(ones, input, itemsAsGiven(session.ctx, 0)), sourcesOf(others, items, itemsAsGiven(session.ctx, 1)));
	return {
		recordingOf: (itemIndex) => ones[placeOf.get(itemIndex)!]!,
		partnersOf(itemIndex) {
			if (isEarlier && !isShared) throw unclear('In the later rounds of a loop, nobody knows which items of the second input belong to these');
			if (!isShared && ones.length !== others.length) throw unclear(countsDiffer(input.length, items.length, ones.length, others.length));
			if (isShifted && !isShared) throw unclear('An item was lost before one of the inputs, so that the same places are no longer of the same');
			const recording = others[isShared ? 0 : placeOf.get(itemIndex)!]!;
			return recording.map((index) => ({ item: items[index]!, index, matchedBy: null }));
		},
	};
}

/**
 * Of each recording, the item that it was made of, where anything says so: Extract Voiceprint in the item, and n8n of what
 * the node before gave.
 */
function sourcesOf(recordings: number[][], items: INodeExecutionData[], given: INodeExecutionData[] | undefined): Array<number | undefined> {
	const isWhole = given?.length === items.length;
	return recordings.map(([first]) => {
		const index = items[first!]!.json.file_index;
		if (index !== undefined && index !== null && index !== '' && Number.isInteger(Number(index))) return Number(index);
		return isWhole ? sourceOf(given[first!]!) : undefined;
	});
}

function countsDiffer(items: number, others: number, recordings: number, otherRecordings: number): string {
	const areItems = items === recordings && others === otherRecordings;
	const counts = areItems ? `The inputs have ${items} and ${others} items` : `The inputs have items of ${recordings} and ${otherRecordings} recordings`;
	return `${counts}, so that nobody knows which ones belong together`;
}

/**
 * Whether items of one side were left out on the way, and others of the other side: as many are left on both, but they
 * have moved up. n8n says of which item of its input a node made each one.
 */
function areShifted(one: Array<number | undefined>, other: Array<number | undefined>): boolean {
	if ([...one, ...other].includes(undefined)) return false;
	const isDifferent = one.some((source, place) => source !== other[place]);
	return isDifferent && (hasGap(one as number[]) || hasGap(other as number[]));
}

function sourceOf({ pairedItem }: INodeExecutionData): number | undefined {
	if (typeof pairedItem === 'number') return pairedItem;
	return Array.isArray(pairedItem) ? undefined : pairedItem?.item;
}

/** Several items may be of one. */
function hasGap(sources: number[]): boolean {
	return new Set(sources).size !== sources.reduce((most, source) => Math.max(most, source), 0) + 1;
}

function byField(session: Session, { items }: SecondInput, path: FieldPath): Pairs {
	const places = new Map<string, number[]>();
	for (const [index, { json }] of items.entries()) {
		const value = keyOf(valueAt(json, path));
		if (value !== undefined) places.set(value, [...(places.get(value) ?? []), index]);
	}
	const input = session.ctx.getInputData();
	const wanted = new Set(input.map(({ json }) => keyOf(valueAt(json, path))));
	const left = [...places].filter(([value]) => !wanted.has(value)).flatMap(([, indices]) => indices);
	if (left.length > 0) {
		const message = `${left.length} items of the second input belong to no item of the first, such as item ${left[0]!}`;
		session.hint(0, { code: 'NOT_MATCHED', message });
	}
	return {
		recordingOf: (itemIndex) => [itemIndex],
		partnersOf(itemIndex) {
			const value = keyOf(valueAt(input[itemIndex]!.json, path));
			if (value === undefined) throw noValue('The item', input[itemIndex]!, path);
			const found = places.get(value) ?? [];
			const [index] = found;
			if (index === undefined) throw places.size === 0 ? noValue('No item of the second input', items[0]!, path) : noPartner(value, path);
			if (found.length > 1) throw severalPartners(value, path, found);
			return [{ item: items[index]!, index, matchedBy: value }];
		},
	};
}

/** Numbers come back from tables as text. */
function keyOf(value: unknown): string | undefined {
	const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
	return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

function unclear(message: string, description = HOW_TO_MATCH): VoiceprintError {
	return new VoiceprintError('PAIRS_UNCLEAR', message, description);
}

function noValue(who: string, { json }: INodeExecutionData, path: FieldPath): VoiceprintError {
	const seen = seenAs(json, path);
	const verb = who === 'The item' ? 'has nothing' : 'has anything';
	return new VoiceprintError(
		'PAIRS_UNCLEAR',
		`${who} ${verb} in the field '${shortValue(path.text)}', by which to match${seen ? `: ${seen.what}` : ''}`,
		seen?.remedy ?? `Set '${MATCH_BY_FIELD.displayName}' to a field that the items of both inputs have.`,
	);
}

function noPartner(value: string, path: FieldPath): VoiceprintError {
	return new VoiceprintError(
		'VOICEPRINT_MISSING',
		`No item of the second input has '${shortValue(value)}' in the field '${shortValue(path.text)}'`,
		'There is nothing to compare it with. The node before the second input may have left it out, or writes the value otherwise.',
	);
}

function severalPartners(value: string, path: FieldPath, indices: number[]): VoiceprintError {
	const shown = indices.slice(0, 5).join(', ') + (indices.length > 5 ? ', …' : '');
	return unclear(
		`${indices.length} items of the second input have '${shortValue(value)}' in the field '${shortValue(path.text)}' (items ${shown})`,
		'Make one voiceprint of them before, by the operation Merge with the same field in Group By Field.',
	);
}
