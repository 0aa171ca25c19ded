/** A media file decoded onto the disk, and the speech in its channels: what every pipeline begins with. */
import type { OwnSounds } from '../artefacts/cuts/ownSounds';
import { decodeMedia, prepareDecoding, type DecodedMedia } from '../media/decode';
import { Spool } from '../media/spool';
import type { ArtefactsJob, Job, Warning } from '../../client/protocol';
import { findEchoes, type Echo } from '../echo/echo';
import type { Runtime } from '../runtime/interface';
import { round, SAMPLE_RATE, type Audio, type Span } from '../audio';
import type { Detection } from '../vad/detect';
import { LevelMeter } from '../vad/level';
import { listen, soundOf, type Heard } from '../vad/listen';
import { lengthOf } from '../spans';
import { formatSeconds } from '../media/range';
import { vadSettings, type VadSettings } from '../../client/presets';
import type { SileroModels } from '../vad/probabilities';
import { sileroModels } from './loadedModels';
import { followed, progressed } from './progress';

/** One channel of a recording, with the speech found in it. */
export interface ListenedChannel extends Detection {
	/** Its number in the file. */
	channelNumber: number;
	audio: Audio;
	/** Why there is no speech, where there is none. */
	warning?: Warning;
	/** What else there is to know about its sound. */
	notes: Warning[];
	/** What of its speech is another channel heard again, and which one. */
	echoOf?: { channelNumber: number; spans: readonly Span[] };
}

/** What cuts can be made of. */
export interface Cuttable {
	/** The sound of each channel, as it was decoded. */
	decoded: Audio[];
	/** Absent where no cuts are asked for. */
	own?: OwnSounds | undefined;
}

/** A recording whose channels can be listened to one after the other. */
export interface Recording {
	media: DecodedMedia;
	runtime: Runtime;
	/** Seconds of media. */
	duration: number;
	cuttable: Cuttable;
	/** The channels asked for, each with its speech; detected when it is its turn. */
	channels: () => AsyncGenerator<ListenedChannel, void, void>;
}

/**
 * First pass: decodes into the spool and measures each channel's level.
 * @param own takes the sound at the file's own rate, where it is wanted
 * @param expect told how many samples there are so far
 */
async function decode(
	{ media: request, workFolder }: Pick<Job, 'media' | 'workFolder'>,
	spool: Spool,
	own: OwnSounds | undefined,
	expect: (samples: number) => void = () => {},
): Promise<{ media: DecodedMedia; levels: LevelMeter[] }> {
	const newMeter = await LevelMeter.prepare();
	const levels: LevelMeter[] = [];
	const append = (block: Float32Array[]) => {
		block.forEach((samples, channel) => (levels[channel] ??= newMeter(spool.length)).add(samples));
		spool.append(block);
		expect(spool.length);
		progressed('decoding', spool.length / SAMPLE_RATE);
	};
	const appendSilence = (samples: number) => {
		levels.forEach((level) => level.skip(samples));
		spool.appendSilence(samples);
	};
	const media = await decodeMedia(request, { onBlock: append, onSilence: appendSilence }, { workFolder, original: own });
	spool.finish();
	// Where all is silence, it came as such.
	media.channelNumbers.forEach((_, channel) => (levels[channel] ??= newMeter()));
	levels.forEach((level) => level.finish());
	return { media, levels };
}

/** One channel of the spool as audio that can be read anywhere. */
function channelAudio(spool: Spool, channel: number): Audio {
	return {
		length: spool.length,
		read(start, target) {
			const lead = Math.min(target.length, Math.max(0, -start));
			target.fill(0, 0, lead);
			const read = spool.read(channel, start + lead, target.subarray(lead));
			target.fill(0, lead + read);
		},
	};
}

function noSpeechWarning(channel_number: number, { spans }: Detection, level: LevelMeter): Warning | undefined {
	if (spans.length > 0) return undefined;
	return level.silent
		? { code: 'SILENT_CHANNEL', message: `Channel ${channel_number} is silent`, channel_number }
		: { code: 'NO_SPEECH', message: `No speech was found in channel ${channel_number}`, channel_number };
}

function absurdWarning(channel_number: number, { scale }: LevelMeter): Warning[] {
	if (scale.absurd === 0) return [];
	const samples = scale.absurd === 1 ? '1 sample' : `${scale.absurd} samples`;
	const message = `Channel ${channel_number} has ${samples} absurdly larger than its sound, taken as silence`;
	return [{ code: 'SAMPLES_REPLACED', message, channel_number }];
}

/** @param offset seconds of the file's timeline at which the audio begins */
function levelsWarning(channel_number: number, atOtherLevels: readonly Span[], offset: number): Warning[] {
	const [first] = atOtherLevels;
	if (!first) return [];
	const message =
		`${lengthOf(atOtherLevels).toFixed(1)} s of speech in channel ${channel_number} (the first at ` +
		`${formatSeconds(offset + first.start)}) is at another level than the rest, or beside sounds that are much louder ` +
		'than speech. It was found by listening once more without level correction and is part of the result';
	return [{ code: 'LEVELS_DIFFER', message, channel_number }];
}

interface Listening {
	media: DecodedMedia;
	levels: LevelMeter[];
	models: Required<SileroModels>;
	settings: VadSettings;
	keepProbabilities: boolean;
	spool: Spool;
}

/** Times are those of the file. */
function echoWarning(channelNumber: number, echo: Echo | undefined, channelNumbers: readonly number[], offset: number): Warning[] {
	const [first] = echo?.spans ?? [];
	if (!echo || !first) return [];
	const other = channelNumbers[echo.of];
	if (echo.same) {
		const message = `Channel ${channelNumber} has the same sound as channel ${other}: it is no other speaker`;
		return [{ code: 'SAME_AS_CHANNEL', message, channel_number: channelNumber }];
	}
	const message =
		`${lengthOf(echo.spans).toFixed(1)} s of the speech in channel ${channelNumber} (the first at ` +
		`${formatSeconds(offset + first.start)}) is channel ${other} heard again, ${Math.round(echo.delay * 1000)} ms later and ` +
		`${Math.round(echo.attenuation)} dB quieter`;
	return [{ code: 'ECHO_OF_CHANNEL', message, channel_number: channelNumber }];
}

/** The sound of each channel asked for, in their order, and its level. */
function soundsOf({ levels, spool }: Pick<Listening, 'levels' | 'spool'>): Array<{ audio: Audio; level: LevelMeter }> {
	return levels.map((level, index) => ({ audio: soundOf(channelAudio(spool, index), level), level }));
}

/** All channels are listened to before the first is handed on: only then is known which are echoes. */
async function* listenToAll({ media, levels, models, settings, keepProbabilities, spool }: Listening): AsyncGenerator<ListenedChannel, void, void> {
	const { channelNumbers, start } = media;
	const heard: Array<Heard & { audio: Audio; level: LevelMeter }> = [];
	for (const [index, { audio, level }] of soundsOf({ levels, spool }).entries()) {
		const watched = followed(audio, 'listening', { index, count: channelNumbers.length });
		heard.push({ ...(await listen(watched, models, { settings, level, keepProbabilities })), audio, level });
	}
	const echoes = findEchoes(heard);
	for (const [index, { level, atOtherLevels, ...detection }] of heard.entries()) {
		const channelNumber = channelNumbers[index] as number;
		const echo = echoes[index];
		const notes = [
			...absurdWarning(channelNumber, level),
			...levelsWarning(channelNumber, atOtherLevels, start),
			...echoWarning(channelNumber, echo, channelNumbers, start),
		];
		const echoOf = echo && !echo.same ? { channelNumber: channelNumbers[echo.of] as number, spans: echo.spans } : undefined;
		yield { ...detection, channelNumber, warning: noSpeechWarning(channelNumber, detection, level), notes, echoOf };
	}
}

/** Where the job makes cuts, the sound at the recording's own rate is kept too. */
async function ownSounds(job: Job): Promise<OwnSounds | undefined> {
	const produce = 'produce' in job ? job.produce : undefined;
	if (!produce?.speechOnly && !produce?.clips) return undefined;
	return new (await import('../artefacts/cuts/ownSounds')).OwnSounds(job.workFolder);
}

const cuttableOf = ({ channelNumbers }: DecodedMedia, spool: Spool, own: OwnSounds | undefined): Cuttable => ({
	decoded: channelNumbers.map((_, index) => channelAudio(spool, index)),
	own,
});

/**
 * Decodes the job's media and hands it to `use`; what lies on the disk is removed afterwards.
 * @throws VoiceprintError as `decodeMedia` does, INVALID_PARAMETER, RUNTIME_UNAVAILABLE, and what `use` throws
 */
export async function withRecording<T>(job: Exclude<Job, ArtefactsJob>, use: (recording: Recording) => Promise<T>): Promise<T> {
	const settings = vadSettings(job.vad); // throws before the work
	const keepProbabilities = job.vad.includeProbabilities === true;
	const loading = sileroModels(job.runtime);
	prepareDecoding(job.media);
	const { runtime, models } = await loading;
	const own = await ownSounds(job);
	const spool = new Spool(job.workFolder);
	try {
		// The 16 kHz model alone is used in Silero's own mode.
		const { media, levels } = await decode(job, spool, own, (samples) => !settings.sileroCompatible && models.narrow.expect?.(samples));
		const channels = () => listenToAll({ media, levels, models, settings, keepProbabilities, spool });
		return await use({ media, runtime, duration: round(media.samples / SAMPLE_RATE), cuttable: cuttableOf(media, spool, own), channels });
	} finally {
		own?.abandon();
		spool.dispose();
	}
}

/**
 * Decodes the job's media and hands its sound to `use`, channel by channel, without listening to it.
 * @throws VoiceprintError as `decodeMedia` does, and what `use` throws
 */
export async function withSound<T>(job: Job, use: (decoded: { media: DecodedMedia; sounds: Audio[]; cuttable: Cuttable }) => Promise<T>): Promise<T> {
	const own = await ownSounds(job);
	const spool = new Spool(job.workFolder);
	try {
		const { media, levels } = await decode(job, spool, own);
		const sounds = soundsOf({ levels, spool }).map(({ audio }) => audio);
		return await use({ media, sounds, cuttable: cuttableOf(media, spool, own) });
	} finally {
		own?.abandon();
		spool.dispose();
	}
}
