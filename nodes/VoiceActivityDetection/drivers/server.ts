/** Voice activity detection by the Speech Platform API: from an item to a result. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { SpeechResult } from '../../../items/result';
import type { VoiceActivityDetectionOptions, VoiceActivityDetectionResult } from '../../../speech-platform';
import { noSpeech, type Answer } from '../../common/answer';
import { withArtefacts } from '../../common/artefactsOfServer';
import { readChannels, readRange } from '../../common/mediaParameters';
import type { Servers } from '../../common/platform';
import { runTask } from '../../common/tasks';
import { OPERATION_OF_API, OPTIONS } from '../parameters';

export async function detectOnServer(
	ctx: IExecuteFunctions,
	itemIndex: number,
	servers: Servers,
): Promise<Answer<SpeechResult>> {
	const answer = await runTask<'voice-activity-detection', VoiceActivityDetectionOptions, SpeechResult>(ctx, itemIndex, servers, {
		technology: 'voice-activity-detection',
		operation: OPERATION_OF_API,
		options: OPTIONS,
		readRequest: () => ({ ...readChannels(ctx, itemIndex), ...readRange(ctx, itemIndex) }),
		start: async (platform, media, request, budget) => await platform.startVoiceActivityDetection(media, request, budget),
		resultOf,
		settingsOf,
	});
	return await withArtefacts(ctx, itemIndex, answer, OPTIONS);
}

function resultOf({ channels }: VoiceActivityDetectionResult): Pick<SpeechResult, 'channels' | 'warnings'> {
	const silent = channels.filter(({ segments }) => segments.length === 0);
	return { channels, warnings: silent.map(({ channel_number }) => noSpeech(channel_number)) };
}

function settingsOf({ channelMode, channels, rangeFrom, rangeTo }: VoiceActivityDetectionOptions): Answer<unknown>['settings'] {
	return { channel_mode: channelMode, channels, range_from: rangeFrom, range_to: rangeTo ?? null };
}
