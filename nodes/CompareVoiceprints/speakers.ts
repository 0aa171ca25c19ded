/** The gallery of Identify: who is in it, and how alike a voiceprint is to each of them. Read once per execution. */
import type { INodeExecutionData } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { ModelsDiffer } from '../../voiceprints/gallery';
import { readPath, seenAs, type FieldPath } from '../common/path';
import { choice, readCollection } from '../common/read';
import type { Entries } from './drivers/driver';
import { GALLERY_FIELD, NAME_FIELD } from './fieldParameters';
import { EMPTY_GALLERY, OPTIONS } from './parameters';
import { readSecondInput } from '../common/secondInput';
import { FILE_NAME, isName, speakerNames } from '../common/speakerNames';
import type { Recording } from './recordings';
import type { Session } from './session';
import { findVoiceprint, short, withNeighbours, type Given } from './voiceprints';
import { speechLengthUnknown, type CompareWarning } from './warnings';

/** The input's name in the editor. */
const LABEL = 'Gallery';

/** Speakers by entry of the gallery. */
export interface Speakers {
	entries: Entries;
	/** Names, each once. */
	names: string[];
	/** Of each entry, the index of its name. */
	labels: number[];
	/** Of each entry, the index of its item. */
	items: number[];
	/** Of each entry, which recording it is of. */
	recordings: Recording[];
	/** By text, the first entry with it. */
	entryOf: Map<unknown, number>;
	/** What was left out, or that there is nothing. */
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
	session: Session,
	probeOf: (itemIndex: number) => Given,
): Promise<Speakers> {
	const { ctx, pace, driver, files } = session;
	const isToFail = choice(EMPTY_GALLERY, readCollection(ctx, 0, OPTIONS).emptyGallery ?? EMPTY_GALLERY.default) === 'fail';
	const { items: gallery } = readSecondInput(session, LABEL);
	if (gallery.length === 0 && isToFail) throw noGallery();
	const field = readPath(ctx, 0, GALLERY_FIELD);
	const nameField = readPath(ctx, 0, NAME_FIELD);
	const names = speakerNames(gallery, NAME_FIELD, nameField);
	if (names.hint) session.hint(0, names.hint);
	const labelOf = new Map<string, number>();
	const entries = driver.entries(gallery.length, probeOf, ctx.getInputData().keys());
	const speakers: Speakers = { entries, names: [], labels: [], items: [], recordings: [], entryOf: new Map(), warnings: [] };
	if (gallery.length === 0) speakers.warnings.push(EMPTY);
	const bad: Array<{ index: number; error: VoiceprintError }> = [];
	for (const [index, entry] of gallery.entries()) {
		if ((index & 63) === 0 && pace.isDue) await pace.rest();
		try {
			const name = names.of(entry);
			if (name === undefined) throw noName(entry, nameField);
			const given = withNeighbours(entry, findVoiceprint(entry, field, files), field);
			entries.add(given);
			if (!speakers.entryOf.has(given.voiceprint)) speakers.entryOf.set(given.voiceprint, speakers.items.length);
			const label = labelOf.get(name) ?? speakers.names.push(name) - 1;
			labelOf.set(name, label);
			speakers.labels.push(label);
			speakers.items.push(index);
			speakers.recordings.push(given.recording);
		} catch (error) {
			const isBadEntry = error instanceof VoiceprintError && !(error instanceof ModelsDiffer);
			if (!isBadEntry) throw error instanceof ModelsDiffer ? mixed(error, index) : error;
			bad.push({ index, error });
		}
	}
	// Silence is nobody's mistake: a channel without speech comes with each recording of a call that was not answered.
	const faults = bad.filter(({ error }) => error.code !== 'EMPTY_VOICEPRINT');
	if (faults.length * 2 > gallery.length || (bad.length > 0 && bad.length === gallery.length)) throw mostlyBad(bad, gallery.length);
	if (bad.length > 0) speakers.warnings.push({ code: 'ENTRY_SKIPPED', message: leftOut(bad, gallery.length) });
	sayWhatIsUnknown(session, entries);
	return speakers;
}

const EMPTY: CompareWarning = { code: 'EMPTY_GALLERY', message: 'The gallery is empty, so that nobody can be identified' };

/** Of a server's voiceprints, only what stands beside them tells that there is no speech behind them. */
function sayWhatIsUnknown(session: Session, { sides, size }: Entries): void {
	if (session.driver.name === 'local') return;
	let unknown = 0;
	for (let entry = 0; entry < size; entry++) if (sides[entry]!.speechLength === null) unknown += 1;
	if (unknown > 0) session.hint(0, speechLengthUnknown(`${unknown} of ${size} entries of the gallery`));
}

function noName({ json }: INodeExecutionData, path: FieldPath): VoiceprintError {
	const seen = seenAs(json, path);
	return new VoiceprintError(
		'VOICEPRINT_MISSING',
		`The item has no name in the field '${short(path.text)}'${seen ? `: ${seen.what}` : ''}`,
		seen?.remedy ?? `Set '${NAME_FIELD.displayName}' to the field that says who it is${isName(json[FILE_NAME]) ? `, such as ${FILE_NAME}` : ''}.`,
	);
}

function leftOut(bad: Array<{ index: number; error: VoiceprintError }>, total: number): string {
	const named = bad.slice(0, MOST_NAMED).map(({ index, error }) => `item ${index} (${error.message})`);
	const more = bad.length > MOST_NAMED ? ` and ${bad.length - MOST_NAMED} more` : '';
	return `${bad.length} of ${total} entries of the gallery were left out: ${named.join(', ')}${more}`;
}

function mostlyBad(bad: Array<{ index: number; error: VoiceprintError }>, total: number): VoiceprintError {
	const { code, description } = bad[0]!.error;
	return new VoiceprintError(code, `The gallery cannot be used: ${leftOut(bad, total)}`, description);
}

function mixed(error: ModelsDiffer, index: number): ModelsDiffer {
	const { one, other } = error;
	return error.told(`The gallery has voiceprints of different models: '${one}' and, in item ${index}, '${other}'`);
}

function noGallery(): VoiceprintError {
	return new VoiceprintError(
		'VOICEPRINT_MISSING',
		`No item came to the input '${LABEL}'`,
		`The node that gives the known speakers' voiceprints gave none. To go on with everybody unknown, set '${EMPTY_GALLERY.displayName}' so. ` +
			'In a loop, the gallery must come in the first round, or in each.',
	);
}
