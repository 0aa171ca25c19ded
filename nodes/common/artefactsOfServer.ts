/** What is made here of a recording whose result a server computed: the file is still at hand. */
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { ArtefactsJob, FoundChannel, MediaRequest, Warning } from '../../engine/client/protocol';
import { textOf, VoiceprintError } from '../../errors';
import { isTaskReference, type Provenance } from '../../items/result';
import { readProduce } from './alsoProduce';
import type { Answer } from './answer';
import { runLocally, type JobRequest } from './localJob';
import { readChannels, readRange } from './mediaParameters';
import { number, readCollection } from './read';
import { TIMEOUT } from './taskParameters';

const NO_FILE =
	'Also Produce needs the recording itself, which is not sent back with the result of a task. Only Label Files are made of it: ' +
	'to get the rest, start the task and wait for it in one node.';

/**
 * The answer with what the item asks for. The server's result is not lost where that fails: then a warning says why.
 * @param options the node's collection of options
 * @param asked which channels the server was asked for, where the node has a parameter of its own for them
 */
export async function withArtefacts<R extends Provenance & { channels: readonly FoundChannel[] }>(
	ctx: IExecuteFunctions,
	itemIndex: number,
	answer: Answer<R>,
	options: INodeProperties,
	asked?: Pick<MediaRequest, 'channelMode' | 'channels'>,
): Promise<Answer<R>> {
	const { produce } = readProduce(ctx, itemIndex);
	const { result, file } = answer;
	if (!produce || isTaskReference(result)) return answer;
	// Of a task that was started before, the file is not at hand.
	if (!file.binary) return withWarnings(answer, result, [notProduced(NO_FILE)]);
	const channels = result.channels.map(({ channel_number, segments }) => ({ channel_number, segments }));
	const media = { ...(asked ?? readChannels(ctx, itemIndex)), ...readRange(ctx, itemIndex) };
	const request: JobRequest<ArtefactsJob> = { type: 'artefacts', media, channels, produce };
	const timeoutMs = number(TIMEOUT, readCollection(ctx, itemIndex, options).timeout) * 1000;
	try {
		const { result: made, produced } = await runLocally<ArtefactsJob>(ctx, itemIndex, request, timeoutMs);
		return withWarnings({ ...answer, produced }, result, made.warnings.filter(isOfArtefacts));
	} catch (error) {
		// eslint-disable-next-line @n8n/community-nodes/require-node-api-error -- typed, and the item loop turns it into n8n's
		if (ctx.getExecutionCancelSignal()?.aborted) throw error;
		const remedy = error instanceof VoiceprintError && error.description ? `. ${error.description}` : '';
		return withWarnings(answer, result, [notProduced(`${textOf(error)}${remedy}`)]);
	}
}

/** What else the job found out about the file is the server's to say. */
const isOfArtefacts = ({ code }: Warning): boolean => code === 'NOT_PRODUCED' || code === 'NAMES_NOT_WRITTEN';

const notProduced = (message: string): Warning => ({ code: 'NOT_PRODUCED', message });

function withWarnings<R extends Provenance>(answer: Answer<R>, result: R, warnings: readonly Warning[]): Answer<R> {
	return { ...answer, result: { ...result, warnings: [...(result.warnings ?? []), ...warnings] } };
}
