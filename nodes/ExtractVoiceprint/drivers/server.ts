/** Voiceprint extraction by the Speech Platform API: from an item to a result. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { VoiceprintChannel, VoiceprintResult } from '../../../items/result';
import type { VoiceprintExtractionOptions, VoiceprintExtractionResult } from '../../../speech-platform';
import { encodeVoiceprint } from '../../../voiceprints/encoding';
import { noSpeech, type Answer } from '../../common/answer';
import { readChannels } from '../../common/mediaParameters';
import { boolean, readCollection } from '../../common/read';
import type { Servers } from '../../common/platform';
import { runTask } from '../../common/tasks';
import { INCLUDE_VECTOR_VOICEPRINT, OPERATION, OPTIONS } from '../parameters';

export async function extractOnServer(
	ctx: IExecuteFunctions,
	itemIndex: number,
	servers: Servers,
): Promise<Answer<VoiceprintResult>> {
	return await runTask(ctx, itemIndex, servers, {
		technology: 'speaker-identification-voiceprint-extraction',
		operation: OPERATION,
		options: OPTIONS,
		readRequest: () => readRequest(ctx, itemIndex),
		start: async (platform, media, request, budget) => await platform.startVoiceprintExtraction(media, request, budget),
		resultOf,
		settingsOf,
	});
}

function readRequest(ctx: IExecuteFunctions, itemIndex: number): VoiceprintExtractionOptions {
	const { includeVectorVoiceprint } = readCollection(ctx, itemIndex, OPTIONS);
	// Older servers do not know it, so it is sent only where it is set.
	const vector = boolean(INCLUDE_VECTOR_VOICEPRINT, includeVectorVoiceprint);
	return { ...readChannels(ctx, itemIndex), ...(vector ? { includeVectorVoiceprint: true } : {}) };
}

/** Characters of a model's name in an empty voiceprint; the name as it is stands beside it. */
const LONGEST_NAME = 60;

/** Of a channel without speech. */
const NOBODY = ': its voiceprint is empty';

function resultOf(result: VoiceprintExtractionResult): Pick<VoiceprintResult, 'channels' | 'warnings'> {
	const channels = result.channels.map(({ vector_voiceprint: vector, ...channel }): VoiceprintChannel => {
		return vector ? { ...channel, vector } : channel;
	});
	const isEmpty = ({ speech_length, vector }: VoiceprintChannel) => speech_length === 0 || vector?.length === 0;
	return {
		channels: channels.map((channel) => (isEmpty(channel) ? ofNobody(channel) : channel)),
		warnings: channels.filter(isEmpty).map(({ channel_number }) => noSpeech(channel_number, NOBODY)),
	};
}

/**
 * A server gives a voiceprint for silence too, and nothing in it tells that it is nobody's; without the speech length
 * beside it, two silent recordings would be one speaker. So the empty one of the local engine stands there, which says so
 * itself wherever it is stored.
 */
function ofNobody(channel: VoiceprintChannel): VoiceprintChannel {
	const model = channel.model.slice(0, LONGEST_NAME) || 'unknown';
	const voiceprint = encodeVoiceprint({ model, speechLength: 0, vector: new Float32Array(0) });
	return { ...channel, speech_length: 0, voiceprint };
}

function settingsOf(request: VoiceprintExtractionOptions): Answer<unknown>['settings'] {
	const { channelMode, channels, includeVectorVoiceprint = false } = request;
	return { channel_mode: channelMode, channels, include_vector_voiceprint: includeVectorVoiceprint };
}
