/** The pipeline of a voice activity detection: media file → speech per channel → result. */
import type { Segment, VadChannel, VadJob, VadResult } from '../../client/protocol';
import { round, type Audio } from '../audio';
import { intersection, lengthOf } from '../spans';
import { SILERO_MODEL } from '../vad/speechModel';
import { asFields, makeArtefacts } from './artefacts';
import { withRecording, type ListenedChannel } from './recording';

/** Share of a segment that has to be another channel's for the segment to be marked. */
const MOSTLY = 0.5;

function describeChannel({ channelNumber, spans, probabilities, hop, echoOf }: ListenedChannel, offset: number): VadChannel {
	const segments = spans.map((span): Segment => ({
		segment_type: 'voice',
		start_time: round(offset + span.start),
		end_time: round(offset + span.end),
		...(echoOf && lengthOf(intersection([span], echoOf.spans)) >= MOSTLY * (span.end - span.start) ? { echo_of_channel: echoOf.channelNumber } : {}),
	}));
	const channel: VadChannel = {
		channel_number: channelNumber,
		speech_length: round(segments.reduce((sum, { start_time, end_time }) => sum + end_time - start_time, 0)),
		segments,
	};
	if (probabilities) Object.assign(channel, { speech_probabilities: probabilities.map(round), hop });
	return channel;
}

/** @throws VoiceprintError */
export async function detectVoiceActivity(job: VadJob): Promise<VadResult> {
	return await withRecording(job, async ({ media, runtime, duration, cuttable, channels: listened }) => {
		const channels: VadChannel[] = [];
		const sounds: Audio[] = [];
		const warnings = [...media.warnings];
		for await (const channel of listened()) {
			channels.push(describeChannel(channel, media.start));
			sounds.push(channel.audio);
			if (channel.warning) warnings.push(channel.warning);
			warnings.push(...channel.notes);
		}
		const made = await makeArtefacts(job.produce, { sounds, channels, start: media.start, media: job.media, info: media.info, cuttable, folder: job.workFolder });
		warnings.push(...made.warnings);
		return { engine: 'local', model: SILERO_MODEL, runtime: runtime.name, duration, media: media.info, channels, warnings, ...asFields(job.produce, made.artefacts) };
	});
}
