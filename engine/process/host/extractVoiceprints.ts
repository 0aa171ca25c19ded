/** The pipeline of a voiceprint extraction: media file → speech per channel → one voiceprint per channel → result. */
import { speakersIn, type Speakers } from '../../../voiceprints/severalSpeakers';
import { plainNumbers } from '../../../voiceprints/vector';
import { VoiceprintError } from '../../../errors';
import type { VoiceprintChannel, VoiceprintJob, VoiceprintResult, Warning } from '../../client/protocol';
import { encodeVoiceprint } from '../../../voiceprints/encoding';
import { extractVoiceprint, type Extraction } from '../extraction/extract';
import { quantizationStep } from '../extraction/clipping';
import { qualityWarnings } from '../extraction/quality';
import { SAMPLE_RATE } from '../audio';
import { difference, lengthOf } from '../spans';
import { embedderFor } from './loadedModels';
import { voiceModel, voiceprintOf, type VoiceModel } from './voiceModel';
import { round, withRecording, type ListenedChannel } from './recording';

function refuseLittleSpeech(channel: VoiceprintChannel, { minimumSpeech, onLittleSpeech }: VoiceprintJob['voiceprint']): void {
	if (onLittleSpeech !== 'fail' || channel.speech_length >= minimumSpeech) return;
	throw new VoiceprintError(
		'TOO_LITTLE_SPEECH',
		`Channel ${channel.channel_number} has ${channel.speech_length.toFixed(1)} s of speech, less than the minimum of ${minimumSpeech} s`,
		"Lower 'Minimum Speech Length', set 'On Little Speech' to warn only, or leave the channel out with 'Channels'.",
	);
}

/** What is wrong with a channel's voiceprint. */
function warningsOf(
	{ channelNumber: channel_number, warning, notes }: ListenedChannel,
	{ voiceprint, quality }: Extraction,
	minimum: number,
	speakers: Speakers,
): Warning[] {
	if (warning) return [{ ...warning, message: `${warning.message}: its voiceprint is empty` }, ...notes];
	const seconds = voiceprint.speechLength;
	const found = qualityWarnings(channel_number, seconds, minimum, quality, speakers === 'several');
	return [...notes, ...found.map((one) => ({ ...one, channel_number }))];
}

/**
 * The speech that is not another channel's, where there is enough of it; else all, and the warning says what that means.
 * @param minimum seconds
 */
function ownSpeech({ spans, echoOf, notes, audio }: ListenedChannel, minimum: number): Pick<ListenedChannel, 'spans' | 'notes'> {
	if (!echoOf) return { spans, notes };
	const own = difference(spans, echoOf.spans, audio.length / SAMPLE_RATE);
	const isEnough = own.length > 0 && lengthOf(own) >= minimum;
	const consequence = isEnough ? 'that was left out' : `its voiceprint is that of channel ${echoOf.channelNumber}, or a mixture`;
	const told = notes.map((note) => (note.code === 'ECHO_OF_CHANNEL' ? { ...note, message: `${note.message}: ${consequence}` } : note));
	return { spans: isEnough ? own : spans, notes: told };
}

async function describeChannel(
	listened: ListenedChannel,
	model: VoiceModel,
	request: VoiceprintJob['voiceprint'],
	codec: string,
): Promise<{ channel: VoiceprintChannel; warnings: Warning[] }> {
	const { channelNumber, audio } = listened;
	const { spans, notes } = ownSpeech(listened, request.minimumSpeech);
	const extraction = await extractVoiceprint(audio, spans, model.embedder, request.maximumSpeech, quantizationStep(codec));
	const { voiceprint, quality } = extraction;
	const speakers = speakersIn(extraction.windows, voiceprint.speechLength, model.calibration);
	const found = warningsOf({ ...listened, notes }, extraction, request.minimumSpeech, speakers);
	const channel = {
		channel_number: channelNumber,
		voiceprint: encodeVoiceprint(voiceprintOf(extraction, model)),
		vector: plainNumbers(voiceprint.vector),
		speech_length: round(voiceprint.speechLength),
		model: voiceprint.model,
		quality: { ...quality, speakers, warnings: found.map(({ message }) => message) },
	};
	refuseLittleSpeech(channel, request);
	return { channel, warnings: found };
}

/** @throws VoiceprintError, TOO_LITTLE_SPEECH where the job says to fail then, INVALID_MODEL for a model of one's own */
export async function extractVoiceprints(job: VoiceprintJob): Promise<VoiceprintResult> {
	return await withRecording(job, async ({ media, runtime, duration, channels: listened }) => {
		const model = await voiceModel(await embedderFor(runtime, job.voiceprint), job.voiceprint.modelFile);
		const channels: VoiceprintChannel[] = [];
		const warnings = [...media.warnings];
		for await (const one of listened()) {
			const described = await describeChannel(one, model, job.voiceprint, media.info.codec);
			channels.push(described.channel);
			warnings.push(...described.warnings);
		}
		return { engine: 'local', model: model.embedder.id, runtime: runtime.name, duration, media: media.info, channels, warnings };
	});
}
