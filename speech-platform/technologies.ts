/** What the API can do: one entry per technology. A new one is an entry here and its result in `types.ts`. */
import type { Technology } from './types';

interface TechnologyEntry {
	/** As messages call it. */
	name: string;
	/** What a start request carries, as messages call it. */
	input: string;
	/** Fields that a result must have, as paths; `[]` stands for each entry of a list. */
	requires: Array<[path: string, type: FieldType]>;
}

type FieldType = 'number' | 'string' | 'array';

export const TECHNOLOGIES: Record<Technology, TechnologyEntry> = {
	'voice-activity-detection': {
		name: 'Voice Activity Detection',
		input: 'file',
		requires: [
			['channels[].channel_number', 'number'],
			['channels[].speech_length', 'number'],
			['channels[].segments[].segment_type', 'string'],
			['channels[].segments[].start_time', 'number'],
			['channels[].segments[].end_time', 'number'],
		],
	},
	'speaker-identification-voiceprint-extraction': {
		name: 'Voiceprint Extraction',
		input: 'file',
		requires: [
			['channels[].channel_number', 'number'],
			['channels[].voiceprint', 'string'],
			['channels[].speech_length', 'number'],
			['channels[].model', 'string'],
		],
	},
	'speaker-identification-voiceprint-comparison': {
		name: 'Voiceprint Comparison',
		input: 'list of voiceprints',
		requires: [
			['scores.rows_count', 'number'],
			['scores.columns_count', 'number'],
			['scores.values', 'array'],
		],
	},
	'speaker-diarization': {
		name: 'Speaker Diarization',
		input: 'file',
		requires: [
			['channels[].channel_number', 'number'],
			['channels[].speakers_count', 'number'],
			['channels[].segments[].speaker_id', 'number'],
			['channels[].segments[].start_time', 'number'],
			['channels[].segments[].end_time', 'number'],
		],
	},
};

/** The path of the first field that a result lacks or that is of another type; undefined for a sound result. */
export function missingField(technology: Technology, result: unknown): string | undefined {
	for (const [path, type] of TECHNOLOGIES[technology].requires) {
		const missing = lacks(result, path.split('.'), 'result', type);
		if (missing !== undefined) return missing;
	}
	return undefined;
}

function lacks(value: unknown, [step, ...rest]: string[], path: string, type: FieldType): string | undefined {
	if (step === undefined) {
		return (type === 'array' ? Array.isArray(value) : typeof value === type) ? undefined : path;
	}
	if (typeof value !== 'object' || value === null) return path;
	const isList = step.endsWith('[]');
	const name = isList ? step.slice(0, -2) : step;
	const field = (value as Record<string, unknown>)[name];
	if (!isList) return lacks(field, rest, `${path}.${name}`, type);
	if (!Array.isArray(field)) return `${path}.${name}`;
	for (const [index, entry] of field.entries()) {
		const missing = lacks(entry, rest, `${path}.${name}[${index}]`, type);
		if (missing !== undefined) return missing;
	}
	return undefined;
}
