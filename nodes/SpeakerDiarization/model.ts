/** Which of the models that come with the package tells voices apart. */
import type { INodeProperties } from 'n8n-workflow';
import { LOCAL_ONLY } from '../common/engineParameters';

export const MODEL: INodeProperties = {
	displayName: 'Model',
	name: 'model',
	type: 'options',
	default: 'accurate',
	description: 'What tells voices apart. Known speakers need voiceprints of the same model.',
	displayOptions: { show: { ...LOCAL_ONLY.show, operation: ['diarize'] } },
	options: [
		{
			name: 'Accurate',
			value: 'accurate',
			description: 'Tells voices apart best, also on the telephone, in short recordings and in other languages',
		},
		{
			name: 'Fast',
			value: 'fast',
			description: 'Takes less time and makes many more mistakes: for a first look',
		},
	],
};
