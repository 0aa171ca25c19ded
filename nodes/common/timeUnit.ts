/** In what the times of a transcript are counted: an option of all operations that read one. */
import type { INodeProperties } from 'n8n-workflow';
import { choice } from './read';

/** @param automatic what happens where nobody says it */
export function timeUnit(description: string, automatic: string): INodeProperties {
	return {
		displayName: 'Time Unit',
		name: 'timeUnit',
		type: 'options',
		default: 'automatic',
		description,
		options: [
			{ name: 'Automatic', value: 'automatic', description: automatic },
			{ name: 'Milliseconds', value: 'milliseconds', description: 'As AssemblyAI gives them' },
			{ name: 'Seconds', value: 'seconds', description: 'As most services give them' },
		],
	};
}

const PER_SECOND: Record<string, number | undefined> = { automatic: undefined, milliseconds: 1000, seconds: 1 };

/**
 * How many of the unit are a second; undefined: the numbers are to tell.
 * @throws VoiceprintError INVALID_PARAMETER
 */
export function readTimeUnit(parameter: INodeProperties, value: unknown): number | undefined {
	return PER_SECOND[choice<string>(parameter, value ?? parameter.default)];
}
