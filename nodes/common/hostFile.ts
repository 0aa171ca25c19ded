/** A file on the disk of the machine that runs n8n, named by a parameter: only where n8n allows its nodes to read. */
import { realpath, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { invalid } from './read';

/**
 * The path, checked against n8n's rules for file access (`N8N_RESTRICT_FILE_ACCESS_TO`).
 * @throws VoiceprintError INVALID_PARAMETER, FILE_NOT_ALLOWED
 */
export async function hostFile(ctx: IExecuteFunctions, parameter: INodeProperties, value: unknown): Promise<string> {
	if (typeof value !== 'string' || value.trim() === '') throw invalid(parameter, 'must be the path of a file', value);
	const path = value.trim();
	if (!isAbsolute(path)) throw invalid(parameter, 'must be an absolute path', value);
	const resolved = await resolve(ctx, path);
	if (resolved === undefined) {
		throw new VoiceprintError(
			'INVALID_PARAMETER',
			`'${parameter.displayName}' names a file that does not exist: ${shortPath(path)}`,
			'The path is one on the machine or in the container that runs n8n. In queue mode every worker needs the file.',
		);
	}
	if (ctx.helpers.isFilePathBlocked(resolved)) {
		throw new VoiceprintError(
			'FILE_NOT_ALLOWED',
			`'${parameter.displayName}' names a file that n8n does not let its nodes read: ${shortPath(path)}`,
			'Put the file into a folder that N8N_RESTRICT_FILE_ACCESS_TO names; by default that is .n8n-files in the home of the user that runs n8n.',
		);
	}
	return resolved;
}

type ResolvedPath = Awaited<ReturnType<IExecuteFunctions['helpers']['resolvePath']>>;

/** With symbolic links followed, whatever the helper of this n8n does about them; undefined where there is no file. */
async function resolve(ctx: IExecuteFunctions, path: string): Promise<ResolvedPath | undefined> {
	try {
		const resolved = await ctx.helpers.resolvePath(await realpath(path));
		return (await stat(resolved)).isFile() ? resolved : undefined;
	} catch {
		return undefined;
	}
}

/** Characters of a path in a message; its end says most. */
const LONGEST_PATH = 78;

function shortPath(path: string): string {
	return path.length > LONGEST_PATH ? `…${path.slice(1 - LONGEST_PATH)}` : path;
}
