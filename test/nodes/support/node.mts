/** The node under test on n8n's real execution engine, with small helpers for its items. */
import assert from 'node:assert/strict';
import { after, type TestContext } from 'node:test';
import type { INodeExecutionData, INodeParameters, INodeType } from 'n8n-workflow';
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

export function nodeOf(name: string): INodeType {
	return [...harness.nodeTypes].find(([type]) => type.endsWith(`.${name}`))![1] as INodeType;
}

export const node = nodeOf(NODE);

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

function deepFreeze(value: unknown): void {
	if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return;
	Object.freeze(value);
	Object.values(value).forEach(deepFreeze);
}

/** Fails where a run of the node changes what came in, which other branches of a workflow share. */
export async function assertItemsUntouched(t: TestContext, name: string, runs: () => Promise<void>): Promise<void> {
	const tested = nodeOf(name);
	const { execute } = Object.getPrototypeOf(tested) as INodeType;
	const seen: Array<{ items: INodeExecutionData[]; before: string }> = [];
	tested.execute = async function () {
		const items = this.getInputData();
		deepFreeze(items);
		seen.push({ items, before: JSON.stringify(items) });
		return await execute!.call(this);
	};
	t.after(() => delete (tested as Partial<INodeType>).execute);
	await runs();
	assert.ok(seen.length > 0);
	for (const { items, before } of seen) assert.equal(JSON.stringify(items), before);
}
