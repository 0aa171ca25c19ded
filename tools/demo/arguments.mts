/** The demo's command line, turned into the parameters of a node. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { INodeParameters } from 'n8n-workflow';

export const SAMPLE = 'examples/audio/call.ogg';

/** Where paths on the command line count from: npm runs scripts elsewhere. */
export const FOLDER = process.env.INIT_CWD ?? process.cwd();

export const USAGE = `npm run demo                                 the sample recording
npm run demo -- vad FILE… [options]          speech segments of each file
npm run demo -- voiceprint FILE… [options]   the voiceprint of each channel
npm run demo -- compare FILE FILE [options]  whether the same person speaks in two files
npm run demo -- speakers FILE… [options]     who speaks when in each file
npm run --silent demo -- vad FILE… --json    one JSON document per file, one a line

  --api URL              by the Speech Platform at this address instead of locally
  --api-header TEXT      a header for a proxy in front of it, such as 'Authorization: Bearer …'
  --polling-interval S   longest time between two questions (5)  --no-wait  start the task and print its ID only
  --preset NAME          balanced (default), transcription, silero, custom
  --runtime NAME         auto (default), native, wasm
  --channel-mode MODE    split (default), mix
  --mix-method NAME      automatic (default), mean, loudest, power-weighted
  --channels LIST        such as 0,1; default all
  --audio-track TRACK    of several: a number from 0, a language such as eng, or all
  --raw-encoding NAME    samples without a header: mulaw, alaw, s16le, s16be, u8, s24le, s32le, f32le, vox, g722, gsm
  --raw-sample-rate HZ   (8000)  --raw-channels N (1)
  --range-from SECONDS   --range-to SECONDS
  --probabilities        include the speech probabilities and their hop
  --onset N  --offset N  thresholds of the preset custom, 0 to 1
  --minimum-speech MS  --minimum-silence MS  --padding-before MS  --padding-after MS
  --maximum-duration S   --timeout S
  --vector               voiceprints as numbers too, from the API (locally they always are there)
  --maximum-speech S     seconds of speech in a voiceprint at most (60)  --minimum-speech S  warn below (3)
  --model NAME           accurate (default), fast, or the JSON file that describes a model of your own
  --speakers N           how many people speak  --most-speakers N  how many at most
  --known FILE           a recording of somebody who may speak, named as the file; may be given several times
  --operating-point NAME balanced (default), few-false-accepts, few-false-rejects, or a score as threshold`;

/** The command line makes no sense; the message says why. */
export class UsageError extends Error {}

export interface DemoRequest {
	/** Name of the node within the package. */
	node: string;
	parameters: INodeParameters;
	credentials?: Record<string, Record<string, string | boolean>>;
	files: string[];
	json: boolean;
	/** Parameters of Compare Voiceprints, where the files' voiceprints are to be compared. */
	comparison?: INodeParameters;
	/** Recordings of people who may speak. */
	known?: string[];
}

const TEXT = { type: 'string' } as const;
const FLAG = { type: 'boolean' } as const;

const OPTIONS = {
	json: FLAG,
	help: FLAG,
	preset: TEXT,
	runtime: TEXT,
	'channel-mode': TEXT,
	'mix-method': TEXT,
	channels: TEXT,
	'audio-track': TEXT,
	'raw-encoding': TEXT,
	'raw-sample-rate': TEXT,
	'raw-channels': TEXT,
	'range-from': TEXT,
	'range-to': TEXT,
	probabilities: FLAG,
	'include-probabilities': FLAG,
	onset: TEXT,
	offset: TEXT,
	'minimum-speech': TEXT,
	'minimum-silence': TEXT,
	'padding-before': TEXT,
	'padding-after': TEXT,
	'maximum-duration': TEXT,
	timeout: TEXT,
	api: TEXT,
	'api-header': TEXT,
	'polling-interval': TEXT,
	'no-wait': FLAG,
	vector: FLAG,
	'maximum-speech': TEXT,
	model: TEXT,
	'operating-point': TEXT,
	speakers: TEXT,
	'most-speakers': TEXT,
	known: { type: 'string', multiple: true },
} as const;

type Values = Partial<Record<keyof typeof OPTIONS, string | boolean | string[]>>;

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

function number(name: string, value: string | boolean | string[]): number {
	const parsed = Number(value);
	if (value === '' || !Number.isFinite(parsed)) throw new UsageError(`--${name} needs a number, not '${String(value)}'`);
	return parsed;
}

/** Picks the options that are set, renamed and as numbers. */
function numbers(values: Values, names: Partial<Record<keyof typeof OPTIONS, string>>): Record<string, number> {
	const set = Object.entries(names).filter(([option]) => values[option as keyof Values] !== undefined);
	return Object.fromEntries(set.map(([option, name]) => [name, number(option, values[option as keyof Values]!)]));
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
			includeProbabilities: Boolean(values.probabilities ?? values['include-probabilities']),
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
		...(values['no-wait'] ? { waitForCompletion: false } : {}),
		...(values['channel-mode'] === undefined ? {} : { channelMode: String(values['channel-mode']) }),
		...(values.channels === undefined ? {} : { channels: String(values.channels) }),
		...own,
		options: { simplify: false, ...numbers(values, SERVER_OPTIONS), ...options },
	};
}

function vadParameters(values: Values): INodeParameters {
	const local = values.api === undefined ? localParameters(values) : { parameters: {}, options: {} };
	const range = numbers(values, { 'range-from': 'rangeFrom', 'range-to': 'rangeTo' });
	return commonParameters(values, { ...local.parameters, ...range }, local.options);
}

/** A bundled model by its name, or the path of the description of another one. */
function modelOf({ model }: Values): { model?: string; modelFile?: string } {
	if (model === undefined) return {};
	const name = String(model);
	return BUNDLED_MODELS.includes(name.toLowerCase()) ? { model: name.toLowerCase() } : { model: 'own', modelFile: resolve(FOLDER, name) };
}

function voiceprintParameters(values: Values): INodeParameters {
	if (values.api !== undefined) return commonParameters(values, {}, { includeVectorVoiceprint: Boolean(values.vector) });
	return commonParameters(values, modelOf(values), {
		includeVectorVoiceprint: true,
		...fileOptions(values),
		...runtimeOption(values),
		...mixOption(values),
		...(values.preset === undefined ? {} : { vadPreset: presetOf(String(values.preset)) }),
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

function comparisonParameters(values: Values): INodeParameters {
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

function speakersParameters(values: Values): INodeParameters {
	const range = numbers(values, { 'range-from': 'rangeFrom', 'range-to': 'rangeTo' });
	const known = values.known === undefined ? {} : { knownSpeakers: 'input' };
	const point = values['operating-point'] === undefined ? {} : operatingPointOf(String(values['operating-point']));
	return commonParameters(values, { ...countParameters(values), ...range, ...known, ...point }, {
		...runtimeOption(values),
		...numbers(values, { 'maximum-duration': 'maximumDuration' }),
	});
}

function credentialOf(values: Values): Record<string, string> {
	const baseUrl = String(values.api);
	if (values['api-header'] === undefined) return { baseUrl, authentication: 'none' };
	const [, headerName, headerValue] = /^\s*([^\s:]+)\s*:\s*(\S.*)$/.exec(String(values['api-header'])) ?? [];
	if (headerName === undefined) throw new UsageError("--api-header needs a name and a value, such as 'X-API-Key: 1234'");
	return { baseUrl, authentication: 'header', headerName, headerValue: headerValue };
}

/** Options that mean nothing without a server are a mistake. */
function checkServerOptions(values: Values, comparison: boolean): void {
	const given = (['api-header', 'polling-interval', 'no-wait'] as const).filter((name) => values[name] !== undefined);
	if (values.api === undefined && given.length > 0) throw new UsageError(`--${given[0]} needs --api`);
	if (comparison && values['no-wait']) throw new UsageError('compare has to wait for the voiceprints, so not with --no-wait');
}

interface Command {
	node: string;
	parameters: (values: Values) => INodeParameters;
	comparison?: (values: Values) => INodeParameters;
}

const COMMANDS: Record<string, Command | undefined> = {
	vad: { node: 'voiceActivityDetection', parameters: vadParameters },
	voiceprint: { node: 'extractVoiceprint', parameters: voiceprintParameters },
	speakers: { node: 'speakerDiarization', parameters: speakersParameters },
	compare: { node: 'extractVoiceprint', parameters: voiceprintParameters, comparison: comparisonParameters },
};

function parse(args: string[]) {
	try {
		return parseArgs({ args, options: OPTIONS, allowPositionals: true, allowNegative: false });
	} catch (error) {
		throw new UsageError((error as Error).message);
	}
}

/**
 * @returns what to run, or `help`
 * @throws UsageError
 */
export function parseDemoArguments(args: string[]): DemoRequest | 'help' {
	const { values, positionals } = parse(args);
	if (values.help) return 'help';
	const [command = 'vad', ...files] = positionals;
	const known = COMMANDS[command];
	if (!known) throw new UsageError(`There is no command '${command}'`);
	if (known.comparison && files.length !== 2) throw new UsageError('compare needs two files');
	checkServerOptions(values, known.comparison !== undefined);
	return {
		node: known.node,
		parameters: known.parameters(values),
		...(known.comparison && { comparison: known.comparison(values) }),
		...(values.api === undefined ? {} : { credentials: { speechPlatformApi: credentialOf(values) } }),
		...(Array.isArray(values.known) && { known: values.known }),
		files: files.length > 0 ? files : [SAMPLE],
		json: values.json === true,
	};
}
