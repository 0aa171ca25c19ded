/**
 * Values of parameters as an item gives them. A value that a user types is checked by n8n's editor, one that an
 * expression gives is checked by nobody, so it is checked here against the parameter's own description.
 *
 * Only what was left as the editor shows it means the default. An expression that gives nothing (a misspelt field, an
 * empty cell) is a mistake, and to go on with the default would be a wrong answer that nobody sees.
 */
import { isDeepStrictEqual } from 'node:util';
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';

/**
 * The value of a parameter; a parameter that the editor hides has its default.
 * @throws VoiceprintError INVALID_PARAMETER where an expression gives nothing
 */
export function read(ctx: IExecuteFunctions, itemIndex: number, parameter: INodeProperties): unknown {
	const value = ctx.getNodeParameter(parameter.name, itemIndex, parameter.default) as unknown;
	// Who looks for the file knows which ones there are, and says so.
	if (parameter.typeOptions?.binaryDataProperty) return value;
	if (isNothing(value)) checkUntouched(parameter, value, rawOf(ctx, itemIndex, parameter));
	return value;
}

/**
 * The fields of a collection; fields the user did not add are absent.
 * @throws VoiceprintError INVALID_PARAMETER where it is none, or a field's expression gives nothing
 */
export function readCollection(
	ctx: IExecuteFunctions,
	itemIndex: number,
	parameter: INodeProperties,
): Record<string, unknown> {
	const value = read(ctx, itemIndex, parameter);
	if (!isRecord(value)) throw invalid(parameter, 'must be an object', value);
	for (const field of (parameter.options ?? []) as INodeProperties[]) {
		const given = value[field.name];
		if (!Object.hasOwn(value, field.name) || !isNothing(given)) continue;
		checkUntouched(field, given, (rawOf(ctx, itemIndex, parameter) as Record<string, unknown>)[field.name]);
	}
	return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return Object.prototype.toString.call(value) === '[object Object]';
}

/** As the user entered it: an expression begins with `=`. */
function rawOf(ctx: IExecuteFunctions, itemIndex: number, parameter: INodeProperties): unknown {
	return ctx.getNodeParameter(parameter.name, itemIndex, parameter.default, { rawExpressions: true });
}

/** What expressions give where the field that they name is not there, or its cell is empty. */
function isNothing(value: unknown): boolean {
	if (value === undefined || value === null) return true;
	if (typeof value === 'string') return value.trim() === '';
	// A list without anything in it: for channels it would mean all of them.
	return Array.isArray(value) && value.every(isNothing);
}

function checkUntouched(parameter: INodeProperties, value: unknown, raw: unknown): void {
	const isExpression = typeof raw === 'string' && raw.startsWith('=');
	// n8n copies a default, so that a list is never the same one.
	const isDefault = isDeepStrictEqual(raw, parameter.default) || (typeof raw === 'string' && raw.trim() === parameter.default);
	if (isDefault && !isExpression) return;
	throw nothing(parameter, value, isExpression);
}

function nothing(parameter: INodeProperties, value: unknown, isExpression: boolean): VoiceprintError {
	const label = parameter.displayName;
	const what = typeof value === 'string' ? 'empty text' : Array.isArray(value) ? 'an empty list' : String(value);
	return new VoiceprintError(
		'INVALID_PARAMETER',
		isExpression ? `'${label}' has no value: its expression gives ${what}` : `'${label}' has no value`,
		`Correct the ${isExpression ? 'expression' : 'value'} of '${label}', or remove it to get the default. ` +
			'What gives nothing is often a field that is spelt otherwise in the item, or an empty cell of a table.',
	);
}

/** One of the parameter's options. */
export function choice<T extends string>(parameter: INodeProperties, value: unknown): T {
	const allowed = (parameter.options ?? []).map((option) => ('value' in option ? option.value : undefined));
	if (allowed.includes(value as string)) return value as T;
	throw invalid(parameter, `must be one of ${allowed.map((one) => `'${one}'`).join(', ')}`, value);
}

/** A number within the parameter's bounds; text that is a number counts. @param value undefined for the default */
export function number(parameter: INodeProperties, value: unknown): number {
	const { minValue = -Infinity, maxValue = Infinity } = parameter.typeOptions ?? {};
	const given = value === undefined ? parameter.default : value;
	const parsed = typeof given === 'string' ? Number(given.trim() || NaN) : given;
	if (typeof parsed !== 'number' || !Number.isFinite(parsed)) throw invalid(parameter, 'must be a number', value);
	if (parsed < minValue) throw invalid(parameter, `must not be below ${minValue}`, value);
	if (parsed > maxValue) throw invalid(parameter, `must not be above ${maxValue}`, value);
	return parsed;
}

/** @param value undefined for the default */
export function boolean(parameter: INodeProperties, value: unknown): boolean {
	const given = value === undefined ? parameter.default : value;
	if (typeof given === 'boolean') return given;
	if (given === 'true' || given === 'false') return given === 'true';
	throw invalid(parameter, 'must be true or false', value);
}

/** A value, or that of a JSON document. */
export function json(parameter: INodeProperties, value: unknown): unknown {
	if (typeof value !== 'string') return value;
	try {
		return JSON.parse(value) as unknown;
	} catch {
		throw invalid(parameter, 'must be JSON', value);
	}
}

export function invalid(parameter: INodeProperties, rule: string, value: unknown): VoiceprintError {
	return new VoiceprintError(
		'INVALID_PARAMETER',
		`'${parameter.displayName}' ${rule}, but is ${shown(value)}`,
		`Correct the value or the expression in the parameter '${parameter.displayName}'.`,
	);
}

/** A value in a message: short, and with quotes where it is text. */
function shown(value: unknown): string {
	if (typeof value === 'number' || value === undefined) return String(value);
	return shortValue(asText(value));
}

function asText(value: unknown): string {
	try {
		return JSON.stringify(value) ?? String(value);
	} catch {
		// What refers to itself, and numbers of any size.
		return String(value);
	}
}

/** Characters of a value in a message: it may be a recording, or a voiceprint. */
const LONGEST_VALUE = 60;

export function shortValue(text: string): string {
	return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 3)}...` : text;
}
