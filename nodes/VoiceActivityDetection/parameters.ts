/** The parameters of the node, one constant each, so that the code that reads a value has its label and limits. */
import type { INodeProperties } from 'n8n-workflow';
import { ALSO_PRODUCE_PARAMETERS, withoutClips } from '../common/alsoProduce';
import { ENGINE_API, ENGINE_LOCAL, INCLUDE_BINARY, LOCAL_ONLY, MAXIMUM_DURATION, RUNTIME, SIMPLIFY } from '../common/engineParameters';
import {
	AUDIO_TRACK,
	BINARY_PROPERTY_NAME,
	CHANNEL_MODE,
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
	forMedia,
	GET_RESULT,
	ON_A_SERVER,
	POLLING_INTERVAL,
	TASK_ID,
	TIMEOUT,
	WAIT_FOR_COMPLETION,
	WAIT_UNTIL_DONE,
} from '../common/taskParameters';
import { exceptMapping, MAP_TIMES_BACK, MAPPING_OPTIONS, TIME_MAP, TRANSCRIPT } from './mapTimesParameters';
import { THRESHOLDS } from './thresholds';

export const ENGINE: INodeProperties = {
	displayName: 'Engine',
	name: 'engine',
	type: 'options',
	noDataExpression: true,
	default: 'local',
	description: 'Where speech is detected',
	options: [
		ENGINE_LOCAL,
		ENGINE_API,
	],
};

/** First of the two: n8n's node panel takes its actions from the first operation, and a click on one must stay local. */
export const OPERATION: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	default: 'detect',
	displayOptions: LOCAL_ONLY,
	options: [
		{
			name: 'Detect',
			value: 'detect',
			description: 'Find where people speak in an audio or video file',
			action: 'Detect voice activity in a file',
		},
		{
			name: 'Map Times Back',
			value: MAP_TIMES_BACK,
			description: 'Turn the times in a transcript of speech only audio or of a clip into those of the recording',
			action: 'Map times of cut audio back',
		},
	],
};

export const OPERATION_OF_API: INodeProperties = {
	...OPERATION,
	displayOptions: { show: ON_A_SERVER },
	options: [
		{
			name: 'Detect',
			value: 'detect',
			description: 'Send a file and detect speech in it',
			action: 'Detect voice activity on Speech Platform',
		},
		{
			name: 'Get Result',
			value: GET_RESULT,
			description: 'Fetch the result of a task that was started without waiting for it',
			action: 'Get voice activity result from Speech Platform',
		},
	],
};

export const PRESET: INodeProperties = {
	displayName: 'Preset',
	name: 'preset',
	type: 'options',
	default: 'balanced',
	description: 'How speech is told from silence',
	displayOptions: LOCAL_ONLY,
	options: [
		{
			name: 'Balanced',
			value: 'balanced',
			description:
				'Closest to where speech really is. For statistics, timelines and conditions on speech length.',
		},
		{
			name: 'Custom',
			value: 'custom',
			description: 'Your own thresholds. Those that you leave out are the ones of Balanced.',
		},
		{
			name: 'For Transcription',
			value: 'forTranscription',
			description: 'Never cuts a word: segments are padded and short pauses stay inside. For speech to text.',
		},
		{
			name: 'Silero Compatible',
			value: 'sileroCompatible',
			description: 'The same segments as the Silero VAD package with its defaults. For comparison and migration.',
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
			description: 'Speech length and number of segments of each channel, for a table',
		},
		{
			name: 'One Item per File',
			value: 'file',
			description: 'Channels and segments as lists',
		},
		{
			name: 'One Item per Segment',
			value: 'segment',
			description: "Start, end and duration of each stretch of speech. A file without speech gives one of the type 'none'.",
		},
	],
};

export const INCLUDE_PROBABILITIES: INodeProperties = {
	displayName: 'Include Speech Probabilities',
	name: 'includeProbabilities',
	type: 'boolean',
	default: false,
	description: 'Whether to add how likely speech is, from 0 to 1, at short steps. Not with One Item per Segment.',
	displayOptions: { show: { '/engine': ['local'] } },
};

export const INCLUDE_SEGMENTS: INodeProperties = {
	displayName: 'Include Segments',
	name: 'includeSegments',
	type: 'boolean',
	default: false,
	description: 'Whether to add the segments of the channel as a list, which no table takes',
	displayOptions: { show: { '/output': ['channel'] } },
};

export const KEEP_FILES_WITHOUT_SPEECH: INodeProperties = {
	displayName: 'Keep Files Without Speech',
	name: 'keepFilesWithoutSpeech',
	type: 'boolean',
	default: true,
	description:
		"Whether a file in which no speech was found gives one item, with the segment type 'none' and without times. If off, it gives no item, and a loop or branch ends there.",
	displayOptions: { show: { '/output': ['segment'] } },
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
		INCLUDE_SEGMENTS,
		INCLUDE_PROBABILITIES,
		KEEP_FILES_WITHOUT_SPEECH,
		MAXIMUM_DURATION,
		MIX_METHOD,
		POLLING_INTERVAL,
		RAW_CHANNELS,
		RAW_ENCODING,
		RAW_SAMPLE_RATE,
		RUNTIME,
		SIMPLIFY,
		TIMEOUT,
	],
};

export const PROPERTIES: INodeProperties[] = [
	ENGINE,
	OPERATION,
	OPERATION_OF_API,
	TASK_ID,
	...[
		forMedia(BINARY_PROPERTY_NAME),
		PRESET,
		THRESHOLDS,
		withoutClips(OUTPUT),
		...ALSO_PRODUCE_PARAMETERS,
		forMedia(CHANNEL_MODE),
		forMedia(CHANNELS),
		forMedia(RANGE_FROM),
		forMedia(RANGE_TO),
	].map(exceptMapping),
	WAIT_FOR_COMPLETION,
	WAIT_UNTIL_DONE,
	exceptMapping(OPTIONS),
	TRANSCRIPT,
	TIME_MAP,
	MAPPING_OPTIONS,
];
