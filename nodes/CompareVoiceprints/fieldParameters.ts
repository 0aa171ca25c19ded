/** The parameters that say where in the items the voiceprints and what belongs to them are. */
import type { INodeProperties } from 'n8n-workflow';

export const VOICEPRINT_FIELD: INodeProperties = {
	displayName: 'Voiceprint Field',
	name: 'voiceprintField',
	type: 'string',
	default: 'voiceprint',
	required: true,
	placeholder: 'e.g. voiceprint',
	requiresDataPath: 'single',
	description: 'Name of the field with the voiceprint. Of a file with a single channel, the channel is found by itself.',
};

export const SECOND_FIELD: INodeProperties = {
	displayName: 'Second Voiceprint Field',
	name: 'secondVoiceprintField',
	type: 'string',
	default: 'voiceprint_2',
	required: true,
	placeholder: 'e.g. voiceprint_2',
	requiresDataPath: 'single',
	description: 'Name of the field with the voiceprint to compare with',
	displayOptions: { show: { operation: ['verify'], compareWith: ['auto', 'field'] } },
};

export const SECOND_INPUT_FIELD: INodeProperties = {
	displayName: 'Voiceprint Field of Second Input',
	name: 'secondInputVoiceprintField',
	type: 'string',
	default: 'voiceprint',
	required: true,
	placeholder: 'e.g. voiceprint',
	requiresDataPath: 'single',
	description: 'Name of the field with the voiceprint in the items of the second input',
	displayOptions: { show: { operation: ['verify'], compareWith: ['input'] } },
};

export const MATCH_BY_FIELD: INodeProperties = {
	displayName: 'Match By Field',
	name: 'matchByField',
	type: 'string',
	default: '',
	placeholder: 'e.g. customer_id',
	requiresDataPath: 'single',
	description:
		'Field that says in both inputs which items belong together. Leave empty to compare the first with the first and so on, which needs as many items on both sides.',
	displayOptions: { show: { operation: ['verify'], compareWith: ['input'] } },
};

export const GALLERY_FIELD: INodeProperties = {
	displayName: 'Voiceprint Field of Gallery',
	name: 'galleryVoiceprintField',
	type: 'string',
	default: 'voiceprint',
	required: true,
	placeholder: 'e.g. voiceprint',
	requiresDataPath: 'single',
	description: 'Name of the field with the voiceprint in the items of the input Gallery',
	displayOptions: { show: { operation: ['identify'] } },
};

export const NAME_FIELD: INodeProperties = {
	displayName: 'Name Field of Gallery',
	name: 'galleryNameField',
	type: 'string',
	default: 'name',
	required: true,
	placeholder: 'e.g. name',
	requiresDataPath: 'single',
	description:
		'Name of the field that says who it is. Several voiceprints of one name count as one speaker. Where no item has the field name, the names of the files stand for it.',
	displayOptions: { show: { operation: ['identify'] } },
};

export const GROUP_BY_FIELD: INodeProperties = {
	displayName: 'Group By Field',
	name: 'groupByField',
	type: 'string',
	default: '',
	placeholder: 'e.g. name',
	requiresDataPath: 'single',
	description: 'Field that is the same for voiceprints of one speaker. Leave empty to merge all into one.',
	displayOptions: { show: { operation: ['merge'] } },
};
