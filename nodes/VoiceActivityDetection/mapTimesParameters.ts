/** The parameters of the operation Map Times Back. */
import type { INodeProperties } from 'n8n-workflow';
import { USUAL_FIELDS } from '../../items/timeFields';
import { timeUnit } from '../common/timeUnit';

export const MAP_TIMES_BACK = 'mapTimesBack';

const HERE = { show: { engine: ['local'], operation: [MAP_TIMES_BACK] } };

/** Parameters of the other operations have no use here. */
export function exceptMapping(parameter: INodeProperties): INodeProperties {
	const { show, hide } = parameter.displayOptions ?? {};
	const operations = [...((hide?.operation as string[] | undefined) ?? []), MAP_TIMES_BACK];
	return { ...parameter, displayOptions: { ...(show ? { show } : {}), hide: { ...hide, operation: operations } } };
}

export const TRANSCRIPT: INodeProperties = {
	displayName: 'Transcript',
	name: 'transcript',
	type: 'json',
	default: '={{ $json }}',
	required: true,
	description: 'What the transcription service gave for the cut audio: JSON with times at any depth, or the text of SRT or WebVTT subtitles',
	displayOptions: HERE,
};

export const TIME_MAP: INodeProperties = {
	displayName: 'Time Map',
	name: 'timeMap',
	type: 'json',
	default: '',
	placeholder: "e.g. {{ $('Voice Activity Detection').item.json.time_map }}",
	hint: 'Leave empty to take it from the item, or from the Voice Activity Detection node that cut the audio',
	description: 'The time_map of the item that came with the speech only audio, or the item of a clip',
	displayOptions: HERE,
};

export const START_FIELDS: INodeProperties = {
	displayName: 'Start Fields',
	name: 'startFields',
	type: 'string',
	default: USUAL_FIELDS.starts.join(', '),
	description: 'Names of the fields that hold when a word or sentence begins, separated by commas',
};

export const END_FIELDS: INodeProperties = {
	displayName: 'End Fields',
	name: 'endFields',
	type: 'string',
	default: USUAL_FIELDS.ends.join(', '),
	description: 'Names of the fields that hold when a word or sentence ends, separated by commas',
};

export const TIME_UNIT = timeUnit(
	'What the numbers in these fields are. Text such as 00:01:02,500 and names such as start_ms say it themselves.',
	'Whole numbers that reach far beyond the cut audio are milliseconds, also in items with shorter ones',
);

export const MAPPING_OPTIONS: INodeProperties = {
	displayName: 'Options',
	name: 'mappingOptions',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	displayOptions: HERE,
	options: [END_FIELDS, START_FIELDS, TIME_UNIT],
};
