/** The parameters of the node, one constant each, so that the code that reads a value has its label and limits. */
import type { INodeProperties } from 'n8n-workflow';
import { ENGINE_API, SIMPLIFY } from '../common/engineParameters';
import { BINARY_PROPERTY_NAME, CHANNEL_MODE, CHANNELS } from '../common/mediaParameters';
import {
	forMedia,
	GET_RESULT,
	ON_A_SERVER,
	POLLING_INTERVAL,
	TASK_ID,
	TIMEOUT,
	WAIT_FOR_COMPLETION,
} from '../common/taskParameters';

export const ENGINE: INodeProperties = {
	displayName: 'Engine',
	name: 'engine',
	type: 'options',
	noDataExpression: true,
	default: 'api',
	description: 'Where the voiceprint is made',
	options: [ENGINE_API],
};

export const OPERATION: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	default: 'extract',
	displayOptions: { show: ON_A_SERVER },
	options: [
		{
			name: 'Extract',
			value: 'extract',
			description: 'Send a file and get the voiceprint of who speaks in it',
			action: 'Extract voiceprint',
		},
		{
			name: 'Get Result',
			value: GET_RESULT,
			description: 'Fetch the result of a task that was started without waiting for it',
			action: 'Get voiceprint result',
		},
	],
};

export const OUTPUT: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	default: 'file',
	description: 'How the result is spread over items',
	options: [
		{
			name: 'One Item per Channel',
			value: 'channel',
			description: 'Voiceprint and speech length of each channel',
		},
		{
			name: 'One Item per File',
			value: 'file',
			description: 'Channels as a list. The file itself is passed on.',
		},
	],
};

export const INCLUDE_VECTOR_VOICEPRINT: INodeProperties = {
	displayName: 'Include Vector Voiceprint',
	name: 'includeVectorVoiceprint',
	type: 'boolean',
	default: false,
	description: 'Whether to add the voiceprint as a list of numbers, for a vector database. Needs a newer server.',
	displayOptions: { show: { '/engine': ['api'] }, hide: { '/operation': [GET_RESULT] } },
};

export const OPTIONS: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [INCLUDE_VECTOR_VOICEPRINT, POLLING_INTERVAL, SIMPLIFY, TIMEOUT],
};

export const PROPERTIES: INodeProperties[] = [
	ENGINE,
	OPERATION,
	TASK_ID,
	forMedia(BINARY_PROPERTY_NAME),
	OUTPUT,
	forMedia(CHANNEL_MODE),
	forMedia(CHANNELS),
	WAIT_FOR_COMPLETION,
	OPTIONS,
];
