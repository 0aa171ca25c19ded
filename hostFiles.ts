/** Files on the n8n host that a workflow names. What is wrong with them is said in words. */
import { readFile, realpath, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { invalidModel } from './errors';
import { describeFileFault } from './systemFaults';

const WHERE =
	'The file must lie on the machine on which n8n runs: in Docker inside the container (mount its folder), ' +
	'in queue mode on every worker.';

function faultOf(subject: string, error: unknown): Error {
	return invalidModel(`${subject} ${describeFileFault(error)}`, WHERE);
}

/** Without a unit that suits it a limit reads badly. */
const inWords = (bytes: number) => (bytes < 2 ** 20 ? `${bytes / 2 ** 10} KiB` : `${bytes / 2 ** 20} MiB`);

/**
 * @param subject how the message calls the file
 * @param limit bytes it may have
 * @throws VoiceprintError INVALID_MODEL
 */
export async function statHostFile(file: string, subject: string, limit: number): Promise<Stats> {
	let found: Stats;
	try {
		found = await stat(file);
	} catch (error) {
		throw faultOf(subject, error);
	}
	// A pipe or a device would be read for ever.
	if (!found.isFile()) throw invalidModel(`${subject} is not a file`, WHERE);
	if (found.size > limit) throw invalidModel(`${subject} is larger than ${inWords(limit)}`);
	return found;
}

/**
 * The path with all symbolic links followed.
 * @param subject how the message calls the file
 * @throws VoiceprintError INVALID_MODEL
 */
export async function realHostPath(file: string, subject: string): Promise<string> {
	try {
		return await realpath(file);
	} catch (error) {
		throw faultOf(subject, error);
	}
}

/**
 * @param subject how the message calls the file
 * @param limit bytes it may have
 * @throws VoiceprintError INVALID_MODEL
 */
export async function readHostFile(file: string, subject: string, limit: number): Promise<Buffer> {
	await statHostFile(file, subject, limit);
	try {
		return await readFile(file);
	} catch (error) {
		throw faultOf(subject, error);
	}
}

/**
 * A file that holds one JSON object. Nothing of the file's text gets into an error, as `JSON.parse` would do: the path
 * comes from a workflow, so it may be any file of the host.
 * @param role what the file is, the start of messages
 * @param limit bytes it may have
 * @throws VoiceprintError INVALID_MODEL
 */
export async function readJsonObject(file: string, role: string, limit: number): Promise<Record<string, unknown>> {
	const text = await readHostFile(file, `${role} "${file}"`, limit);
	let value: unknown;
	try {
		value = JSON.parse(text.toString('utf8').replace(/^\ufeff/, ''));
	} catch {
		throw invalidModel(`${role} "${file}" is not valid JSON`);
	}
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
	throw invalidModel(`${role} "${file}" must be one JSON object, in braces`);
}
