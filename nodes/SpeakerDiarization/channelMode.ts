/** The parameter Channel Mode, which here can be left to the recording. */
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { ChannelMode } from '../../engine/client/protocol';
import { CHANNEL_MODE, CHANNELS, parseChannels } from '../common/mediaParameters';
import { choice, read } from '../common/read';

export const CHANNEL_MODE_OF_SPEAKERS: INodeProperties = {
	...CHANNEL_MODE,
	default: 'automatic',
	description: 'What to do with a file of several channels, such as a call with one speaker on each, or a stereo recording of a meeting',
	options: [
		{
			name: 'Automatic',
			value: 'automatic',
			description:
				'By listening: channels that hold the same conversation are mixed, others kept apart, and one that has one person alone needs no telling apart. The Speech Platform API keeps all apart.',
		},
		{ name: 'Mix', value: 'mix', description: 'Mix the channels into one and process that, as channel 0' },
		{ name: 'Split', value: 'split', description: 'Tell speakers apart in each channel on its own' },
	],
};

/** @throws VoiceprintError INVALID_PARAMETER */
export function readChannelsToDiarize(ctx: IExecuteFunctions, itemIndex: number): { channelMode: ChannelMode; channels: number[]; isAutomatic: boolean } {
	const mode = choice<ChannelMode | 'automatic'>(CHANNEL_MODE_OF_SPEAKERS, read(ctx, itemIndex, CHANNEL_MODE_OF_SPEAKERS));
	const channels = parseChannels(read(ctx, itemIndex, CHANNELS));
	return { channelMode: mode === 'automatic' ? 'split' : mode, channels, isAutomatic: mode === 'automatic' };
}
