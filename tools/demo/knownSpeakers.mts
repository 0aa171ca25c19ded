/** Recordings of people who may speak, as items with a name and a voiceprint. */
import type { INodeParameters } from 'n8n-workflow';
import type { Harness, HarnessItem } from '../n8n/harness.mts';
import { nameOf } from './files.mts';
import { processFile, RunFault } from './run.mts';

/**
 * Each channel with speech is somebody, named as the file and, where there are several, by its channel.
 * @param model that tells speakers apart: voiceprints of others do not compare
 * @throws RunFault
 */
export async function knownItems(harness: Harness, files: string[], model: INodeParameters): Promise<HarnessItem[]> {
	const items: HarnessItem[] = [];
	for (const file of files) {
		const answer = await processFile(harness, { node: 'extractVoiceprint', parameters: { output: 'file', ...model } }, file);
		if (answer.error) throw new RunFault(`--known ${file}: ${answer.error.message}`);
		const channels = answer.channels as Array<{ channel_number: number; speech_length: number; voiceprint: string; model: string }>;
		const speaking = channels.filter(({ speech_length }) => speech_length > 0);
		if (speaking.length === 0) throw new RunFault(`--known ${file}: nobody speaks in it`);
		const name = nameOf(file).replace(/\.[^.]+$/, '');
		for (const { channel_number, voiceprint, model, speech_length } of speaking) {
			const ofChannel = speaking.length === 1 ? name : `${name}, channel ${channel_number}`;
			items.push({ json: { name: ofChannel, voiceprint, model, speech_length } });
		}
	}
	return items;
}
