/** The pipeline of a voiceprint extraction: media file → speech per channel → one voiceprint per channel → result. */
import { calibrationOf } from '../../../models/calibrations';
import { parseCalibration, type Calibration } from '../../../voiceprints/calibration';
import { soundsLikeSeveral } from '../../../voiceprints/severalSpeakers';
import { plainNumbers } from '../../../voiceprints/vector';
import { VoiceprintError } from '../../../errors';
import type { VoiceprintChannel, VoiceprintJob, VoiceprintResult, Warning } from '../../client/protocol';
import type { Embedder } from '../embedding/embedder';
import { encodeVoiceprint } from '../../../voiceprints/encoding';
import { extractVoiceprint, type Extraction } from '../extraction/extract';
import { qualityWarnings } from '../extraction/quality';
import { embedderFor } from './loadedModels';
import { round, withRecording, type ListenedChannel } from './recording';

function refuseLittleSpeech(channel: VoiceprintChannel, { minimumSpeech, onLittleSpeech }: VoiceprintJob['voiceprint']): void {
	if (onLittleSpeech !== 'fail' || channel.speech_length >= minimumSpeech) return;
	throw new VoiceprintError(
		'TOO_LITTLE_SPEECH',
		`Channel ${channel.channel_number} has ${channel.speech_length.toFixed(1)} s of speech, less than the minimum of ${minimumSpeech} s`,
		"Lower 'Minimum Speech Length', set 'On Little Speech' to warn only, or leave the channel out with 'Channels'.",
	);
}

interface Model {
	embedder: Embedder;
	calibration: Calibration | undefined;
}

/** A model of one's own brings its own. */
async function calibrationWith({ id, calibration }: Embedder): Promise<Calibration | undefined> {
	return calibration === undefined ? await calibrationOf(id) : parseCalibration(calibration, id);
}

/** What is wrong with a channel's voiceprint. */
function warningsOf(
	{ channelNumber: channel_number, warning }: ListenedChannel,
	{ voiceprint, quality, windows, alike }: Extraction,
	minimum: number,
	calibration: Calibration | undefined,
): Warning[] {
	if (warning) return [{ ...warning, message: `${warning.message}: its voiceprint is empty` }];
	const seconds = voiceprint.speechLength;
	const several = soundsLikeSeveral(alike, windows, seconds / windows, calibration);
	return qualityWarnings(channel_number, seconds, minimum, quality, several).map((one) => ({ ...one, channel_number }));
}

async function describeChannel(
	listened: ListenedChannel,
	{ embedder, calibration }: Model,
	request: VoiceprintJob['voiceprint'],
): Promise<{ channel: VoiceprintChannel; warnings: Warning[] }> {
	const { channelNumber, audio, spans } = listened;
	const extraction = await extractVoiceprint(audio, spans, embedder, request.maximumSpeech);
	const { voiceprint, quality } = extraction;
	const found = warningsOf(listened, extraction, request.minimumSpeech, calibration);
	const channel = {
		channel_number: channelNumber,
		voiceprint: encodeVoiceprint(voiceprint),
		vector: plainNumbers(voiceprint.vector),
		speech_length: round(voiceprint.speechLength),
		model: voiceprint.model,
		quality: { ...quality, warnings: found.map(({ message }) => message) },
	};
	refuseLittleSpeech(channel, request);
	return { channel, warnings: found };
}

/** @throws VoiceprintError, TOO_LITTLE_SPEECH where the job says to fail then, INVALID_MODEL for a model of one's own */
export async function extractVoiceprints(job: VoiceprintJob): Promise<VoiceprintResult> {
	return await withRecording(job, async ({ media, runtime, duration, channels: listened }) => {
		const embedder = await embedderFor(runtime, job.voiceprint);
		const model = { embedder, calibration: await calibrationWith(embedder) };
		const channels: VoiceprintChannel[] = [];
		const warnings = [...media.warnings];
		for await (const one of listened()) {
			const described = await describeChannel(one, model, job.voiceprint);
			channels.push(described.channel);
			warnings.push(...described.warnings);
		}
		return { engine: 'local', model: embedder.id, runtime: runtime.name, duration, media: media.info, channels, warnings };
	});
}
