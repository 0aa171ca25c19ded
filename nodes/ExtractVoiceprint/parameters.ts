/** The parameters of the node, one constant each, so that the code that reads a value has its label and limits. */
import type { INodeProperties } from 'n8n-workflow';
import { ENGINE_API, ENGINE_LOCAL, INCLUDE_BINARY, LOCAL_ONLY, MAXIMUM_DURATION, RUNTIME, SIMPLIFY } from '../common/engineParameters';
import {
	AUDIO_TRACK,
	BINARY_PROPERTY_NAME,
	CHANNEL_MODE,
	CHANNELS,
	MIX_METHOD,
	RAW_CHANNELS,
	RAW_ENCODING,
	RAW_SAMPLE_RATE,
} from '../common/mediaParameters';
import {
	FILES_AT_ONCE,
	forMedia,
	GET_RESULT,
	ON_A_SERVER,
	POLLING_INTERVAL,
	TASK_ID,
	TIMEOUT,
	WAIT_FOR_COMPLETION,
	WAIT_UNTIL_DONE,
} from '../common/taskParameters';

export const ENGINE: INodeProperties = {
	displayName: 'Engine',
	name: 'engine',
	type: 'options',
	noDataExpression: true,
	default: 'local',
	description: 'Where the voiceprint is made. Voiceprints of different engines cannot be compared with each other.',
	options: [ENGINE_LOCAL, ENGINE_API],
};

/** First of the two: n8n's node panel takes its actions from the first operation, and a click on one must stay local. */
export const OPERATION: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	default: 'extract',
	displayOptions: LOCAL_ONLY,
	options: [
		{
			name: 'Extract',
			value: 'extract',
			description: 'Make the voiceprint of who speaks in an audio or video file',
			action: 'Extract voiceprints from a file',
		},
	],
};

export const OPERATION_OF_API: INodeProperties = {
	...OPERATION,
	displayOptions: { show: ON_A_SERVER },
	options: [
		{
			name: 'Extract',
			value: 'extract',
			description: 'Send a file and get the voiceprint of who speaks in it',
			action: 'Extract voiceprints on Speech Platform',
		},
		{
			name: 'Get Result',
			value: GET_RESULT,
			description: 'Fetch the result of a task that was started without waiting for it',
			action: 'Get voiceprint result from Speech Platform',
		},
	],
};

/** The value of Fast when there was no other. */
export const BUNDLED_BEFORE = 'bundled';

export const MODEL: INodeProperties = {
	displayName: 'Model',
	name: 'model',
	type: 'options',
	default: 'accurate',
	description: 'What makes the voiceprint. Voiceprints of different models cannot be compared with each other.',
	displayOptions: LOCAL_ONLY,
	options: [
		{
			name: 'Accurate',
			value: 'accurate',
			description: 'Tells voices apart best, also on the telephone, in short recordings and in other languages',
		},
		{
			name: 'Bundled Model',
			value: BUNDLED_BEFORE,
			description: 'What the node had when this workflow was made: the same as Fast',
			// Only workflows that were made with version 0.1 have it.
			displayOptions: { show: { model: [BUNDLED_BEFORE] } },
		},
		{
			name: 'Fast',
			value: 'fast',
			description: 'Takes a small part of the time. The only model of version 0.1: stay with it for a gallery that it made.',
		},
		{
			name: 'Own ONNX File',
			value: 'own',
			description: 'A speaker-embedding model on the machine that runs n8n, with a JSON file that describes it',
		},
	],
};

export const MODEL_FILE: INodeProperties = {
	displayName: 'Model Description File',
	name: 'modelFile',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. /home/node/.n8n-files/wespeaker.json',
	hint: 'Path of the JSON file on the machine that runs n8n; the ONNX file lies beside it',
	description:
		'What the JSON file has to say, with examples for published models, is in the documentation of the package under Own Models',
	displayOptions: { show: { ...LOCAL_ONLY.show, model: ['own'] } },
};

export const OUTPUT: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	default: 'channel',
	description: 'How the result is spread over items',
	options: [
		{
			name: 'One Item per Channel',
			value: 'channel',
			description: 'Voiceprint, speech length and quality of each channel. For comparing, and for storing in a table.',
		},
		{
			name: 'One Item per File',
			value: 'file',
			description: 'Channels as a list',
		},
	],
};

export const INCLUDE_VECTOR_VOICEPRINT: INodeProperties = {
	displayName: 'Include Vector Voiceprint',
	name: 'includeVectorVoiceprint',
	type: 'boolean',
	default: false,
	description:
		'Whether to add the voiceprint as a list of numbers, for a vector database. The Speech Platform API does so in newer versions.',
	displayOptions: { hide: { '/operation': [GET_RESULT] } },
};

export const INCLUDE_VOICEPRINT_FILE: INodeProperties = {
	displayName: 'Include Voiceprint File',
	name: 'includeVoiceprintFile',
	type: 'boolean',
	default: false,
	description:
		'Whether to add each voiceprint as a file (.vp) too, in the field voiceprint; of a file with several channels in voiceprint_0, voiceprint_1 and so on',
};

export const MAXIMUM_SPEECH_LENGTH: INodeProperties = {
	displayName: 'Maximum Speech Length',
	name: 'maximumSpeechLength',
	type: 'number',
	default: 30,
	typeOptions: { minValue: 0 },
	hint: 'In seconds, 0 for all of it',
	description:
		'Speech to use at most per channel, in seconds, spread over the whole file. More takes longer and hardly makes the voiceprint better.',
	displayOptions: { show: { '/engine': ['local'] } },
};

export const MINIMUM_SPEECH_LENGTH: INodeProperties = {
	displayName: 'Minimum Speech Length',
	name: 'minimumSpeechLength',
	type: 'number',
	default: 3,
	typeOptions: { minValue: 0, numberPrecision: 1 },
	hint: 'In seconds',
	description: 'Speech that a channel needs for a reliable voiceprint, in seconds',
};

export const ON_LITTLE_SPEECH: INodeProperties = {
	displayName: 'On Little Speech',
	name: 'onLittleSpeech',
	type: 'options',
	default: 'warn',
	description: 'What to do when a channel has less speech than the minimum',
	options: [
		{ name: 'Fail', value: 'fail', description: 'The item fails; no voiceprint of its file comes out' },
		{ name: 'Warn', value: 'warn', description: 'The voiceprint comes out with a warning' },
	],
};

export const ON_SEVERAL_SPEAKERS: INodeProperties = {
	displayName: 'On Several Speakers',
	name: 'onSeveralSpeakers',
	type: 'options',
	default: 'warn',
	description: 'What to do with a channel in which several people speak: the voiceprint of all of them would be a mixture',
	displayOptions: { show: { '/engine': ['local'] } },
	options: [
		{ name: 'Fail', value: 'fail', description: 'The item fails where a channel sounds like several people' },
		{ name: 'Main Speaker', value: 'main', description: 'Tell speakers apart and take who speaks most. Takes longer.' },
		{ name: 'One per Speaker', value: 'each', description: 'Tell speakers apart and make a voiceprint of each. Takes longer.' },
		{ name: 'Warn', value: 'warn', description: 'The voiceprint comes out with a warning where the channel sounds like several people' },
	],
};

export const VAD_PRESET: INodeProperties = {
	displayName: 'VAD Preset',
	name: 'vadPreset',
	type: 'options',
	// Measured: 4.6 % equal error rate on short recordings, where Balanced, which cuts closer, has 5.7 %.
	default: 'forTranscription',
	description: 'How speech is told from silence before the voiceprint is made',
	displayOptions: { show: { '/engine': ['local'] } },
	options: [
		{ name: 'Balanced', value: 'balanced', description: 'Closest to where speech really is. Less exact voiceprints.' },
		{
			name: 'For Transcription',
			value: 'forTranscription',
			description: 'Whole sentences with their short pauses. Measured best for voiceprints.',
		},
		{ name: 'Silero Compatible', value: 'sileroCompatible', description: 'As the Silero VAD package finds it' },
	],
};

export const OPTIONS: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		AUDIO_TRACK,
		FILES_AT_ONCE,
		INCLUDE_BINARY,
		INCLUDE_VECTOR_VOICEPRINT,
		INCLUDE_VOICEPRINT_FILE,
		MAXIMUM_DURATION,
		MAXIMUM_SPEECH_LENGTH,
		MINIMUM_SPEECH_LENGTH,
		MIX_METHOD,
		ON_LITTLE_SPEECH,
		ON_SEVERAL_SPEAKERS,
		POLLING_INTERVAL,
		RAW_CHANNELS,
		RAW_ENCODING,
		RAW_SAMPLE_RATE,
		RUNTIME,
		SIMPLIFY,
		TIMEOUT,
		VAD_PRESET,
	],
};

export const PROPERTIES: INodeProperties[] = [
	ENGINE,
	OPERATION,
	OPERATION_OF_API,
	TASK_ID,
	forMedia(BINARY_PROPERTY_NAME),
	MODEL,
	MODEL_FILE,
	OUTPUT,
	forMedia(CHANNEL_MODE),
	forMedia(CHANNELS),
	WAIT_FOR_COMPLETION,
	WAIT_UNTIL_DONE,
	OPTIONS,
];
