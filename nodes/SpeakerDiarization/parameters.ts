/** The parameters of the node, one constant each, so that the code that reads a value has its label and limits. */
import type { INodeProperties } from 'n8n-workflow';
import { ALSO_PRODUCE_PARAMETERS, withoutClips } from '../common/alsoProduce';
import { ENGINE_API, ENGINE_LOCAL, INCLUDE_BINARY, LOCAL_ONLY, MAXIMUM_DURATION, RUNTIME, SIMPLIFY } from '../common/engineParameters';
import {
	AUDIO_TRACK,
	BINARY_PROPERTY_NAME,
	CHANNELS,
	MIX_METHOD,
	RANGE_FROM,
	RANGE_TO,
	RAW_CHANNELS,
	RAW_ENCODING,
	RAW_SAMPLE_RATE,
} from '../common/mediaParameters';
import {
	FILES_AT_ONCE,
	GET_RESULT,
	ON_A_SERVER,
	POLLING_INTERVAL,
	TASK_ID,
	TIMEOUT,
	WAIT_FOR_COMPLETION,
	WAIT_UNTIL_DONE,
} from '../common/taskParameters';
import { CHANNEL_MODE_OF_SPEAKERS } from './channelMode';
import { LABELS } from './labels';
import { SPEAKERS, TRANSCRIPT, TRANSCRIPT_OPTIONS } from './transcriptParameters';

const DIARIZE = { show: { operation: ['diarize'] } };

/** Where there is a result to shape. */
const WITH_RESULT = { show: { operation: ['diarize', GET_RESULT] } };

/** Parameters that also stand in other nodes, shown only where there is a file. */
const forFile = (parameter: INodeProperties): INodeProperties => ({
	...parameter,
	displayOptions: { show: { ...parameter.displayOptions?.show, ...DIARIZE.show } },
});

/** The same, also shown where the result of a task is fetched. */
const forResult = (parameter: INodeProperties): INodeProperties => ({
	...parameter,
	displayOptions: { show: { ...parameter.displayOptions?.show, ...WITH_RESULT.show } },
});

export const OPERATION: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	default: 'diarize',
	displayOptions: LOCAL_ONLY,
	options: [
		{
			name: 'Add Speakers to Transcript',
			value: 'addToTranscript',
			description: 'Say for each word or sentence of a transcription service who says it, and write the dialogue',
			action: 'Add speakers to a transcript',
		},
		{
			name: 'Find Speakers',
			value: 'diarize',
			description: 'Find who speaks when in an audio or video file',
			action: 'Find who speaks when in a file',
		},
	],
};

export const OPERATION_ON_SERVER: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	default: 'diarize',
	displayOptions: { show: ON_A_SERVER },
	options: [
		{
			name: 'Find Speakers',
			value: 'diarize',
			description: 'Send a file and find who speaks when in it',
			// eslint-disable-next-line n8n-nodes-base/node-param-operation-option-action-miscased -- a name
			action: 'Find who speaks when on Speech Platform',
		},
		{
			name: 'Get Result',
			value: GET_RESULT,
			description: 'Fetch the result of a task that was started without waiting for it',
			// eslint-disable-next-line n8n-nodes-base/node-param-operation-option-action-miscased -- a name
			action: 'Get who spoke when from Speech Platform',
		},
	],
};

export const ENGINE: INodeProperties = {
	displayName: 'Engine',
	name: 'engine',
	type: 'options',
	noDataExpression: true,
	default: 'local',
	description: 'Where the speakers are told apart',
	options: [ENGINE_LOCAL, ENGINE_API],
};

export const SPEAKER_COUNT: INodeProperties = {
	displayName: 'Number of Speakers',
	name: 'speakerCount',
	type: 'options',
	default: 'automatic',
	description: 'How many people speak in each channel. The more is known, the better they are told apart.',
	displayOptions: DIARIZE,
	options: [
		{ name: 'At Most', value: 'atMost', description: 'Nobody more than that. The best choice for a call of two.' },
		{ name: 'Automatic', value: 'automatic', description: 'As many as are heard' },
		{ name: 'Between', value: 'between', description: 'Not fewer and not more, if they can be told apart', displayOptions: LOCAL_ONLY },
		{
			name: 'Exactly',
			value: 'exactly',
			description: 'That many, if they can be told apart. The local engine splits nobody by force.',
		},
	],
};

/** Positive whole numbers. */
const COUNT = { minValue: 1, maxValue: 100, numberPrecision: 0 };

export const SPEAKERS_EXACTLY: INodeProperties = {
	displayName: 'Speakers',
	name: 'speakers',
	type: 'number',
	default: 2,
	typeOptions: COUNT,
	description: 'How many people speak in each channel',
	displayOptions: { show: { ...DIARIZE.show, speakerCount: ['exactly'] } },
};

export const MINIMUM_SPEAKERS: INodeProperties = {
	displayName: 'Minimum Speakers',
	name: 'minimumSpeakers',
	type: 'number',
	default: 1,
	typeOptions: COUNT,
	description: 'How many people speak in each channel at least',
	displayOptions: { show: { ...DIARIZE.show, speakerCount: ['between'] } },
};

export const MAXIMUM_SPEAKERS: INodeProperties = {
	displayName: 'Maximum Speakers',
	name: 'maximumSpeakers',
	type: 'number',
	default: 2,
	typeOptions: COUNT,
	description: 'How many people speak in each channel at most',
	displayOptions: { show: { ...DIARIZE.show, speakerCount: ['between', 'atMost'] } },
};

export const KNOWN_SPEAKERS: INodeProperties = {
	displayName: 'Known Speakers',
	name: 'knownSpeakers',
	type: 'options',
	noDataExpression: true,
	default: 'none',
	description: 'Whose names may be given to speakers; the Speech Platform API names nobody',
	displayOptions: DIARIZE,
	options: [
		{
			name: 'From Second Input',
			value: 'input',
			description: 'Voiceprints with names, one item each, made by Extract Voiceprint with its model Accurate',
			displayOptions: LOCAL_ONLY,
		},
		{ name: 'None', value: 'none', description: 'Speakers are only numbered' },
	],
};

const WITH_KNOWN = { show: { ...DIARIZE.show, knownSpeakers: ['input'] } };

export const KNOWN_NAME_FIELD: INodeProperties = {
	displayName: 'Name Field',
	name: 'nameField',
	type: 'string',
	default: 'name',
	required: true,
	placeholder: 'e.g. name',
	requiresDataPath: 'single',
	description: 'Name of the field of the second input that says who it is',
	displayOptions: WITH_KNOWN,
};

export const KNOWN_VOICEPRINT_FIELD: INodeProperties = {
	displayName: 'Voiceprint Field',
	name: 'voiceprintField',
	type: 'string',
	default: 'voiceprint',
	required: true,
	placeholder: 'e.g. voiceprint',
	requiresDataPath: 'single',
	description: 'Name of the field of the second input with the voiceprint',
	displayOptions: WITH_KNOWN,
};

export const OPERATING_POINT: INodeProperties = {
	displayName: 'Operating Point',
	name: 'operatingPoint',
	type: 'options',
	default: 'balanced',
	description: 'Which mistake to avoid rather than the other when a speaker gets a name',
	displayOptions: WITH_KNOWN,
	options: [
		{ name: 'Balanced', value: 'balanced', description: 'Both mistakes weigh the same' },
		{ name: 'Few False Accepts', value: 'fewFalseAccepts', description: 'A stranger hardly ever gets a name' },
		{ name: 'Few False Rejects', value: 'fewFalseRejects', description: 'Somebody known hardly ever goes without a name' },
	],
};

export const OUTPUT: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	default: 'file',
	description: 'How the result is spread over items',
	displayOptions: WITH_RESULT,
	options: [
		{
			name: 'One Item per File',
			value: 'file',
			description: 'Speakers, segments and overlaps as lists',
		},
		{
			name: 'One Item per Segment',
			value: 'segment',
			description: 'Who speaks from when to when: speaker, name, start, end and duration',
		},
		{
			name: 'One Item per Speaker',
			value: 'speaker',
			description: 'Talk time, turns and a voiceprint of each speaker, for Compare Voiceprints and for tables',
		},
	],
};

/** Within a collection. */
const OPTION_LOCAL_ONLY = { show: { '/engine': ['local'] } };

export const MERGE_PAUSES: INodeProperties = {
	displayName: 'Merge Pauses',
	name: 'mergePauses',
	type: 'number',
	default: 0.5,
	typeOptions: { minValue: 0, maxValue: 60, numberPrecision: 2 },
	hint: 'In seconds',
	description: 'A pause of a speaker up to this does not end the segment',
	displayOptions: OPTION_LOCAL_ONLY,
};

export const SHORTEST_TURN: INodeProperties = {
	displayName: 'Shortest Turn',
	name: 'shortestTurn',
	type: 'number',
	default: 0.25,
	typeOptions: { minValue: 0, maxValue: 60, numberPrecision: 2 },
	hint: 'In seconds',
	description: 'Shorter segments are left out',
	displayOptions: OPTION_LOCAL_ONLY,
};

export const KEEP_FILES_WITHOUT_SPEECH: INodeProperties = {
	displayName: 'Keep Files Without Speech',
	name: 'keepFilesWithoutSpeech',
	type: 'boolean',
	default: true,
	description: 'Whether a file in which nobody speaks gives one item with empty fields instead of no item',
	displayOptions: { show: { '/output': ['segment', 'speaker'] } },
};

export const OPTIONS: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	displayOptions: WITH_RESULT,
	options: [
		AUDIO_TRACK,
		FILES_AT_ONCE,
		INCLUDE_BINARY,
		KEEP_FILES_WITHOUT_SPEECH,
		MAXIMUM_DURATION,
		MERGE_PAUSES,
		MIX_METHOD,
		POLLING_INTERVAL,
		RAW_CHANNELS,
		RAW_ENCODING,
		RAW_SAMPLE_RATE,
		RUNTIME,
		SHORTEST_TURN,
		SIMPLIFY,
		LABELS,
		TIMEOUT,
	],
};

export const PROPERTIES: INodeProperties[] = [
	ENGINE,
	OPERATION,
	OPERATION_ON_SERVER,
	TASK_ID,
	forFile(BINARY_PROPERTY_NAME),
	SPEAKER_COUNT,
	SPEAKERS_EXACTLY,
	MINIMUM_SPEAKERS,
	MAXIMUM_SPEAKERS,
	KNOWN_SPEAKERS,
	KNOWN_NAME_FIELD,
	KNOWN_VOICEPRINT_FIELD,
	OPERATING_POINT,
	withoutClips(OUTPUT),
	...ALSO_PRODUCE_PARAMETERS.map(forResult),
	forFile(CHANNEL_MODE_OF_SPEAKERS),
	forFile(CHANNELS),
	forFile(RANGE_FROM),
	forFile(RANGE_TO),
	WAIT_FOR_COMPLETION,
	WAIT_UNTIL_DONE,
	TRANSCRIPT,
	SPEAKERS,
	OPTIONS,
	TRANSCRIPT_OPTIONS,
];
