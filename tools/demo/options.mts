/**
 * The options of the demo's command line: what each takes, which commands it goes with, and what the help says of it.
 * A new option is a line here, and whatever reads it in `parameters.mts`.
 */

export const COMMAND_NAMES = ['vad', 'voiceprint', 'compare', 'speakers'] as const;

export type CommandName = (typeof COMMAND_NAMES)[number];

interface Option {
	/** What stands behind it, as the help calls it; absent for one that stands alone. */
	takes?: string;
	/** It may be given several times. */
	isList?: true;
	help: string;
}

interface Group {
	title: string;
	of: readonly CommandName[];
	/** Options that only one engine understands. */
	engine?: 'local' | 'api';
	options: Record<string, Option>;
}

const VOICES = ['voiceprint', 'compare'] as const;

const GROUPS = [
	{
		title: 'Every command',
		of: COMMAND_NAMES,
		options: {
			json: { help: 'one JSON document per file, one a line; of compare, one for all pairs' },
			help: { help: 'this text' },
			api: { takes: 'URL', help: 'by the Speech Platform at this address instead of locally' },
			timeout: { takes: 'S', help: 'longest time for a file (600)' },
			'channel-mode': { takes: 'MODE', help: 'split (default), mix; of speakers also automatic, its default' },
			channels: { takes: 'LIST', help: 'such as 0,1; default all' },
		},
	},
	{
		title: 'With --api',
		of: COMMAND_NAMES,
		engine: 'api',
		options: {
			'api-header': { takes: 'TEXT', help: "a header for a proxy in front of it, such as 'Authorization: Bearer …'" },
			'polling-interval': { takes: 'S', help: 'longest time between two questions (5)' },
			'no-wait': { help: 'start the task and print its ID only; not of compare' },
		},
	},
	{
		title: 'Every command, local engine',
		of: COMMAND_NAMES,
		engine: 'local',
		options: {
			runtime: { takes: 'NAME', help: 'auto (default), native, wasm' },
			'maximum-duration': { takes: 'S', help: 'longest stretch of media' },
			'mix-method': { takes: 'NAME', help: 'automatic (default), mean, loudest, power-weighted' },
			'audio-track': { takes: 'TRACK', help: 'of several: a number from 0, a language such as eng, or all' },
			'raw-encoding': {
				takes: 'NAME',
				help: 'samples without a header: mulaw, alaw, s16le, s16be, u8, s24le, s32le, f32le, vox, g722, gsm',
			},
			'raw-sample-rate': { takes: 'HZ', help: 'of such samples (8000)' },
			'raw-channels': { takes: 'N', help: 'of such samples (1)' },
		},
	},
	{
		title: 'vad, voiceprint and compare, local engine',
		of: ['vad', ...VOICES],
		engine: 'local',
		options: { preset: { takes: 'NAME', help: 'balanced, transcription, silero; of vad also custom' } },
	},
	{
		title: 'vad and speakers',
		of: ['vad', 'speakers'],
		options: {
			'range-from': { takes: 'SECONDS', help: 'where to begin (0)' },
			'range-to': { takes: 'SECONDS', help: 'where to end (the end)' },
			picture: { takes: 'FILE', isList: true, help: 'write the timeline picture there: .png or .svg' },
			dark: { help: 'the picture in dark colours' },
			labels: { takes: 'FILE', isList: true, help: 'write the segments there: .vtt, .srt, .rttm, .txt (Audacity) or .csv' },
		},
	},
	{
		title: 'vad, local engine',
		of: ['vad'],
		engine: 'local',
		options: {
			probabilities: { help: 'include the speech probabilities and their hop' },
			onset: { takes: 'N', help: 'threshold of the preset custom, 0 to 1' },
			offset: { takes: 'N', help: 'the same for the end of speech' },
			'minimum-speech': { takes: 'MS', help: 'shortest segment' },
			'minimum-silence': { takes: 'MS', help: 'shortest gap' },
			'padding-before': { takes: 'MS', help: 'added before each segment' },
			'padding-after': { takes: 'MS', help: 'added behind each segment' },
		},
	},
	{
		title: 'vad',
		of: ['vad'],
		options: {
			'speech-only': { takes: 'FILE', help: 'also write the recording without its silence: .wav, .flac, .mp3 or .opus' },
			clips: { takes: 'FOLDER', help: 'also write each stretch of speech as a file of its own, FLAC' },
		},
	},
	{
		title: 'voiceprint and compare',
		of: VOICES,
		options: { vector: { help: 'voiceprints as numbers too, from the API (locally they always are there)' } },
	},
	{
		title: 'voiceprint and compare, local engine',
		of: VOICES,
		engine: 'local',
		options: {
			model: { takes: 'NAME', help: 'accurate (default), fast, or the JSON file that describes a model of your own' },
			'maximum-speech': { takes: 'S', help: 'seconds of speech in a voiceprint at most (30)' },
			'minimum-speech': { takes: 'S', help: 'warn below (3)' },
		},
	},
	{
		title: 'voiceprint, local engine',
		of: ['voiceprint'],
		engine: 'local',
		options: { 'on-several-speakers': { takes: 'NAME', help: 'warn (default), fail, main (who speaks most), each (one voiceprint per speaker)' } },
	},
	{
		title: 'compare and speakers',
		of: ['compare', 'speakers'],
		options: {
			'operating-point': { takes: 'NAME', help: 'balanced (default), few-false-accepts, few-false-rejects, or a score as threshold' },
		},
	},
	{
		title: 'speakers',
		of: ['speakers'],
		options: {
			speakers: { takes: 'N', help: 'how many people speak' },
			'most-speakers': { takes: 'N', help: 'how many at most' },
		},
	},
	{
		title: 'speakers, local engine',
		of: ['speakers'],
		engine: 'local',
		options: {
			model: { takes: 'NAME', help: 'accurate (default) or fast' },
			known: { takes: 'FILE…', isList: true, help: 'recordings of people who may speak, each named as its file' },
		},
	},
] as const satisfies readonly Group[];

type KeysOf<T> = T extends unknown ? keyof T : never;

export type OptionName = KeysOf<(typeof GROUPS)[number]['options']>;

/** What was given; lists only of options that may be given several times. */
export type Values = Partial<Record<OptionName, string | boolean | string[]>>;

interface Known extends Option {
	/** The groups that have it. */
	groups: Array<Pick<Group, 'of' | 'engine'>>;
}

/** All options by name; one of several groups takes the same in each of them. */
export const OPTIONS: ReadonlyMap<string, Known> = gathered();

function gathered(): Map<string, Known> {
	const all = new Map<string, Known>();
	for (const { of, options, ...group } of GROUPS as readonly Group[]) {
		for (const [name, option] of Object.entries(options)) {
			const known = all.get(name) ?? { ...option, groups: [] };
			known.groups.push({ of, engine: group.engine });
			all.set(name, known);
		}
	}
	return all;
}

const COMMANDS_HELP = `npm run demo                                 the sample recording
npm run demo -- vad FILE… [options]          speech segments of each file
npm run demo -- voiceprint FILE… [options]   the voiceprint of each channel
npm run demo -- compare FILE FILE [options]  whether the same person speaks in two files, channel by channel
npm run demo -- speakers FILE… [options]     who speaks when in each file
npm run --silent demo -- vad FILE… --json    one JSON document per file, one a line`;

export function usage(): string {
	const groups = (GROUPS as readonly Group[]).map(({ title, options }) => {
		const lines = Object.entries(options).map(([name, { takes = '', help }]) => `  ${`--${name} ${takes}`.padEnd(24)}${help}`);
		return [`${title}:`, ...lines].join('\n');
	});
	return [COMMANDS_HELP, ...groups].join('\n\n');
}
