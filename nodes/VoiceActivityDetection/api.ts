/** Voice activity detection by the Speech Platform API: from an item to a result. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { SpeechResult } from '../../items';
import type { VoiceActivityDetectionOptions, VoiceActivityDetectionResult } from '../../speech-platform';
import type { Answer } from '../common/answer';
import { readChannels, readRange } from '../common/mediaParameters';
import { isGetResult, runTask } from '../common/tasks';
import { noSpeech } from '../common/warnings';
import { OPERATION, OPTIONS } from './parameters';

export async function detectByApi(ctx: IExecuteFunctions, itemIndex: number): Promise<Answer<SpeechResult>> {
	const asked = isGetResult(ctx, itemIndex, OPERATION) ? {} : readOptions(ctx, itemIndex);
	const { task, result, file } = await runTask(ctx, itemIndex, {
		technology: 'voice-activity-detection',
		operation: OPERATION,
		options: OPTIONS,
		start: async (platform, media) => await platform.startVoiceActivityDetection(media, asked),
	});
	return { result: result ? { ...task, ...speechOf(result) } : task, file, settings: settingsOf(asked) };
}

function readOptions(ctx: IExecuteFunctions, itemIndex: number): VoiceActivityDetectionOptions {
	return { ...readChannels(ctx, itemIndex), ...readRange(ctx, itemIndex) };
}

function speechOf({ channels }: VoiceActivityDetectionResult): Pick<SpeechResult, 'channels' | 'warnings'> {
	const silent = channels.filter(({ segments }) => segments.length === 0);
	return { channels, warnings: silent.map(({ channel_number }) => noSpeech(channel_number)) };
}

function settingsOf(asked: VoiceActivityDetectionOptions): Answer<unknown>['settings'] {
	const { channelMode, channels, rangeFrom, rangeTo } = asked;
	if (channelMode === undefined) return undefined;
	return { channel_mode: channelMode, channels, range_from: rangeFrom, range_to: rangeTo ?? null };
}
