/** Reads the fields of a calibration; what is wrong is named by its field. */
import { VoiceprintError } from '../errors';

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asObject(value: unknown, name: string): Record<string, unknown> {
	if (isObject(value)) return value;
	throw invalid(`${name} must be an object`);
}

export function asList(value: unknown, name: string): unknown[] {
	if (Array.isArray(value)) return value as unknown[];
	throw invalid(`${name} must be a list`);
}

export function asNumber(value: unknown, name: string): number {
	if (typeof value === 'number' && Number.isFinite(value)) return value;
	throw invalid(`${name} must be a number`);
}

export function asPositive(value: unknown, name: string): number {
	const number = asNumber(value, name);
	if (number > 0) return number;
	throw invalid(`${name} must be above 0`);
}

export function asOneOf<T extends string>(value: unknown, known: readonly T[], name: string): T {
	if ((known as readonly unknown[]).includes(value)) return value as T;
	throw invalid(`${name} must be one of ${known.map((one) => `"${one}"`).join(', ')}`);
}

export function invalid(fault: string): VoiceprintError {
	return new VoiceprintError('INVALID_MODEL', `The model's calibration is wrong: ${fault}`, 'Correct the model description file.');
}
