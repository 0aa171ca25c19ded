/** The node under test on n8n's real execution engine, with small helpers for its items. */
import { after } from 'node:test';
import type { INodeParameters, INodeType } from 'n8n-workflow';
import {
	createHarness,
	type BinaryMode,
	type Harness,
	type HarnessItem,
	type RunOptions,
	type RunResult,
} from '../../../tools/n8n/harness.mts';

export const NODE = 'voiceActivityDetection';

export const harness: Harness = await createHarness();
after(() => harness.dispose());

export const node = [...harness.nodeTypes].find(([type]) => type.endsWith(`.${NODE}`))![1] as INodeType;

export const BINARY_MODES: BinaryMode[] = ['filesystem', 'database', 'default'];

/** An item with one file in the field `data`. */
export function fileItem(content = 'media bytes', fileName = 'call.wav'): HarnessItem {
	return {
		json: { id: fileName },
		files: { data: { buffer: Buffer.from(content), fileName, mimeType: 'audio/wav' } },
	};
}

export async function run(
	parameters: INodeParameters = {},
	items: HarnessItem[] = [fileItem()],
	rest: Partial<RunOptions> = {},
): Promise<RunResult> {
	return await harness.run({ node: NODE, parameters, items, ...rest });
}

/** Texts that n8n replaces or that mean nothing to a user. */
export const SYSTEM_TEXT = /E(NOENT|ACCES|PERM|TIMEDOUT|XIST|ISDIR|NOSPC|CONN\w+|MFILE)|\bundefined\b|\[object/;
