/** A media file decoded onto the disk, and the speech in its channels: what every pipeline begins with. */
import { decodeMedia, type DecodedMedia } from '../media/decode';
import { Spool } from '../media/spool';
import type { Job, Warning } from '../../client/protocol';
import type { Runtime } from '../runtime/interface';
import { SAMPLE_RATE, type Audio } from '../audio';
import { detectSpeech, type Detection } from '../vad/detect';
import { LevelMeter } from '../vad/level';
import { vadSettings, type VadSettings } from '../../client/presets';
import type { SileroModels } from '../vad/probabilities';
import { sileroModels } from './loadedModels';

/** Seconds to milliseconds precision, without floating-point dust. */
export const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** One channel of a recording, with the speech found in it. */
export interface ListenedChannel extends Detection {
	/** Its number in the file. */
	channelNumber: number;
	audio: Audio;
	/** Why there is no speech, where there is none. */
	warning?: Warning;
}

/** A recording whose channels can be listened to one after the other. */
export interface Recording {
	media: DecodedMedia;
	runtime: Runtime;
	/** Seconds of media. */
	duration: number;
	/** The channels asked for, each with its speech; detected when it is its turn. */
	channels: () => AsyncGenerator<ListenedChannel, void, void>;
}

/** First pass: decodes into the spool and measures each channel's level. */
async function decode({ media: request, workFolder }: Job, spool: Spool): Promise<{ media: DecodedMedia; levels: LevelMeter[] }> {
	const levels: LevelMeter[] = [];
	const append = (block: Float32Array[]) => {
		spool.append(block);
		block.forEach((samples, channel) => (levels[channel] ??= new LevelMeter()).add(samples));
	};
	// Silence does not count for the level of speech.
	const media = await decodeMedia(request, append, (samples) => spool.appendSilence(samples), workFolder);
	spool.finish();
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

function noSpeechWarning(channel_number: number, { spans }: Detection, level: LevelMeter | undefined): Warning | undefined {
	if (spans.length > 0) return undefined;
	return !level || level.silent
		? { code: 'SILENT_CHANNEL', message: `Channel ${channel_number} is silent`, channel_number }
		: { code: 'NO_SPEECH', message: `No speech was found in channel ${channel_number}`, channel_number };
}

interface Listening {
	media: DecodedMedia;
	levels: LevelMeter[];
	models: SileroModels;
	settings: VadSettings;
	keepProbabilities: boolean;
	spool: Spool;
}

async function* listen({ media, levels, models, settings, keepProbabilities, spool }: Listening): AsyncGenerator<ListenedChannel, void, void> {
	for (const [index, channelNumber] of media.channelNumbers.entries()) {
		const audio = channelAudio(spool, index);
		const detection = await detectSpeech(audio, models, {
			settings,
			gain: levels[index]?.gain ?? 1,
			keepProbabilities,
		});
		yield { ...detection, channelNumber, audio, warning: noSpeechWarning(channelNumber, detection, levels[index]) };
	}
}

/**
 * Decodes the job's media and hands it to `use`; what lies on the disk is removed afterwards.
 * @throws VoiceprintError as `decodeMedia` does, INVALID_PARAMETER, RUNTIME_UNAVAILABLE, and what `use` throws
 */
export async function withRecording<T>(job: Job, use: (recording: Recording) => Promise<T>): Promise<T> {
	const settings = vadSettings(job.vad); // throws before the work
	const keepProbabilities = job.vad.includeProbabilities === true;
	const { runtime, models } = await sileroModels(job.runtime);
	const spool = new Spool(job.workFolder);
	try {
		const { media, levels } = await decode(job, spool);
		const channels = () => listen({ media, levels, models, settings, keepProbabilities, spool });
		return await use({ media, runtime, duration: round(media.samples / SAMPLE_RATE), channels });
	} finally {
		spool.dispose();
	}
}
