import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';

/** A file of an item: held in memory, or read from a path as a stream, so that its size does not matter. */
export type HarnessFile = { fileName?: string; mimeType?: string } & ({ buffer: Buffer } | { path: string });

/** An input item; `files` are its binary fields by name. */
export interface HarnessItem {
	json?: IDataObject;
	files?: Record<string, HarnessFile>;
}

export const SOURCE_TYPE = 'harness.source';

const description: INodeTypeDescription = {
	displayName: 'Source',
	name: 'source',
	group: ['trigger'],
	version: 1,
	description: 'Emits the items of a test',
	defaults: { name: 'Source' },
	inputs: [],
	outputs: ['main', 'main'],
	properties: [],
};

async function toItem(
	context: IExecuteFunctions,
	{ json = {}, files }: HarnessItem,
	index: number,
): Promise<INodeExecutionData> {
	const item: INodeExecutionData = { json, pairedItem: { item: index } };
	for (const [field, file] of Object.entries(files ?? {})) {
		// Opened here, so that a file which cannot be read fails the run and not the process.
		const content = 'path' in file ? (await open(file.path)).createReadStream() : file.buffer;
		const fileName = file.fileName ?? ('path' in file ? basename(file.path) : undefined);
		item.binary ??= {};
		item.binary[field] = await context.helpers.prepareBinaryData(content, fileName, file.mimeType);
	}
	return item;
}

/**
 * The trigger in front of the node under test: it emits the run's items, and stores their files with n8n's own helpers.
 * @param itemsOfWorkflow the items of each input of the node, by workflow id, since runs may overlap
 */
export function sourceNode(itemsOfWorkflow: Map<string, HarnessItem[][]>): INodeType {
	return {
		description,
		async execute() {
			const inputs = itemsOfWorkflow.get(this.getWorkflow().id!) ?? [];
			const toItems = async (items: HarnessItem[]) =>
				await Promise.all(items.map(async (item, index) => await toItem(this, item, index)));
			return await Promise.all(inputs.map(toItems));
		},
	};
}
