/** Fields of an item by their path, as n8n's editor writes it where a field is dragged in: `a`, `a.b`, `a[0].b`, `a["b c"]`. */
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { invalid, read } from './read';

export interface FieldPath {
	/** As the user wrote it. */
	text: string;
	steps: string[];
}

/** A step is a name, an index in brackets or a quoted name in brackets. */
const STEP = /\[\s*(\d+)\s*\]|\[\s*"([^"]*)"\s*\]|\[\s*'([^']*)'\s*\]|([^.[\]]+)/g;

export function parsePath(text: string): FieldPath {
	const steps = [...text.trim().matchAll(STEP)].map(([, index, double, single, name]) => index ?? double ?? single ?? name!);
	return { text: text.trim(), steps: steps[0] === '$json' ? steps.slice(1) : steps };
}

/** The value of a parameter that names a field. @throws VoiceprintError INVALID_PARAMETER */
export function readPath(ctx: IExecuteFunctions, itemIndex: number, parameter: INodeProperties): FieldPath {
	const value = read(ctx, itemIndex, parameter);
	if (typeof value === 'string' && value.trim() !== '') return parsePath(value);
	throw invalid(parameter, 'must be the name of a field', value);
}

/** What is at the path; a field whose name has the very text of the path comes first. */
export function valueAt(json: unknown, { text, steps }: FieldPath): unknown {
	if (isObject(json) && Object.hasOwn(json, text)) return json[text];
	return steps.length === 0 ? undefined : follow(json, steps);
}

/** The object that holds what is at the path. */
export function parentAt(json: IDataObject, { text, steps }: FieldPath): IDataObject {
	if (Object.hasOwn(json, text)) return json;
	const parent = follow(json, steps.slice(0, -1));
	return isObject(parent) ? parent : {};
}

/** The last step: the field's own name. */
export function nameOf({ text, steps }: FieldPath): string {
	return steps.at(-1) ?? text;
}

export interface SeenAs {
	/** A field that has nearly that name, and in what it differs. */
	what: string;
	remedy: string;
}

/**
 * Where the item has a field whose name only looks like the last step of the path: with invisible characters, which CSV
 * files begin with, or in other letters.
 */
export function seenAs(json: IDataObject, path: FieldPath): SeenAs | undefined {
	const name = nameOf(path);
	const alike = Object.keys(parentAt(json, path)).find((key) => key !== name && plain(key) === plain(name));
	if (alike === undefined) return undefined;
	const hidden = [...alike].find((character) => INVISIBLE.test(character) && !name.includes(character));
	if (hidden === undefined) return { what: `its '${alike}' is written otherwise`, remedy: 'Give the name as it is written in the item.' };
	const code = `U+${hidden.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
	return {
		what: `its field of that name has an invisible character in the name (${code}${hidden === BOM ? ', byte order mark' : ''})`,
		remedy:
			"Take it away where the items come from: in Extract from File turn on 'Exclude Byte Order Mark (BOM)', elsewhere rename " +
			'the field in an Edit Fields node.',
	};
}

const BOM = '\uFEFF';

/** What has no shape: format and control characters, and blanks of all kinds but the usual one. */
const INVISIBLE = /[\p{Cf}\p{Cc}]|[^\S ]/u;

/** A name as people read it. */
function plain(name: string): string {
	return name.normalize('NFKC').replace(/[\p{Cf}\p{Cc}\s]/gu, '').toLowerCase();
}

function follow(value: unknown, steps: string[]): unknown {
	for (const step of steps) {
		// Only what belongs to the item: nothing that every object inherits.
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
		value = (value as Record<string, unknown>)[step];
	}
	return value;
}

function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
