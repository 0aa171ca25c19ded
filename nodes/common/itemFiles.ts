/** The files of an item on their way through a node: all go on, each under its own name, and none takes another's place. */
import { BINARY_IN_JSON_PROPERTY, type IBinaryData, type IBinaryKeyData, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import { BINARY_PROPERTY_NAME } from './mediaParameters';

/** All files of an item by their fields, in every mode of n8n's binary data. */
export function filesOf(item: INodeExecutionData | undefined): IBinaryKeyData {
	const inJson = item?.json[BINARY_IN_JSON_PROPERTY];
	return { ...item?.binary, ...(typeof inJson === 'object' ? (inJson as unknown as IBinaryKeyData) : {}) };
}

/**
 * The files of an item with the one that was processed among them, which an expression may have taken from elsewhere.
 * @param processed absent where no file was processed now
 */
export function filesWith(ctx: IExecuteFunctions, itemIndex: number, processed?: IBinaryData): IBinaryKeyData {
	const files = filesOf(ctx.getInputData()[itemIndex]);
	if (!processed || Object.values(files).some((file) => isSame(file, processed))) return files;
	return { ...files, [freeName(files, fieldOf(ctx, itemIndex))]: processed };
}

/** The files of several items that become one, each file once. */
export function filesOfAll(items: INodeExecutionData[]): IBinaryKeyData {
	const all: IBinaryKeyData = {};
	for (const [field, file] of items.flatMap((item) => Object.entries(filesOf(item)))) {
		if (!Object.values(all).some((other) => isSame(other, file))) all[freeName(all, field)] = file;
	}
	return all;
}

/** As a part of an n8n item: no files, no field. */
export function asBinary(files: IBinaryKeyData): Pick<INodeExecutionData, 'binary'> {
	return Object.keys(files).length > 0 ? { binary: files } : {};
}

/** A file without an ID is in n8n's memory; an expression may give a copy of it. */
function isSame(one: IBinaryData, other: IBinaryData): boolean {
	if (one === other) return true;
	if (one.id !== undefined || other.id !== undefined) return one.id === other.id;
	return one.fileName === other.fileName && one.data === other.data;
}

/** Where an expression ends with the name of a field of files. */
const FIELD_OF_FILES = /\bbinary(?:\.([\w$]+)|\[\s*["'`]([^"'`]+)["'`]\s*\])\s*\}\}\s*$/;

/** The name that the processed file has where it comes from. */
function fieldOf(ctx: IExecuteFunctions, itemIndex: number): string {
	const { name, default: fallback } = BINARY_PROPERTY_NAME;
	const raw = ctx.getNodeParameter(name, itemIndex, fallback, { rawExpressions: true }) as unknown;
	const text = typeof raw === 'string' ? raw : '';
	if (text !== '' && !text.startsWith('=')) return text.split('.').at(-1)!;
	const [, dotted, quoted] = FIELD_OF_FILES.exec(text) ?? [];
	return dotted ?? quoted ?? (fallback as string);
}

/** The wanted name, with a number where it is taken. */
export function freeName(files: IBinaryKeyData, wanted: string): string {
	let name = wanted;
	for (let count = 1; Object.hasOwn(files, name); count++) name = `${wanted}_${count}`;
	return name;
}
