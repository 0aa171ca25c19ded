/** The parameters of Add Speakers to Transcript. */
import type { INodeProperties } from 'n8n-workflow';
import { timeUnit } from '../common/timeUnit';

const ADD_TO_TRANSCRIPT = { show: { operation: ['addToTranscript'] } };

export const TRANSCRIPT: INodeProperties = {
	displayName: 'Transcript',
	name: 'transcript',
	type: 'json',
	default: '={{ $json }}',
	required: true,
	description:
		'What the transcription service gave, with the times of words or sentences: ask OpenAI for verbose_json, others for timestamps',
	displayOptions: ADD_TO_TRANSCRIPT,
};

export const SPEAKERS: INodeProperties = {
	displayName: 'Speakers',
	name: 'speakersOfFile',
	type: 'json',
	default: '={{ $json }}',
	required: true,
	hint: "Where the transcription comes after it: {{ $('Speaker Diarization').item.json }}",
	description:
		'What Find Speakers gave for the same recording with One Item per File. As it stands, it is in the item itself: put a Merge node (Combine by Position) before this one.',
	displayOptions: ADD_TO_TRANSCRIPT,
};

export const UNKNOWN_SPEAKER: INodeProperties = {
	displayName: 'Name for Nobody',
	name: 'unknownSpeaker',
	type: 'string',
	default: 'Unknown',
	description: 'What stands in the dialogue for words that nobody found says',
};

const fieldOption = (displayName: string, name: string, what: string): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	placeholder: `e.g. ${name.replace('Field', '')}`,
	description: `Name of the field with ${what} of a word or sentence, where it is none of the usual ones`,
});

export const START_FIELD = fieldOption('Start Field', 'startField', 'the start time');
export const END_FIELD = fieldOption('End Field', 'endField', 'the end time');
export const TEXT_FIELD = fieldOption('Text Field', 'textField', 'the text');

export const TIME_UNIT = timeUnit(
	'What the times of the transcript are counted in',
	'Milliseconds where whole numbers go far beyond the end of the recording',
);

export const TRANSCRIPT_OPTIONS: INodeProperties = {
	displayName: 'Options',
	name: 'transcriptOptions',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	displayOptions: ADD_TO_TRANSCRIPT,
	options: [END_FIELD, UNKNOWN_SPEAKER, START_FIELD, TEXT_FIELD, TIME_UNIT],
};
