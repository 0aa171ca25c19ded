/** The options of the command line as parameters of the nodes. */
import { resolve } from 'node:path';
import type { INodeParameters } from 'n8n-workflow';
import { FOLDER } from './folder.mts';
import type { OptionName, Values } from './options.mts';
import { UsageError } from './parse.mts';
import { produceParameters } from './produced.mts';

/** By name without case, spaces and dashes, so that the labels in the editor work as well. */
const PRESETS: Record<string, string> = {
	balanced: 'balanced',
	transcription: 'forTranscription',
	fortranscription: 'forTranscription',
	silero: 'sileroCompatible',
	silerocompatible: 'sileroCompatible',
	custom: 'custom',
};

const THRESHOLDS = {
	onset: 'onsetThreshold',
	offset: 'offsetThreshold',
	'minimum-speech': 'minimumSpeech',
	'minimum-silence': 'minimumSilence',
	'padding-before': 'paddingBefore',
	'padding-after': 'paddingAfter',
} as const;

export const THRESHOLD_NAMES = Object.keys(THRESHOLDS) as Array<keyof typeof THRESHOLDS>;

function number(name: string, value: string | boolean | string[]): number {
	const parsed = Number(value);
	if (value === '' || !Number.isFinite(parsed)) throw new UsageError(`--${name} needs a number, not '${String(value)}'`);
	return parsed;
}

/** Picks the options that are set, renamed and as numbers. */
function numbers(values: Values, names: Partial<Record<OptionName, string>>): Record<string, number> {
	const set = Object.entries(names).filter(([option]) => values[option as OptionName] !== undefined);
	return Object.fromEntries(set.map(([option, name]) => [name, number(option, values[option as OptionName]!)]));
}

function presetOf(name: string): string {
	const preset = PRESETS[name.toLowerCase().replace(/[^a-z]/g, '')];
	if (!preset) throw new UsageError(`There is no preset '${name}'`);
	return preset;
}

const BUNDLED_MODELS = ['accurate', 'fast'];

/** How a file is read; by the engine on this machine only. */
function fileOptions(values: Values): INodeParameters {
	return {
		...(values['audio-track'] === undefined ? {} : { audioTrack: String(values['audio-track']) }),
		...(values['raw-encoding'] === undefined ? {} : { rawEncoding: String(values['raw-encoding']) }),
		...numbers(values, { 'raw-sample-rate': 'rawSampleRate', 'raw-channels': 'rawChannels' }),
	};
}

const runtimeOption = ({ runtime }: Values): INodeParameters => (runtime === undefined ? {} : { runtime: String(runtime) });

/** By name, as the node's options are called or in camel case. */
function mixOption({ 'mix-method': method }: Values): INodeParameters {
	return method === undefined ? {} : { mixMethod: method === 'power-weighted' ? 'powerWeighted' : String(method) };
}

/** Those of the engine on this machine, which the API has no use for. */
function localParameters(values: Values): { parameters: INodeParameters; options: INodeParameters } {
	const thresholds = numbers(values, THRESHOLDS);
	const preset = presetOf(String(values.preset ?? (Object.keys(thresholds).length > 0 ? 'custom' : 'balanced')));
	return {
		parameters: { preset, thresholds },
		options: {
			includeProbabilities: Boolean(values.probabilities),
			...fileOptions(values),
			...runtimeOption(values),
			...mixOption(values),
			...numbers(values, { 'maximum-duration': 'maximumDuration' }),
		},
	};
}

/** Also of the comparison. */
const SERVER_OPTIONS = { timeout: 'timeout', 'polling-interval': 'pollingInterval' } as const;

/** Which channels, and how long it may take. */
function commonParameters(values: Values, own: INodeParameters, options: INodeParameters): INodeParameters {
	return {
		engine: values.api === undefined ? 'local' : 'api',
		output: 'file',
		...(values['no-wait'] ? { waitForCompletion: false } : {}),
		...(values['channel-mode'] === undefined ? {} : { channelMode: String(values['channel-mode']) }),
		...(values.channels === undefined ? {} : { channels: String(values.channels) }),
		...own,
		options: { simplify: false, ...numbers(values, SERVER_OPTIONS), ...options },
	};
}

export function vadParameters(values: Values): INodeParameters {
	const local = values.api === undefined ? localParameters(values) : { parameters: {}, options: {} };
	const range = numbers(values, { 'range-from': 'rangeFrom', 'range-to': 'rangeTo' });
	return commonParameters(values, { ...local.parameters, ...range, ...produceParameters(values) }, local.options);
}

/** A bundled model by its name, or the path of the description of another one. */
function modelOf({ model }: Values): { model?: string; modelFile?: string } {
	if (model === undefined) return {};
	const name = String(model);
	return BUNDLED_MODELS.includes(name.toLowerCase()) ? { model: name.toLowerCase() } : { model: 'own', modelFile: resolve(FOLDER, name) };
}

export function voiceprintParameters(values: Values): INodeParameters {
	if (values.api !== undefined) return commonParameters(values, {}, { includeVectorVoiceprint: Boolean(values.vector) });
	return commonParameters(values, modelOf(values), {
		includeVectorVoiceprint: true,
		...fileOptions(values),
		...runtimeOption(values),
		...mixOption(values),
		...(values.preset === undefined ? {} : { vadPreset: presetOf(String(values.preset)) }),
		...(values['on-several-speakers'] === undefined ? {} : { onSeveralSpeakers: String(values['on-several-speakers']) }),
		...numbers(values, {
			'maximum-duration': 'maximumDuration',
			'maximum-speech': 'maximumSpeechLength',
			'minimum-speech': 'minimumSpeechLength',
		}),
	});
}

/** By name without case, spaces and dashes. */
const OPERATING_POINTS: Record<string, string> = {
	balanced: 'balanced',
	fewfalseaccepts: 'fewFalseAccepts',
	fewfalserejects: 'fewFalseRejects',
};

function operatingPointOf(value: string): INodeParameters {
	const known = OPERATING_POINTS[value.toLowerCase().replace(/[^a-z]/g, '')];
	return known ? { operatingPoint: known } : { operatingPoint: 'custom', threshold: number('operating-point', value) };
}

export function comparisonParameters(values: Values): INodeParameters {
	const { modelFile } = modelOf(values);
	return {
		engine: values.api === undefined ? 'local' : 'api',
		operation: 'verify',
		...(values['operating-point'] === undefined ? {} : operatingPointOf(String(values['operating-point']))),
		options: {
			...(modelFile === undefined ? {} : { modelFile }),
			...numbers(values, values.api === undefined ? {} : SERVER_OPTIONS),
		},
	};
}

/** How many speakers there are, as far as it is said. */
function countParameters(values: Values): INodeParameters {
	if (values.speakers !== undefined) return { speakerCount: 'exactly', speakers: number('speakers', values.speakers) };
	if (values['most-speakers'] === undefined) return {};
	return { speakerCount: 'atMost', maximumSpeakers: number('most-speakers', values['most-speakers']) };
}

export function speakersParameters(values: Values): INodeParameters {
	const range = numbers(values, { 'range-from': 'rangeFrom', 'range-to': 'rangeTo' });
	const known = values.known === undefined ? {} : { knownSpeakers: 'input' };
	const model = modelOf(values);
	if (model.modelFile !== undefined) throw new UsageError('--model of speakers is accurate or fast');
	const point = values['operating-point'] === undefined ? {} : operatingPointOf(String(values['operating-point']));
	return commonParameters(values, { ...countParameters(values), ...model, ...range, ...known, ...point, ...produceParameters(values) }, {
		...fileOptions(values),
		...runtimeOption(values),
		...mixOption(values),
		...numbers(values, { 'maximum-duration': 'maximumDuration' }),
	});
}

export function credentialOf(values: Values): Record<string, string> {
	const baseUrl = String(values.api);
	if (values['api-header'] === undefined) return { baseUrl, authentication: 'none' };
	const [, headerName, headerValue] = /^\s*([^\s:]+)\s*:\s*(\S.*)$/.exec(String(values['api-header'])) ?? [];
	if (headerName === undefined) throw new UsageError("--api-header needs a name and a value, such as 'X-API-Key: 1234'");
	return { baseUrl, authentication: 'header', headerName, headerValue: headerValue };
}
