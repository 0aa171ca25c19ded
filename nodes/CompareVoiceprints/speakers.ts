/** The gallery of Identify: who is in it, and how alike a voiceprint is to each of them. Read once per execution. */
import type { INodeExecutionData } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { ModelsDiffer } from '../../voiceprints/gallery';
import { valueAt, type FieldPath } from '../common/path';
import type { Entries } from './drivers/driver';
import { GALLERY_FIELD, NAME_FIELD } from './fieldParameters';
import type { Session } from './session';
import { findVoiceprint, readPath, short, withNeighbours, type Given } from './voiceprints';
import type { CompareWarning } from './warnings';

/** Speakers by entry of the gallery. */
export interface Speakers {
	entries: Entries;
	/** Names, each once. */
	names: string[];
	/** Of each entry, the index of its name. */
	labels: number[];
	/** Of each entry, the index of its item. */
	items: number[];
	/** What was left out. */
	warnings: CompareWarning[];
}

/** Left-out entries that a warning names. */
const MOST_NAMED = 5;

/**
 * Reads the items of the gallery. One that is bad is left out and reported, so that a single one does not stop
 * everything; where most are bad, the parameters are, and an answer would mislead.
 * @param probeOf the voiceprint of an item that will be looked up
 */
export async function readSpeakers(
	{ ctx, pace, driver }: Session,
	probeOf: (itemIndex: number) => Given,
): Promise<Speakers> {
	const gallery = ctx.getInputData(1);
	if (gallery.length === 0) throw noGallery();
	const field = readPath(ctx, 0, GALLERY_FIELD);
	const nameField = readPath(ctx, 0, NAME_FIELD);
	const labelOf = new Map<string, number>();
	const entries = driver.entries(gallery.length, probeOf, ctx.getInputData().keys());
	const speakers: Speakers = { entries, names: [], labels: [], items: [], warnings: [] };
	const bad: Array<{ index: number; error: VoiceprintError }> = [];
	for (const [index, entry] of gallery.entries()) {
		if ((index & 63) === 0 && pace.isDue) await pace.rest();
		try {
			const name = nameAt(entry, nameField);
			entries.add(withNeighbours(findVoiceprint(entry, field), field));
			const label = labelOf.get(name) ?? speakers.names.push(name) - 1;
			labelOf.set(name, label);
			speakers.labels.push(label);
			speakers.items.push(index);
		} catch (error) {
			const isBadEntry = error instanceof VoiceprintError && !(error instanceof ModelsDiffer);
			if (!isBadEntry) throw error instanceof ModelsDiffer ? mixed(error, index) : error;
			bad.push({ index, error });
		}
	}
	if (bad.length * 2 > gallery.length) throw mostlyBad(bad, gallery.length);
	if (bad.length > 0) speakers.warnings.push({ code: 'ENTRY_SKIPPED', message: leftOut(bad, gallery.length) });
	return speakers;
}

function nameAt({ json }: INodeExecutionData, path: FieldPath): string {
	const name = valueAt(json, path);
	if ((typeof name === 'string' && name.trim() !== '') || typeof name === 'number') return String(name);
	throw new VoiceprintError('VOICEPRINT_MISSING', `The item has no name in the field '${short(path.text)}'`);
}

function leftOut(bad: Array<{ index: number; error: VoiceprintError }>, total: number): string {
	const named = bad.slice(0, MOST_NAMED).map(({ index, error }) => `item ${index} (${error.message})`);
	const more = bad.length > MOST_NAMED ? ` and ${bad.length - MOST_NAMED} more` : '';
	return `${bad.length} of ${total} entries of the gallery were left out: ${named.join(', ')}${more}`;
}

function mostlyBad(bad: Array<{ index: number; error: VoiceprintError }>, total: number): VoiceprintError {
	const { code, description = '' } = bad[0]!.error;
	return new VoiceprintError(code, `The gallery cannot be used: ${leftOut(bad, total)}`, `Of the first one: ${description}`);
}

function mixed(error: ModelsDiffer, index: number): ModelsDiffer {
	const { one, other } = error;
	return error.told(`The gallery has voiceprints of different models: '${one}' and, in item ${index}, '${other}'`);
}

function noGallery(): VoiceprintError {
	return new VoiceprintError(
		'VOICEPRINT_MISSING',
		"No item came to the input 'Gallery'",
		"Connect the node that gives the known speakers' voiceprints, one item each, to the second input.",
	);
}
