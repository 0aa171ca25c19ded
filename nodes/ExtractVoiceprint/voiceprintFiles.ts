/** Voiceprints as files beside the JSON, as they are stored and handed around: the text of the voiceprint, named .vp. */
import type { IBinaryKeyData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { VoiceprintChannel, VoiceprintResult } from '../../items/result';
import { freeName } from '../common/itemFiles';

const FIELD = 'voiceprint';

export interface FileShape {
	/** Whether the item asks for files. */
	includeFile: boolean;
}

/**
 * @param items of the result, one for the file or one for each of its channels
 * @returns the items with the files, where they are asked for
 */
export async function withVoiceprintFiles(
	ctx: IExecuteFunctions,
	{ includeFile }: FileShape,
	{ channels }: VoiceprintResult,
	items: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	if (!includeFile) return items;
	const areApart = items.length === channels.length;
	return await Promise.all(
		items.map(async (item, i) => {
			const own = areApart ? [channels[i]!] : channels;
			const binary: IBinaryKeyData = { ...item.binary };
			for (const channel of own) {
				const field = own.length === 1 ? FIELD : `${FIELD}_${channel.speaker ?? channel.channel_number}`;
				const name = fileName(item.json.file_name, channels.length === 1 ? undefined : channel);
				const content = Buffer.from(channel.voiceprint);
				binary[freeName(binary, field)] = await ctx.helpers.prepareBinaryData(content, name, 'text/plain');
			}
			return { ...item, binary };
		}),
	);
}

/** `call.vp` of `call.wav`, `call-channel-1.vp` of one of its channels, `call-SPEAKER_00.vp` of one of its speakers. */
function fileName(source: unknown, channel: VoiceprintChannel | undefined): string {
	const base = typeof source === 'string' ? source.replace(/\.[^./\\]{1,8}$/, '') : '';
	return `${base || FIELD}${channel === undefined ? '' : `-${channel.speaker ?? `channel-${channel.channel_number}`}`}.vp`;
}
