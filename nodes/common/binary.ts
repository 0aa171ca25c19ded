/**
 * The file of an item, streamed from n8n's binary storage. Only n8n's helpers know where a file is: in the item, on
 * disk, in the database or, with the workflow setting for combined binary data, inside the item's JSON.
 */
import { createWriteStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BINARY_IN_JSON_PROPERTY, isBinaryValue, type IBinaryData, type IExecuteFunctions } from 'n8n-workflow';
import { canceled, shortName, textOf, VoiceprintError } from '../../errors';
import { describeFault, isDiskFull } from '../../systemFaults';
import { BINARY_PROPERTY_NAME } from './mediaParameters';

/** Bytes per read from n8n's storage, where it streams. */
const CHUNK_SIZE = 256 * 1024;

/** The owner alone may read what the engine works on: recordings are personal data. */
const PRIVATE = 0o600;

export interface InputFile {
	/** Where the copy is. */
	path: string;
	/** What n8n knows about the file, such as its name and type. */
	binary: IBinaryData;
}

/**
 * Finds the file of an item.
 * @param field The value of the parameter: the field's name, or the file itself where an expression gives one.
 * @throws VoiceprintError BINARY_FIELD_MISSING, which names the field and the fields there are.
 */
export function findBinary(ctx: IExecuteFunctions, itemIndex: number, field: unknown): IBinaryData {
	const label = BINARY_PROPERTY_NAME.displayName;
	if (isBinaryValue(field)) return ctx.helpers.assertBinaryData(itemIndex, field);
	if (typeof field !== 'string' || field.trim() === '') {
		throw new VoiceprintError(
			'BINARY_FIELD_MISSING',
			`'${label}' must be the name of a field that holds a file`,
			hintAboutFields(ctx, itemIndex),
		);
	}
	// n8n keeps the files of combined mode under one JSON field; the plain name is what users know.
	// In that mode, files that n8n holds in memory stay beside the JSON, where its helper does not look.
	const beside = ctx.getInputData()[itemIndex]?.binary?.[field];
	for (const place of [field, `${BINARY_IN_JSON_PROPERTY}.${field}`, ...(beside ? [beside] : [])]) {
		const found = attempt(() => ctx.helpers.assertBinaryData(itemIndex, place));
		if (found) return found;
	}
	throw new VoiceprintError(
		'BINARY_FIELD_MISSING',
		`The item has no file in the field '${field}'`,
		hintAboutFields(ctx, itemIndex),
	);
}

/**
 * Copies the file of an item into a private folder, never holding it whole in memory where n8n does not do so already.
 * @param field The field's name, or the file itself.
 * @param folder An existing folder that only this item uses.
 * @throws VoiceprintError BINARY_FIELD_MISSING, BINARY_NOT_READABLE, EMPTY_FILE, NO_DISK_SPACE, TEMPORARY_FILE, CANCELED
 */
export async function writeBinaryToFile(
	ctx: IExecuteFunctions,
	itemIndex: number,
	field: unknown,
	folder: string,
): Promise<InputFile> {
	const signal = ctx.getExecutionCancelSignal();
	const binary = findBinary(ctx, itemIndex, field);
	const path = join(folder, 'input');
	try {
		if (binary.id) {
			await copy(await openStream(ctx, binary), path, binary, signal);
		} else {
			await writeFile(path, await readBuffer(ctx, itemIndex, binary), { mode: PRIVATE, flag: 'wx', signal });
		}
	} catch (error) {
		if (signal?.aborted) throw canceled();
		throw error instanceof VoiceprintError ? error : notWritable(error);
	}
	if ((await stat(path)).size > 0) return { path, binary };
	throw emptyFile(binary);
}

/** Streams into a new file. What the source throws and what the disk throws are told apart: the remedies differ. */
async function copy(source: Readable, path: string, binary: IBinaryData, signal?: AbortSignal): Promise<void> {
	let sourceError: Error | undefined;
	source.once('error', (error) => (sourceError = error));
	const target = createWriteStream(path, { mode: PRIVATE, flags: 'wx' });
	let targetError: Error | undefined;
	// The pipeline destroys the source with the target's error, so the first to speak is the cause.
	target.once('error', (error) => (targetError = sourceError ? undefined : error));
	try {
		await pipeline(source, target, { signal });
	} catch (error) {
		throw targetError ?? notReadable(binary, error);
	}
}

/** The content of a file that has an `id`: n8n keeps it outside of the item. */
export async function openStream(
	ctx: IExecuteFunctions,
	binary: IBinaryData,
	chunkSize = CHUNK_SIZE,
): Promise<Readable> {
	return await readable(binary, async () => await ctx.helpers.getBinaryStream(binary.id!, chunkSize));
}

/** The content of any file, whole. */
export async function readBuffer(ctx: IExecuteFunctions, itemIndex: number, binary: IBinaryData): Promise<Buffer> {
	return await readable(binary, async () => await ctx.helpers.getBinaryDataBuffer(itemIndex, binary));
}

/** What `read` reads from n8n's storage. Throws BINARY_NOT_READABLE where storage does. */
export async function readable<T>(binary: IBinaryData, read: () => Promise<T>): Promise<T> {
	try {
		return await read();
	} catch (error) {
		throw notReadable(binary, error);
	}
}

export function emptyFile(binary: IBinaryData): VoiceprintError {
	return new VoiceprintError(
		'EMPTY_FILE',
		`${nameOf(binary)} is empty (0 bytes)`,
		'Check the node that downloads or creates it.',
	);
}

export function notReadable(binary: IBinaryData, error: unknown): VoiceprintError {
	return new VoiceprintError(
		'BINARY_NOT_READABLE',
		`${nameOf(binary)} could not be read from n8n's binary data storage`,
		'It may have been pruned with its execution, or this worker may not share the storage with the one that stored ' +
			`it. Run the node that provides the file again. Detail: ${textOf(error)}`,
	);
}

function notWritable(error: unknown): VoiceprintError {
	const detail = `Detail: ${describeFault(error)}.`;
	if (isDiskFull(error)) {
		return new VoiceprintError(
			'NO_DISK_SPACE',
			'No space is left on the disk for the temporary copy of the file',
			`Free some space in the temporary folder of the machine that runs n8n, or set TMPDIR to another. ${detail}`,
		);
	}
	return new VoiceprintError(
		'TEMPORARY_FILE',
		'The temporary copy of the file could not be written',
		`n8n needs write access to the temporary folder of its machine (TMPDIR). ${detail}`,
	);
}

function nameOf({ fileName }: IBinaryData): string {
	return fileName ? `The file "${shortName(fileName)}"` : 'The file';
}

/**
 * The field in which an output item passes the file on: the one it came in, under its plain name.
 * @param field The value of the parameter, as for `findBinary`.
 */
export function outputFieldOf(field: unknown): string {
	if (typeof field !== 'string') return BINARY_PROPERTY_NAME.default as string;
	const prefix = `${BINARY_IN_JSON_PROPERTY}.`;
	return field.startsWith(prefix) ? field.slice(prefix.length) : field;
}

/** What the item does have, for the user to choose from, in every binary mode. */
function hintAboutFields(ctx: IExecuteFunctions, itemIndex: number): string {
	const item = ctx.getInputData()[itemIndex];
	const inJson = item?.json[BINARY_IN_JSON_PROPERTY];
	const names = Object.keys({ ...item?.binary, ...(typeof inJson === 'object' ? inJson : {}) });
	if (names.length === 0) return 'This item has no file at all. Check that the node before this one outputs files.';
	const list = names.map((name) => `'${name}'`).join(', ');
	return `Set '${BINARY_PROPERTY_NAME.displayName}' to a field that holds a file. This item has: ${list}.`;
}

/** n8n's own error for a missing field is dropped: ours names the fields there are. */
function attempt<T>(action: () => T): T | undefined {
	try {
		return action();
	} catch {
		return undefined;
	}
}
