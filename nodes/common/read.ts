/**
 * Values of parameters as an item gives them. A value that a user types is checked by n8n's editor, one that an
 * expression gives is checked by nobody, so it is checked here against the parameter's own description.
 */
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';

/** The raw value of a parameter; a parameter that the editor hides has its default. */
export function read(ctx: IExecuteFunctions, itemIndex: number, parameter: INodeProperties): unknown {
	return ctx.getNodeParameter(parameter.name, itemIndex, parameter.default);
}

/** The fields of a collection; fields the user did not add are absent. */
export function readCollection(
	ctx: IExecuteFunctions,
	itemIndex: number,
	parameter: INodeProperties,
): Record<string, unknown> {
	const value = read(ctx, itemIndex, parameter);
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
	throw invalid(parameter, 'must be an object', value);
}

/** One of the parameter's options. */
export function choice<T extends string>(parameter: INodeProperties, value: unknown): T {
	const allowed = (parameter.options ?? []).map((option) => ('value' in option ? option.value : undefined));
	if (allowed.includes(value as string)) return value as T;
	throw invalid(parameter, `must be one of ${allowed.map((one) => `'${one}'`).join(', ')}`, value);
}

/** A number within the parameter's bounds; text that is a number counts, nothing at all gives the default. */
export function number(parameter: INodeProperties, value: unknown): number {
	const { minValue = -Infinity, maxValue = Infinity } = parameter.typeOptions ?? {};
	const given = value === '' || value === null || value === undefined ? parameter.default : value;
	const parsed = typeof given === 'string' ? Number(given.trim() || NaN) : given;
	if (typeof parsed !== 'number' || !Number.isFinite(parsed)) throw invalid(parameter, 'must be a number', value);
	if (parsed < minValue) throw invalid(parameter, `must not be below ${minValue}`, value);
	if (parsed > maxValue) throw invalid(parameter, `must not be above ${maxValue}`, value);
	return parsed;
}

export function boolean(parameter: INodeProperties, value: unknown): boolean {
	const given = value ?? parameter.default;
	if (typeof given === 'boolean') return given;
	if (given === 'true' || given === 'false') return given === 'true';
	throw invalid(parameter, 'must be true or false', value);
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
	const text = JSON.stringify(value) ?? String(value);
	return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
