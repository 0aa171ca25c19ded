/** The pipeline of a voice activity detection: media file → channels on disk → speech per channel → result. */
import { decodeMedia, type DecodedMedia } from '../media/decoder';
import { Spool } from '../media/spool';
import type { VadChannel, VadJob, VadResult, Warning } from '../protocol';
import { SAMPLE_RATE, type Audio } from '../vad/audio';
import { detectSpeech, type Detection } from '../vad/detect';
import { LevelMeter } from '../vad/level';
import { vadSettings } from '../vad/presets';
import { SILERO_MODEL } from '../vad/silero';
import { Guard } from './guard';
import { sileroModels } from './models';

/** Seconds to milliseconds precision, without floating-point dust. */
const round = (seconds: number) => Math.round(seconds * 1000) / 1000;

interface Recording {
	media: DecodedMedia;
	/** One per kept channel. */
	levels: LevelMeter[];
}

/** First pass: decodes into the spool and measures each channel's level. */
async function record(job: VadJob, spool: Spool, guard: Guard): Promise<Recording> {
	const levels: LevelMeter[] = [];
	const media = await decodeMedia(job.media, (block) => {
		guard.check();
		spool.append(block);
		block.forEach((samples, channel) => (levels[channel] ??= new LevelMeter()).add(samples));
	});
	spool.finish();
	return { media, levels };
}

/** One channel of the spool as audio that can be read anywhere. */
function channelAudio(spool: Spool, channel: number, guard: Guard): Audio {
	return {
		length: spool.length,
		read(start, target) {
			guard.check();
			const lead = Math.min(target.length, Math.max(0, -start));
			target.fill(0, 0, lead);
			const read = spool.read(channel, start + lead, target.subarray(lead));
			target.fill(0, lead + read);
		},
	};
}

function describeChannel(channelNumber: number, { spans, probabilities, hop }: Detection, offset: number): VadChannel {
	const segments = spans.map(({ start, end }) => ({
		segment_type: 'voice',
		start_time: round(offset + start),
		end_time: round(offset + end),
	}));
	const channel: VadChannel = {
		channel_number: channelNumber,
		speech_length: round(segments.reduce((sum, { start_time, end_time }) => sum + end_time - start_time, 0)),
		segments,
	};
	if (probabilities) Object.assign(channel, { speech_probabilities: probabilities.map(round), hop });
	return channel;
}

function channelWarning({ channel_number, segments }: VadChannel, level: LevelMeter | undefined): Warning | undefined {
	if (segments.length > 0) return undefined;
	return !level || level.silent
		? { code: 'SILENT_CHANNEL', message: `Channel ${channel_number} is silent`, channel_number }
		: { code: 'NO_SPEECH', message: `No speech was found in channel ${channel_number}`, channel_number };
}

/** @throws EngineError */
export async function detectVoiceActivity(job: VadJob): Promise<VadResult> {
	const settings = vadSettings(job.vad);
	const { runtime, models } = await sileroModels(job.runtime);
	const guard = new Guard();
	const spool = new Spool(job.workFolder);
	try {
		const { media, levels } = await record(job, spool, guard);
		const channels: VadChannel[] = [];
		const warnings = [...media.warnings];
		for (const [index, channelNumber] of media.channelNumbers.entries()) {
			const detection = await detectSpeech(channelAudio(spool, index, guard), models, {
				settings,
				gain: levels[index]?.gain ?? 1,
				keepProbabilities: job.vad.includeProbabilities === true,
			});
			const channel = describeChannel(channelNumber, detection, media.start);
			const warning = channelWarning(channel, levels[index]);
			if (warning) warnings.push(warning);
			channels.push(channel);
		}
		const duration = round(media.samples / SAMPLE_RATE);
		return { engine: 'local', model: SILERO_MODEL, runtime: runtime.name, duration, media: media.info, channels, warnings };
	} finally {
		spool.dispose();
	}
}
