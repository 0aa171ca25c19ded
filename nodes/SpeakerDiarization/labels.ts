/** The option Labels: the text of label files as fields of the file's item. Also Produce makes the files themselves. */
import type { INodeProperties } from 'n8n-workflow';
import type { LabelFormat } from '../../items/labelFiles';
import { choices, LABEL_FORMATS } from '../common/alsoProduce';

export const LABELS: INodeProperties = {
	displayName: 'Text Labels',
	name: 'labels',
	type: 'multiOptions',
	default: [],
	description: 'Text forms of the segments to add to the JSON, as other programs read them. For files, use Also Produce.',
	displayOptions: { show: { '/output': ['file'] } },
	options: (LABEL_FORMATS.options ?? []).map((option) => ({ ...option, description: `In the field ${'value' in option ? option.value : ''}` })),
};

/** @throws VoiceprintError INVALID_PARAMETER */
export function readLabels(value: unknown): LabelFormat[] {
	return value === undefined ? [] : choices<LabelFormat>(LABELS, value);
}
