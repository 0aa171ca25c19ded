/** The demo's command line, turned into the parameters of a node. */
import { parseArgs } from 'node:util';
import type { INodeParameters } from 'n8n-workflow';

export const SAMPLE = 'examples/audio/call.ogg';

export const USAGE = `npm run demo                                 the sample recording
npm run demo -- vad FILE… [options]          speech segments of each file
npm run demo -- voiceprint FILE… --api URL   the voiceprint of each channel
npm run --silent demo -- vad FILE… --json    one JSON document per file, one a line

  --api URL              by the Speech Platform at this address instead of locally
  --preset NAME          balanced (default), transcription, silero, custom
  --runtime NAME         auto (default), native, wasm
  --channel-mode MODE    split (default), mix
  --channels LIST        such as 0,1; default all
  --range-from SECONDS   --range-to SECONDS
  --probabilities        include the speech probabilities and their hop
  --onset N  --offset N  thresholds of the preset custom, 0 to 1
  --minimum-speech MS  --minimum-silence MS  --padding-before MS  --padding-after MS
  --maximum-duration S   --timeout S
  --vector               voiceprints as numbers too`;

/** The command line makes no sense; the message says why. */
export class UsageError extends Error {}

export interface DemoRequest {
	/** Name of the node within the package. */
	node: string;
	parameters: INodeParameters;
	credentials?: Record<string, Record<string, string | boolean>>;
	files: string[];
	json: boolean;
}

const TEXT = { type: 'string' } as const;
const FLAG = { type: 'boolean' } as const;

const OPTIONS = {
	json: FLAG,
	help: FLAG,
	preset: TEXT,
	runtime: TEXT,
	'channel-mode': TEXT,
	channels: TEXT,
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
	vector: FLAG,
} as const;

type Values = Partial<Record<keyof typeof OPTIONS, string | boolean>>;

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

function number(name: string, value: string | boolean): number {
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

/** Those of the engine on this machine, which the API has no use for. */
function localParameters(values: Values): { parameters: INodeParameters; options: INodeParameters } {
	const thresholds = numbers(values, THRESHOLDS);
	const preset = presetOf(String(values.preset ?? (Object.keys(thresholds).length > 0 ? 'custom' : 'balanced')));
	return {
		parameters: { preset, thresholds },
		options: {
			includeProbabilities: Boolean(values.probabilities ?? values['include-probabilities']),
			...(values.runtime === undefined ? {} : { runtime: values.runtime }),
			...numbers(values, { 'maximum-duration': 'maximumDuration' }),
		},
	};
}

/** Which channels, and how long it may take. */
function commonParameters(values: Values, own: INodeParameters, options: INodeParameters): INodeParameters {
	return {
		engine: values.api === undefined ? 'local' : 'api',
		...(values['channel-mode'] === undefined ? {} : { channelMode: values['channel-mode'] }),
		...(values.channels === undefined ? {} : { channels: values.channels }),
		...own,
		options: { simplify: false, ...numbers(values, { timeout: 'timeout' }), ...options },
	};
}

function vadParameters(values: Values): INodeParameters {
	const local = values.api === undefined ? localParameters(values) : { parameters: {}, options: {} };
	const range = numbers(values, { 'range-from': 'rangeFrom', 'range-to': 'rangeTo' });
	return commonParameters(values, { ...local.parameters, ...range }, local.options);
}

function voiceprintParameters(values: Values): INodeParameters {
	if (values.api === undefined) throw new UsageError('voiceprint needs --api URL');
	return commonParameters(values, {}, { includeVectorVoiceprint: Boolean(values.vector) });
}

const COMMANDS: Record<string, { node: string; parameters: (values: Values) => INodeParameters } | undefined> = {
	vad: { node: 'voiceActivityDetection', parameters: vadParameters },
	voiceprint: { node: 'extractVoiceprint', parameters: voiceprintParameters },
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
	return {
		node: known.node,
		parameters: known.parameters(values),
		...(values.api === undefined ? {} : { credentials: { speechPlatformApi: { baseUrl: values.api, authentication: 'none' } } }),
		files: files.length > 0 ? files : [SAMPLE],
		json: values.json ?? false,
	};
}
