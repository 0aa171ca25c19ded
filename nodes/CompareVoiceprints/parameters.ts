/** The parameters of the node, one constant each, so that the code that reads a value has its label and limits. */
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { ENGINE_API } from '../common/engineParameters';
import { POLLING_INTERVAL, TIMEOUT } from '../common/taskParameters';
import {
	GALLERY_FIELD,
	GROUP_BY_FIELD,
	MATCH_BY_FIELD,
	NAME_FIELD,
	SECOND_FIELD,
	SECOND_INPUT_FIELD,
	VOICEPRINT_FIELD,
} from './fieldParameters';

export const ENGINE: INodeProperties = {
	displayName: 'Engine',
	name: 'engine',
	type: 'options',
	noDataExpression: true,
	default: 'local',
	description: 'Where voiceprints are compared: where they were made',
	options: [
		{
			name: 'Local',
			value: 'local',
			description: 'Inside n8n, for voiceprints that were made by the local engine. Nothing leaves the machine.',
		},
		{
			...ENGINE_API,
			description: 'On a Phonexia Speech Platform 4 server, for voiceprints that were made by one',
		},
	],
};

const GROUP: INodePropertyOptions = {
	name: 'Group',
	value: 'group',
	description: 'Find out which voiceprints are of the same speaker, without knowing any of them',
	action: 'Group voiceprints by speaker',
};

const IDENTIFY: INodePropertyOptions = {
	name: 'Identify',
	value: 'identify',
	description: 'Look up each voiceprint in a gallery of known speakers',
	action: 'Identify speakers',
};

const MERGE: INodePropertyOptions = {
	name: 'Merge',
	value: 'merge',
	description: 'Make one better voiceprint of several ones of the same speaker',
	action: 'Merge voiceprints',
};

const VERIFY: INodePropertyOptions = {
	name: 'Verify',
	value: 'verify',
	description: 'Tell whether two voiceprints are of the same speaker',
	action: 'Verify speakers',
};

export const OPERATION: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	default: 'verify',
	displayOptions: { show: { engine: ['local'] } },
	options: [GROUP, IDENTIFY, MERGE, VERIFY],
};

/** The server merges too, but by an endpoint that only the newest have. */
export const OPERATION_OF_API: INodeProperties = {
	...OPERATION,
	displayOptions: { show: { engine: ['api'] } },
	options: [GROUP, IDENTIFY, VERIFY].map((one) => ({ ...one, action: `${one.action} on Speech Platform` })),
};

/** Where decisions are made. */
const DECIDING = { operation: ['verify', 'identify', 'group'] };

export const COMPARE_WITH: INodeProperties = {
	displayName: 'Compare With',
	name: 'compareWith',
	type: 'options',
	noDataExpression: true,
	default: 'auto',
	description: 'Where the second voiceprint comes from',
	displayOptions: { show: { operation: ['verify'] } },
	options: [
		{
			name: 'Automatic',
			value: 'auto',
			description:
				'The second input where something is connected to it, else the second voiceprint of the same item where it has one, else the other items',
		},
		{
			name: 'Other Items',
			value: 'items',
			description: 'Each recording with each other one that came to the node; of a single recording, each channel with each other',
		},
		{ name: 'Same Item', value: 'field', description: 'Another field of the same item' },
		{
			name: 'Second Input',
			value: 'input',
			description:
				'An item of the second input: the one that Match By Field finds, or the one in the same place. A single item there is compared with all.',
		},
	],
};

export const OPERATING_POINT: INodeProperties = {
	displayName: 'Operating Point',
	name: 'operatingPoint',
	type: 'options',
	default: 'balanced',
	description: 'Which mistake weighs more. It decides from which score on two voiceprints are of the same speaker.',
	displayOptions: { show: DECIDING },
	options: [
		{ name: 'Balanced', value: 'balanced', description: 'Both mistakes weigh the same' },
		{ name: 'Custom', value: 'custom', description: 'A threshold of your own' },
		{
			name: 'Few False Accepts',
			value: 'fewFalseAccepts',
			description: 'Rather miss a speaker than take a stranger for one',
		},
		{
			name: 'Few False Rejects',
			value: 'fewFalseRejects',
			description: 'Rather take a stranger for a speaker than miss one',
		},
	],
};

export const THRESHOLD: INodeProperties = {
	displayName: 'Threshold',
	name: 'threshold',
	type: 'number',
	default: 0,
	typeOptions: { numberPrecision: 3 },
	placeholder: 'e.g. 2.5',
	hint: 'A log-likelihood ratio; a cosine from -1 to 1 for a model without calibration',
	description: 'Score from which on two voiceprints are of the same speaker',
	displayOptions: { show: { ...DECIDING, operatingPoint: ['custom'] } },
};

export const OUTPUT: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	default: 'voiceprint',
	description: 'How the result is spread over items',
	displayOptions: { show: { operation: ['group'] } },
	options: [
		{ name: 'One Item per Speaker', value: 'speaker', description: 'The voiceprints of each speaker as a list' },
		{ name: 'One Item per Voiceprint', value: 'voiceprint', description: 'For each voiceprint, whose it is' },
	],
};

export const CONVERSATION_FIELD: INodeProperties = {
	displayName: 'Conversation Field',
	name: 'conversationField',
	type: 'string',
	default: '',
	placeholder: 'e.g. call_id',
	requiresDataPath: 'single',
	description:
		'Field that is the same for voiceprints of one conversation, to tell who speaks with whom. Leave empty for the item that Extract Voiceprint got, which is one recording.',
	displayOptions: { show: { '/operation': ['group'] } },
};

export const EMPTY_GALLERY: INodeProperties = {
	displayName: 'Empty Gallery',
	name: 'emptyGallery',
	type: 'options',
	default: 'unknown',
	description: 'What to do where no item comes to the gallery, such as from a table without rows',
	displayOptions: { show: { '/operation': ['identify'] } },
	options: [
		{ name: 'Everybody Is Unknown', value: 'unknown', description: 'Nobody is identified, and a warning says so' },
		{ name: 'Fail', value: 'fail', description: 'The items fail' },
	],
};

export const INCLUDE_VECTOR: INodeProperties = {
	displayName: 'Include Vector Voiceprint',
	name: 'includeVectorVoiceprint',
	type: 'boolean',
	default: false,
	description: 'Whether to add the voiceprint of all together as a list of numbers, for a vector database',
	displayOptions: { show: { '/engine': ['local'], '/operation': ['merge', 'group'] } },
};

export const INCLUDE_INPUT_FIELDS: INodeProperties = {
	displayName: 'Include Input Fields',
	name: 'includeInputFields',
	type: 'boolean',
	default: false,
	description: 'Whether to keep the other fields of the input item',
};

export const MAXIMUM_MATCHES: INodeProperties = {
	displayName: 'Maximum Matches',
	name: 'maximumMatches',
	type: 'number',
	default: 5,
	typeOptions: { minValue: 1, maxValue: 1000, numberPrecision: 0 },
	description: 'Adds the most similar speakers as a list, in the field matches: how many at most. Without it, the two most similar are columns.',
	displayOptions: { show: { '/operation': ['identify'] } },
};

export const MODEL_FILE: INodeProperties = {
	displayName: 'Model Description File',
	name: 'modelFile',
	type: 'string',
	default: '',
	placeholder: 'e.g. /home/node/.n8n-files/wespeaker.json',
	hint: 'Path of the JSON file on the machine that runs n8n',
	description: 'Only for voiceprints of a model of your own: what describes it, for its calibration',
	displayOptions: { show: { '/engine': ['local'] } },
};

export const PRIOR: INodeProperties = {
	displayName: 'Prior Probability',
	name: 'prior',
	type: 'number',
	default: 0.5,
	typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 6 },
	placeholder: 'e.g. 0.5',
	hint: 'Above 0 and below 1',
	description:
		'How probable the same speaker is before anybody has listened. It changes the probability in the result, not the decision.',
	displayOptions: { show: { '/operation': ['verify', 'identify'] } },
};

const OF_API = { show: { '/engine': ['api'] } };

export const OPTIONS: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		CONVERSATION_FIELD,
		EMPTY_GALLERY,
		INCLUDE_INPUT_FIELDS,
		INCLUDE_VECTOR,
		MAXIMUM_MATCHES,
		MODEL_FILE,
		{ ...POLLING_INTERVAL, displayOptions: OF_API },
		PRIOR,
		{
			...TIMEOUT,
			displayOptions: OF_API,
			description: 'Longest time to wait for one comparison on the server, in seconds. Set to 0 to wait without limit.',
		},
	],
};

export const PROPERTIES: INodeProperties[] = [
	ENGINE,
	OPERATION,
	OPERATION_OF_API,
	COMPARE_WITH,
	VOICEPRINT_FIELD,
	SECOND_FIELD,
	SECOND_INPUT_FIELD,
	MATCH_BY_FIELD,
	GALLERY_FIELD,
	NAME_FIELD,
	GROUP_BY_FIELD,
	OPERATING_POINT,
	THRESHOLD,
	OUTPUT,
	OPTIONS,
];
