/** The gallery of Identify: who is in it, and how alike a voiceprint is to each of them. Read once per execution. */
import type { INodeExecutionData } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { Gallery, ModelsDiffer } from '../../voiceprints/gallery';
import { valueAt, type FieldPath } from '../common/path';
import type { Session } from './session';
import { GALLERY_FIELD, NAME_FIELD } from './fieldParameters';
import { findVoiceprint, readPath, short, textForServer, withNeighbours, type Found } from './voiceprints';
import type { CompareWarning } from './warnings';

/** Speakers by entry of the gallery. */
export interface Speakers {
	/** Names, each once. */
	names: string[];
	/** Of each entry, the index of its name. */
	labels: number[];
	/** Of each entry, the index of its item. */
	items: number[];
	/** What was left out. */
	warnings: CompareWarning[];
	model: string | null;
}

export interface LocalSpeakers extends Speakers {
	gallery: Gallery;
}

export interface ServerSpeakers extends Speakers {
	texts: string[];
	/** Seconds. */
	speechLengths: Array<number | null>;
}

/** Left-out entries that a warning names. */
const MOST_NAMED = 5;

export async function localSpeakers(session: Session): Promise<LocalSpeakers> {
	const gallery = new Gallery(session.ctx.getInputData(1).length);
	const speakers = await readEntries(session, ({ voiceprint }) => gallery.add(voiceprint));
	return { ...speakers, gallery, model: gallery.model ?? null };
}

export async function serverSpeakers(session: Session): Promise<ServerSpeakers> {
	const texts: string[] = [];
	const speechLengths: Array<number | null> = [];
	let model: string | null = null;
	const speakers = await readEntries(session, (found, path) => {
		const given = withNeighbours(found, path);
		const text = textForServer(given);
		if (model !== null && given.model !== null && given.model !== model) throw new ModelsDiffer(model, given.model);
		model ??= given.model;
		texts.push(text);
		speechLengths.push(given.speechLength);
	});
	return { ...speakers, texts, speechLengths, model };
}

/**
 * Reads the items of the gallery. One that is bad is left out and reported, so that a single one does not stop
 * everything; where most are bad, the parameters are, and an answer would mislead.
 * @param add takes an entry, or throws what is wrong with it
 */
async function readEntries(session: Session, add: (found: Found, path: FieldPath) => void): Promise<Speakers> {
	const { ctx, pace } = session;
	const entries = ctx.getInputData(1);
	if (entries.length === 0) throw noGallery();
	const field = readPath(ctx, 0, GALLERY_FIELD);
	const nameField = readPath(ctx, 0, NAME_FIELD);
	const labelOf = new Map<string, number>();
	const speakers: Speakers = { names: [], labels: [], items: [], warnings: [], model: null };
	const bad: Array<{ index: number; error: Error }> = [];
	for (let index = 0; index < entries.length; index++) {
		if ((index & 63) === 0 && pace.isDue) await pace.rest();
		try {
			const entry = entries[index]!;
			const name = nameAt(entry, nameField);
			add(findVoiceprint(entry, field), field);
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
	if (bad.length * 2 > entries.length) throw mostlyBad(bad, entries.length);
	if (bad.length > 0) speakers.warnings.push({ code: 'ENTRY_SKIPPED', message: leftOut(bad, entries.length) });
	return speakers;
}

function nameAt({ json }: INodeExecutionData, path: FieldPath): string {
	const name = valueAt(json, path);
	if ((typeof name === 'string' && name.trim() !== '') || typeof name === 'number') return String(name);
	throw new VoiceprintError('VOICEPRINT_MISSING', `The item has no name in the field '${short(path.text)}'`);
}

function leftOut(bad: Array<{ index: number; error: Error }>, total: number): string {
	const named = bad.slice(0, MOST_NAMED).map(({ index, error }) => `item ${index} (${error.message})`);
	const more = bad.length > MOST_NAMED ? ` and ${bad.length - MOST_NAMED} more` : '';
	return `${bad.length} of ${total} entries of the gallery were left out: ${named.join(', ')}${more}`;
}

function mostlyBad(bad: Array<{ index: number; error: Error }>, total: number): VoiceprintError {
	const { code, description = '' } = bad[0]!.error as VoiceprintError;
	return new VoiceprintError(code, `The gallery cannot be used: ${leftOut(bad, total)}`, `Of the first one: ${description}`);
}

function mixed({ one, other }: ModelsDiffer, index: number): VoiceprintError {
	return new VoiceprintError(
		'MODELS_DIFFER',
		`The gallery has voiceprints of different models: '${one}' and, in item ${index}, '${other}'`,
		'Voiceprints of different models cannot be compared. Make all voiceprints of the gallery again with the same model.',
	);
}

function noGallery(): VoiceprintError {
	return new VoiceprintError(
		'VOICEPRINT_MISSING',
		"No item came to the input 'Gallery'",
		"Connect the node that gives the known speakers' voiceprints, one item each, to the second input.",
	);
}
