/** Voiceprint extraction by the Speech Platform API: from an item to a result. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { VoiceprintChannel, VoiceprintResult } from '../../../items/result';
import type { VoiceprintExtractionOptions, VoiceprintExtractionResult } from '../../../speech-platform';
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

/** Without speech there is a voiceprint all the same, and it is nobody's. */
const NOBODY = ': its voiceprint says nothing about a speaker';

function resultOf(result: VoiceprintExtractionResult): Pick<VoiceprintResult, 'channels' | 'warnings'> {
	const channels = result.channels.map(({ vector_voiceprint: vector, ...channel }): VoiceprintChannel => {
		return vector ? { ...channel, vector } : channel;
	});
	const empty = channels.filter(({ speech_length, vector }) => speech_length === 0 || vector?.length === 0);
	return { channels, warnings: empty.map(({ channel_number }) => noSpeech(channel_number, NOBODY)) };
}

function settingsOf(request: VoiceprintExtractionOptions): Answer<unknown>['settings'] {
	const { channelMode, channels, includeVectorVoiceprint = false } = request;
	return { channel_mode: channelMode, channels, include_vector_voiceprint: includeVectorVoiceprint };
}
