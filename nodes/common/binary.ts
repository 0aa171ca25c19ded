/**
 * The file of an item, streamed from n8n's binary storage. Only n8n's helpers know where a file is: in the item, on
 * disk, in the database or, with the workflow setting for combined binary data, inside the item's JSON.
 */
import { createWriteStream } from 'node:fs';
import { open, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BINARY_IN_JSON_PROPERTY, type IBinaryData, type IExecuteFunctions } from 'n8n-workflow';
import type { Warning } from '../../engine/client/protocol';
import { canceled, shortName, textOf, VoiceprintError } from '../../errors';
import { describeFault, isDiskFull } from '../../systemFaults';
import { filesOf } from './itemFiles';
import { BINARY_PROPERTY_NAME } from './mediaParameters';
import { shortValue } from './read';
import { checkContent, contentInPlaceOfName, HEAD_BYTES, textInDisguise } from './textAsFile';

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

/** What to call files without a name in messages. Beside the file and not in it, as items are not ours to change. */
const labels = new WeakMap<IBinaryData, string>();

/**
 * Finds the file of an item: the one in the named field or, where that holds none, the only one that there is.
 * @param field The value of the parameter: the field's name, or the file itself where an expression gives one.
 * @throws VoiceprintError BINARY_FIELD_MISSING, which names the field and the fields there are; BINARY_NOT_READABLE where
 * it holds something else than a file.
 */
export function findBinary(ctx: IExecuteFunctions, itemIndex: number, field: unknown): IBinaryData {
	const label = BINARY_PROPERTY_NAME.displayName;
	if (isFile(field)) return checked(field, 'The file that the expression gives');
	if (typeof field !== 'string' || field.trim() === '') {
		throw new VoiceprintError(
			'BINARY_FIELD_MISSING',
			`'${label}' must be the name of a field that holds a file`,
			hintAboutFields(ctx, itemIndex),
		);
	}
	const file = fileIn(ctx, itemIndex, field);
	if (file !== undefined) return checked(file, `The file in the field '${shortValue(field)}'`);
	const content = contentInPlaceOfName(field);
	if (content) {
		throw new VoiceprintError(
			'BINARY_FIELD_MISSING',
			`'${label}' must be the name of a field that holds a file, but is ${content} itself`,
			"Put a Convert to File node with the operation 'Move Base64 String to File' before this one, and give the name of its " +
				`output field. Of a data URI, give it what is behind the comma. ${hintAboutFields(ctx, itemIndex)}`,
		);
	}
	const only = onlyFieldOf(ctx, itemIndex);
	if (only !== undefined) return findBinary(ctx, itemIndex, only);
	throw new VoiceprintError(
		'BINARY_FIELD_MISSING',
		`The item has no file in the field '${shortValue(field)}'`,
		hintAboutFields(ctx, itemIndex),
	);
}

/** What is in a field of files; undefined where nothing is. */
function fileIn(ctx: IExecuteFunctions, itemIndex: number, field: string): unknown {
	// n8n keeps the files of combined mode under one JSON field; the plain name is what users know.
	const places = [field, `${BINARY_IN_JSON_PROPERTY}.${field}`];
	const found = places.map((place) => attempt(() => ctx.helpers.assertBinaryData(itemIndex, place))).find((one) => one !== undefined);
	// In that mode, files that n8n holds in memory stay beside the JSON, where its helper does not look; and it takes none
	// without a type.
	return found ?? filesOf(ctx.getInputData()[itemIndex])[field];
}

/** The field of the item's file, where there is exactly one. */
function onlyFieldOf(ctx: IExecuteFunctions, itemIndex: number): string | undefined {
	const [only, ...others] = Object.keys(filesOf(ctx.getInputData()[itemIndex]));
	return others.length === 0 ? only : undefined;
}

/**
 * Says that the item's only file was taken, which is in another field than the parameter names.
 * @param field value of the parameter, by which a file was found
 * @returns undefined where the file was in that field, or came from an expression
 */
export function takenInstead(ctx: IExecuteFunctions, itemIndex: number, field: unknown): Warning | undefined {
	if (typeof field !== 'string' || fileIn(ctx, itemIndex, field) !== undefined) return undefined;
	const only = onlyFieldOf(ctx, itemIndex);
	if (only === undefined) return undefined;
	const label = BINARY_PROPERTY_NAME.displayName;
	const message = `The item has no file in the field '${shortValue(field)}', so its only file was taken, in the field '${shortValue(only)}'. Set '${label}' to that name to be sure`;
	return { code: 'OTHER_FIELD', message };
}

/** Whether this is a file as n8n describes one, be it without a type, as Code nodes make them. */
function isFile(value: unknown): value is IBinaryData {
	return typeof value === 'object' && value !== null && ('data' in value || 'id' in value);
}

/** @param label what to call it where it has no name */
function checked(found: unknown, label: string): IBinaryData {
	if (!isFile(found)) {
		throw new VoiceprintError(
			'BINARY_NOT_READABLE',
			`${label} is ${typeof found === 'string' ? 'text' : 'something else'}, and not a file`,
			'In a Code node, let n8n make the file: await this.helpers.prepareBinaryData(buffer, fileName).',
		);
	}
	// n8n's own helpers take nothing without a type.
	const binary = found.mimeType ? found : { ...found, mimeType: 'application/octet-stream' };
	labels.set(binary, label);
	if (!binary.id) checkContent(nameOf(binary), binary.data);
	return binary;
}

/** What the engine is to call the file in its messages, in quotes. */
export function nameInMessages(binary: IBinaryData): string {
	return binary.fileName || nameOf(binary).replace('The file', 'nameless file');
}

/**
 * Copies the file of an item into a private folder, never holding it whole in memory where n8n does not do so already.
 * @param field The field's name, or the file itself.
 * @param folder An existing folder that only this item uses.
 * @throws VoiceprintError BINARY_FIELD_MISSING, BINARY_NOT_READABLE, EMPTY_FILE, NOT_MEDIA, NO_DISK_SPACE, TEMPORARY_FILE, CANCELED
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
	if ((await stat(path)).size === 0) throw emptyFile(binary);
	refuseText(binary, await headOf(path));
	return { path, binary };
}

async function headOf(path: string): Promise<Buffer> {
	const file = await open(path);
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
		return buffer.subarray(0, bytesRead);
	} finally {
		await file.close();
	}
}

/**
 * @param head first bytes of the file
 * @throws VoiceprintError NOT_MEDIA where it is text that somebody forgot to decode
 */
export function refuseText(binary: IBinaryData, head: Buffer): void {
	const fault = textInDisguise(nameOf(binary), head);
	if (fault) throw fault;
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

/** The first bytes of a file. */
export async function peek(ctx: IExecuteFunctions, itemIndex: number, binary: IBinaryData): Promise<Buffer> {
	if (!binary.id) return (await readBuffer(ctx, itemIndex, binary)).subarray(0, HEAD_BYTES);
	const stream = await openStream(ctx, binary, HEAD_BYTES);
	return await readable(binary, async () => {
		// Leaving the loop closes the stream.
		for await (const chunk of stream) return (chunk as Buffer).subarray(0, HEAD_BYTES);
		return Buffer.alloc(0);
	});
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

function nameOf(binary: IBinaryData): string {
	const { fileName } = binary;
	return fileName ? `The file "${shortName(fileName)}"` : (labels.get(binary) ?? 'The file');
}

/** Fields that a message lists. */
const MOST_FIELDS = 30;

/** What the item does have, for the user to choose from, in every binary mode. */
function hintAboutFields(ctx: IExecuteFunctions, itemIndex: number): string {
	const names = Object.keys(filesOf(ctx.getInputData()[itemIndex]));
	if (names.length === 0) return 'This item has no file at all. Check that the node before this one outputs files.';
	const more = names.length > MOST_FIELDS ? ', …' : '';
	const list = names.slice(0, MOST_FIELDS).map((name) => `'${shortValue(name)}'`).join(', ') + more;
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
