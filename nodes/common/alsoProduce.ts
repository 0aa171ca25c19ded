/** What a node makes of a recording beside its result: the parameter Also Produce, its settings, and their values. */
import type { IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { PictureFormat, PictureRequest, PictureTheme, ProduceRequest } from '../../engine/client/protocol';
import type { LabelFormat } from '../../items/labelFiles';
import { CLIP_OPTIONS, CLIPS, parseClips, parseSpeechOnly, SPEECH_ONLY, SPEECH_ONLY_OPTIONS } from './cutParameters';
import { choice, invalid, number, read, readCollection } from './read';

const LABELS = 'labels';

const PRODUCTS: INodePropertyOptions[] = [
	{
		name: 'Clips',
		value: CLIPS,
		description: 'Each stretch of speech as an audio file of its own: one item each, with the file in the field clip',
	},
	{
		name: 'Label Files',
		value: LABELS,
		description: 'The segments as a text file for other programs: subtitles (WebVTT, SRT), RTTM, Audacity labels or CSV',
	},
	{
		name: 'Speech Only Audio',
		value: SPEECH_ONLY,
		description: 'The recording without its silence in the field speech_only, with a time map for its transcript. Of several channels, speech on any is kept.',
	},
	{
		name: 'Timeline Picture',
		value: 'picture',
		description: 'Waveform of each channel with speech or speakers in colour, a time axis and totals',
	},
];

export const ALSO_PRODUCE: INodeProperties = {
	displayName: 'Also Produce',
	name: 'alsoProduce',
	type: 'multiOptions',
	default: [],
	description:
		"Files to make of the recording beside the result. They are binary fields of the file's item, or of its first item where there are several.",
	options: PRODUCTS,
};

const FORMATS: INodeProperties = {
	displayName: 'Format',
	name: 'formats',
	type: 'multiOptions',
	default: ['png'],
	description: 'What the picture is written as, each as a file of its own',
	options: [
		{ name: 'PNG', value: 'png', description: 'Pixels, for messages and documents. In the field timeline_png.' },
		{ name: 'SVG', value: 'svg', description: 'Lines and text, for pages and printing. In the field timeline_svg.' },
	],
};

const THEME: INodeProperties = {
	displayName: 'Theme',
	name: 'theme',
	type: 'options',
	default: 'light',
	description: 'Colours of the picture',
	options: [
		{ name: 'Dark', value: 'dark', description: 'For dark pages and chats' },
		{ name: 'Light', value: 'light', description: 'For white pages, documents and printing' },
	],
};

const WIDTH: INodeProperties = {
	displayName: 'Width',
	name: 'width',
	type: 'number',
	default: 800,
	typeOptions: { minValue: 320, maxValue: 4000, numberPrecision: 0 },
	hint: 'In pixels',
	description: 'Width of the picture. Its height follows from the number of channels and speakers.',
};

export const PICTURE_OPTIONS: INodeProperties = {
	displayName: 'Picture Options',
	name: 'pictureOptions',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	displayOptions: { show: { alsoProduce: ['picture'] } },
	options: [FORMATS, THEME, WIDTH],
};

export const LABEL_FORMATS: INodeProperties = {
	displayName: 'Label Formats',
	name: 'labelFormats',
	type: 'multiOptions',
	default: ['webvtt'],
	description: 'What is written, each as a file of its own',
	displayOptions: { show: { alsoProduce: [LABELS] } },
	options: [
		{ name: 'Audacity Labels', value: 'audacity', description: 'In the field labels_txt' },
		{ name: 'CSV', value: 'csv', description: 'In the field labels_csv' },
		{ name: 'RTTM', value: 'rttm', description: 'In the field labels_rttm' },
		{ name: 'SRT', value: 'srt', description: 'In the field labels_srt' },
		{ name: 'WebVTT', value: 'webvtt', description: 'In the field labels_vtt' },
	],
};

/** The parameter with all its settings, as they stand in a node. */
export const ALSO_PRODUCE_PARAMETERS: INodeProperties[] = [ALSO_PRODUCE, SPEECH_ONLY_OPTIONS, CLIP_OPTIONS, PICTURE_OPTIONS, LABEL_FORMATS];

/** A parameter that says nothing where clips are the items. */
export function withoutClips(parameter: INodeProperties): INodeProperties {
	const { show, hide } = parameter.displayOptions ?? {};
	return { ...parameter, displayOptions: { ...(show ? { show } : {}), hide: { ...hide, alsoProduce: [CLIPS] } } };
}

/** What an item asks for. */
export interface Products {
	/** What the engine makes of the sound; absent where that is nothing. */
	produce?: ProduceRequest;
	/** Text, made of the result. */
	labels: LabelFormat[];
}

/** @throws VoiceprintError INVALID_PARAMETER */
export function readProducts(ctx: IExecuteFunctions, itemIndex: number): Products {
	const wanted = choices<string>(ALSO_PRODUCE, read(ctx, itemIndex, ALSO_PRODUCE));
	const produce: ProduceRequest = {
		...(wanted.includes('picture') ? { picture: readPicture(ctx, itemIndex) } : {}),
		...(wanted.includes(SPEECH_ONLY) ? { speechOnly: parseSpeechOnly(readCollection(ctx, itemIndex, SPEECH_ONLY_OPTIONS)) } : {}),
		...(wanted.includes(CLIPS) ? { clips: parseClips(readCollection(ctx, itemIndex, CLIP_OPTIONS)) } : {}),
	};
	return {
		...(Object.keys(produce).length > 0 ? { produce } : {}),
		labels: wanted.includes(LABELS) ? choices<LabelFormat>(LABEL_FORMATS, read(ctx, itemIndex, LABEL_FORMATS)) : [],
	};
}

/** The part of it that the engine's job has. */
export function readProduce(ctx: IExecuteFunctions, itemIndex: number): Pick<Products, 'produce'> {
	const { produce } = readProducts(ctx, itemIndex);
	return produce ? { produce } : {};
}

function readPicture(ctx: IExecuteFunctions, itemIndex: number): PictureRequest {
	const { formats = FORMATS.default, theme = THEME.default, width } = readCollection(ctx, itemIndex, PICTURE_OPTIONS);
	return {
		formats: choices<PictureFormat>(FORMATS, formats),
		theme: choice<PictureTheme>(THEME, theme),
		width: Math.round(number(WIDTH, width)),
	};
}

/** Some of the parameter's options, each once; an expression may give one of them alone. */
export function choices<T extends string>(parameter: INodeProperties, value: unknown): T[] {
	const list: unknown[] = typeof value === 'string' ? [value] : Array.isArray(value) ? value : fail(parameter, value);
	return [...new Set(list.map((one) => choice<T>(parameter, one)))];
}

function fail(parameter: INodeProperties, value: unknown): never {
	throw invalid(parameter, 'must be a list', value);
}
