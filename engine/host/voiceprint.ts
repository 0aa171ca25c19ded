/** The pipeline of a voiceprint extraction: media file → speech per channel → one voiceprint per channel → result. */
import { EngineError } from '../errors';
import type { VoiceprintChannel, VoiceprintJob, VoiceprintResult, Warning } from '../protocol';
import type { Embedder } from '../embedding/embedder';
import { encodeVoiceprint } from '../voiceprint/encoding';
import { extractVoiceprint } from '../voiceprint/extract';
import { qualityWarnings } from '../voiceprint/quality';
import { embedderFor } from './models';
import { round, withRecording, type ListenedChannel } from './recording';

/** A vector's numbers with the digits that float32 has, so that they do not fill the page. */
const digits = (vector: Float32Array) => Array.from(vector, (value) => Number(value.toPrecision(7)));

function refuseLittleSpeech(channel: VoiceprintChannel, { minimumSpeech, onLittleSpeech }: VoiceprintJob['voiceprint']): void {
	if (onLittleSpeech !== 'fail' || channel.speech_length >= minimumSpeech) return;
	throw new EngineError(
		'TOO_LITTLE_SPEECH',
		`Channel ${channel.channel_number} has ${channel.speech_length.toFixed(1)} s of speech, less than the minimum of ${minimumSpeech} s`,
		"Lower 'Minimum Speech Length', set 'On Little Speech' to warn only, or leave the channel out with 'Channels'.",
	);
}

async function describeChannel(
	{ channelNumber, audio, spans, warning }: ListenedChannel,
	embedder: Embedder,
	request: VoiceprintJob['voiceprint'],
): Promise<{ channel: VoiceprintChannel; warnings: Warning[] }> {
	const { voiceprint, quality } = await extractVoiceprint(audio, spans, embedder, request.maximumSpeech);
	const found: Warning[] = warning
		? [{ ...warning, message: `${warning.message}: its voiceprint is empty` }]
		: qualityWarnings(channelNumber, voiceprint.speechLength, request.minimumSpeech, quality, false).map((one) => ({
				...one,
				channel_number: channelNumber,
			}));
	const channel = {
		channel_number: channelNumber,
		voiceprint: encodeVoiceprint(voiceprint),
		vector: digits(voiceprint.vector),
		speech_length: round(voiceprint.speechLength),
		model: voiceprint.model,
		quality: { ...quality, warnings: found.map(({ message }) => message) },
	};
	refuseLittleSpeech(channel, request);
	return { channel, warnings: found };
}

/** @throws EngineError, TOO_LITTLE_SPEECH where the job says to fail then, INVALID_MODEL for a model of one's own */
export async function extractVoiceprints(job: VoiceprintJob): Promise<VoiceprintResult> {
	return await withRecording(job, async ({ media, runtime, duration, channels: listened }) => {
		const embedder = await embedderFor(runtime, job.voiceprint.modelFile);
		const channels: VoiceprintChannel[] = [];
		const warnings = [...media.warnings];
		for await (const one of listened()) {
			const described = await describeChannel(one, embedder, job.voiceprint);
			channels.push(described.channel);
			warnings.push(...described.warnings);
		}
		return { engine: 'local', model: embedder.id, runtime: runtime.name, duration, media: media.info, channels, warnings };
	});
}
