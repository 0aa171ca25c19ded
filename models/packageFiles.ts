/** The large files that the package consists of: whole, or refused with a word of what to do. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { VoiceprintError } from '../errors';

const PACKAGE = path.join(__dirname, '..');

/** Made by the build: SHA-256 of each file, by name. */
const CHECKSUMS = path.join(__dirname, 'checksums.json');

let checksums: Partial<Record<string, string>> | undefined;

/** @param problem what is wrong with the file, continues its name */
function unusable(name: string, problem: string): VoiceprintError {
	return new VoiceprintError(
		'RUNTIME_UNAVAILABLE',
		`The file ${name} of the package ${problem}`,
		'Reinstall the package n8n-nodes-voiceprint.',
	);
}

function problemOf(error: unknown): string {
	const { code } = error as NodeJS.ErrnoException;
	return code === 'ENOENT' || code === 'MODULE_NOT_FOUND' ? 'is missing' : 'could not be read';
}

function checksumOf(name: string): string | undefined {
	try {
		checksums ??= JSON.parse(readFileSync(CHECKSUMS, 'utf8')) as Partial<Record<string, string>>;
	} catch (error) {
		throw unusable('models/checksums.json', error instanceof SyntaxError ? 'is damaged' : problemOf(error));
	}
	return checksums[name];
}

function checked(name: string, bytes: Buffer): Buffer {
	if (createHash('sha256').update(bytes).digest('hex') !== checksumOf(name)) throw unusable(name, 'is damaged');
	return bytes;
}

async function readChecked(name: string, locate: () => string): Promise<Buffer> {
	let bytes: Buffer;
	try {
		bytes = await readFile(locate());
	} catch (error) {
		throw unusable(name, problemOf(error));
	}
	return checked(name, bytes);
}

const nameOf = (file: string) => path.relative(PACKAGE, file).replaceAll(path.sep, '/');

/**
 * @param file path of a file that the build has put into the package
 * @throws VoiceprintError RUNTIME_UNAVAILABLE where it is missing, or not as it was built
 */
export async function readPackageFile(file: string): Promise<Buffer> {
	return await readChecked(nameOf(file), () => file);
}

/**
 * The same for a file of a package that this one depends on.
 * @param name as one would require it
 * @param resolve finds its path; may throw as `require.resolve` does
 */
export async function readDependency(name: string, resolve: () => string): Promise<Buffer> {
	return await readChecked(name, resolve);
}

/** For a file that others will read: the same check, at once. Blocks, so not for n8n's process. */
export function checkPackageFile(file: string): void {
	let bytes: Buffer;
	try {
		bytes = readFileSync(file);
	} catch (error) {
		throw unusable(nameOf(file), problemOf(error));
	}
	checked(nameOf(file), bytes);
}
