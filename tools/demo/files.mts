/** The files that the command line names: whether there are such files, before anything reads them. */
import { accessSync, constants, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { OPTIONS } from './options.mts';
import { FOLDER } from './folder.mts';

export interface Fault {
	code: string;
	/** One line. */
	message: string;
	description?: string;
}

/** @returns what is wrong with the file, as far as can be seen without reading it */
export function faultOf(file: string): Fault | undefined {
	if (file === '') return { code: 'FILE_NOT_FOUND', message: 'A file has an empty name' };
	const path = resolve(FOLDER, file);
	const stats = statSync(path, { throwIfNoEntry: false });
	if (!stats) return { code: 'FILE_NOT_FOUND', message: `There is no file '${file}'${asOption(file)}` };
	if (stats.isDirectory()) return { code: 'FILE_IS_FOLDER', message: `'${file}' is a folder: name the files in it, such as ${file.replace(/\/+$/, '')}/*` };
	if (!stats.isFile()) return { code: 'FILE_NOT_READABLE', message: `'${file}' is no file that can be read to its end` };
	try {
		accessSync(path, constants.R_OK);
	} catch {
		return { code: 'FILE_NOT_READABLE', message: `'${file}' may not be read by this user` };
	}
	return undefined;
}

/** Words that are the name of an option were mostly meant as one. */
function asOption(file: string): string {
	const [name] = file.split('=') as [string];
	return OPTIONS.has(name) ? `: as an option it is written --${file}` : `, seen from ${FOLDER}`;
}

export const pathOf = (file: string): string => resolve(FOLDER, file);

/** Without its folders. */
export const nameOf = (file: string): string => basename(pathOf(file));
