/** The voiceprints of items: where they are, whose model they name, and whether they go with the engine. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { isOwnVoiceprint } from '../../voiceprints/encoding';
import { nameOf, parentAt, seenAs, valueAt, type FieldPath } from '../common/path';
import { shortValue } from '../common/read';
import { recordingOf, type Recording } from './recordings';

/** A voiceprint as it stands in an item, not decoded yet. */
export interface Found {
	/** Mostly text; whatever is in the field. */
	voiceprint: unknown;
	/** What the field belongs to: the item, or one of its channels. */
	parent: IDataObject;
}

/** A voiceprint that does not tell about itself. */
export interface Given {
	voiceprint: unknown;
	/** Which recording it is of. */
	recording: Recording;
	/** What stands beside it says that there is no speech behind it. */
	isSilent: boolean;
	/** What stands beside it in the item; null where nothing does. */
	model: string | null;
	/** Seconds. */
	speechLength: number | null;
}

/** Texts of the voiceprints that lie in files of items. */
export interface Files {
	textOf(item: INodeExecutionData, field: string): string | undefined;
}

/** All voiceprints of an item: the one in its field or file, or that of each channel in its list. @throws as `findVoiceprint` */
export function findVoiceprints(item: INodeExecutionData, path: FieldPath, files: Files): Found[] {
	const channels = channelsWith(item, path);
	const isOwn = channels.length < 2 || isThere(valueAt(item.json, path)) || files.textOf(item, path.text) !== undefined;
	return isOwn ? [findVoiceprint(item, path, files)] : channels.map((channel) => inChannel(channel, path));
}

function channelsWith({ json }: INodeExecutionData, path: FieldPath): IDataObject[] {
	const channels = Array.isArray(json.channels) ? (json.channels as IDataObject[]) : [];
	return channels.filter((channel) => isThere(valueAt(channel, path)));
}

const inChannel = (channel: IDataObject, path: FieldPath): Found => ({ voiceprint: valueAt(channel, path), parent: parentAt(channel, path) });

/**
 * Finds the voiceprint of an item: in its field, in its file of that name or, in an item with a list of channels of which
 * one has it, there.
 * @throws VoiceprintError VOICEPRINT_MISSING, INVALID_VOICEPRINT
 */
export function findVoiceprint(item: INodeExecutionData, path: FieldPath, files: Files): Found {
	const { json } = item;
	const voiceprint = valueAt(json, path);
	if (isThere(voiceprint)) return { voiceprint, parent: parentAt(json, path) };
	const text = files.textOf(item, path.text);
	if (text !== undefined) return { voiceprint: text, parent: json };
	const having = channelsWith(item, path);
	const [only] = having;
	if (only && having.length === 1) return inChannel(only, path);
	throw having.length > 1 ? severalChannels(having.length, path) : missing(json, path);
}

/**
 * Adds what stands beside a voiceprint: `voiceprint_2` goes with `model_2` and `speech_length_2`, as n8n's Merge node
 * names fields that are there twice.
 */
export function withNeighbours(item: INodeExecutionData, { voiceprint, parent }: Found, path: FieldPath): Given {
	const suffix = /^voiceprint(.*)$/.exec(nameOf(path))?.[1];
	const field = (name: string) => (suffix === undefined ? undefined : parent[`${name}${suffix}`]);
	const model = field('model');
	const speechLength = secondsOf(field('speech_length'));
	return {
		voiceprint,
		recording: recordingOf(item, parent, suffix),
		model: typeof model === 'string' && model !== '' ? model : null,
		speechLength,
		isSilent: speechLength === 0 || /^"?false"?$/i.test(JSON.stringify(field('has_speech') ?? null)) || tellsSilence(field('warnings')),
	};
}

/** Numbers come back from sheets and CSV files as text, also with a decimal comma. */
function secondsOf(value: unknown): number | null {
	const isNumeric = typeof value === 'string' && /^\s*\d+([.,]\d+)?\s*$/.test(value);
	const length = isNumeric ? Number(value.replace(',', '.')) : value;
	return typeof length === 'number' && length >= 0 ? length : null;
}

/** Warnings of Extract Voiceprint, be they a list or text. */
function tellsSilence(warnings: unknown): boolean {
	return warnings !== undefined && /\b(NO_SPEECH|SILENT_CHANNEL)\b/.test(JSON.stringify(warnings));
}

/**
 * The Speech Platform must not get what it cannot read: it would say less clearly what is wrong.
 * @throws VoiceprintError INVALID_VOICEPRINT
 */
export function textForServer({ voiceprint }: Pick<Given, 'voiceprint'>): string {
	if (typeof voiceprint !== 'string' || voiceprint.trim() === '') {
		throw new VoiceprintError('INVALID_VOICEPRINT', 'The voiceprint must be text', "Give the text that Extract Voiceprint puts into the field 'voiceprint'.");
	}
	if (!isOwnVoiceprint(voiceprint)) return voiceprint.trim();
	throw new VoiceprintError(
		'INVALID_VOICEPRINT',
		'The voiceprint was made by the local engine, and the Speech Platform cannot read it',
		"Set 'Engine' to Local, or make all voiceprints by the Speech Platform API.",
	);
}

function isThere(value: unknown): boolean {
	return value !== undefined && value !== null;
}

function severalChannels(count: number, path: FieldPath): VoiceprintError {
	return new VoiceprintError(
		'VOICEPRINT_MISSING',
		`The item has voiceprints of ${count} channels, and it is not said which one to take`,
		"Set 'Output' of Extract Voiceprint to One Item per Channel, or name one of them here, such as " +
			`channels[0].${short(path.text)}.`,
	);
}

function missing(json: IDataObject, path: FieldPath): VoiceprintError {
	const seen = seenAs(json, path);
	if (seen) {
		const what = `The item has no voiceprint in the field '${short(path.text)}': ${seen.what}`;
		return new VoiceprintError('VOICEPRINT_MISSING', what, seen.remedy);
	}
	const names = Object.keys(json).map((name) => `'${shortValue(name)}'`);
	const shown = names.slice(0, MOST_NAMES).join(', ') + (names.length > MOST_NAMES ? ', …' : '');
	return new VoiceprintError(
		'VOICEPRINT_MISSING',
		`The item has no voiceprint in the field '${short(path.text)}'`,
		names.length === 0 ? 'The item has no fields at all.' : `The item has: ${shown}. Set the parameter to the one with the voiceprint.`,
	);
}

const MOST_NAMES = 30;

/** Where the value was given in place of the name, most of the voiceprint must not get into a message. */
export function short(name: string): string {
	return name.length > 40 ? `${name.slice(0, 12)}… (the name of a field is asked for, not its value)` : name;
}
