/** A job for the engine process, as an item asks for it: the item's file is copied, the job run, the copy removed. */
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { runInWorkFolder } from '../../engine/client/client';
import type { ArtefactsResult, Job, JobResult, RuntimeChoice } from '../../engine/client/protocol';
import type { FileOfItem } from './answer';
import { nameInMessages, writeBinaryToFile } from './binary';
import { MAXIMUM_DURATION, RUNTIME } from './engineParameters';
import { progressOf } from './progress';
import { takeProduced, withoutArtefacts, type Produced } from './produced';
import { BINARY_PROPERTY_NAME, readChannels, readFileOptions, readMixMethod } from './mediaParameters';
import { choice, number, read, readCollection } from './read';
import { TIMEOUT } from './taskParameters';

/** Everything of a job except what depends on the file's copy. */
export type JobRequest<J extends Job> = Omit<J, 'media' | 'workFolder'> & { media: Omit<J['media'], 'path' | 'fileName'> };

export interface LocalSettings {
	media: Omit<Job['media'], 'path' | 'fileName'>;
	runtime: RuntimeChoice;
	/** Milliseconds; 0 for no limit. */
	timeoutMs: number;
}

/**
 * What every local job is told.
 * @param channels where the node has a parameter of its own for them
 * @throws VoiceprintError INVALID_PARAMETER
 */
export function readLocalSettings(
	ctx: IExecuteFunctions,
	itemIndex: number,
	optionsParameter: INodeProperties,
	channels: ReturnType<typeof readChannels> = readChannels(ctx, itemIndex),
): LocalSettings {
	const options = readCollection(ctx, itemIndex, optionsParameter);
	return {
		media: {
			...channels,
			...readMixMethod(channels.channelMode, options.mixMethod),
			...readFileOptions(options),
			maximumDuration: number(MAXIMUM_DURATION, options.maximumDuration),
		},
		runtime: choice<RuntimeChoice>(RUNTIME, options.runtime ?? RUNTIME.default),
		timeoutMs: number(TIMEOUT, options.timeout) * 1000,
	};
}

/**
 * Runs the job on the item's file.
 * @throws VoiceprintError, VoiceprintError BINARY_FIELD_MISSING, BINARY_NOT_READABLE
 */
export async function runLocally<J extends Job>(
	ctx: IExecuteFunctions,
	itemIndex: number,
	request: JobRequest<J>,
	timeoutMs: number,
): Promise<{ result: JobResult<J>; file: FileOfItem; produced: Produced[] }> {
	const field = read(ctx, itemIndex, BINARY_PROPERTY_NAME);
	let file: FileOfItem = {};
	let taken: Awaited<ReturnType<typeof takeProduced>> = { produced: [], warnings: [] };
	const result = await runInWorkFolder(
		async (workFolder) => {
			const { path, binary } = await writeBinaryToFile(ctx, itemIndex, field, workFolder);
			file = { binary, fileName: binary.fileName };
			const media = { ...request.media, path, fileName: nameInMessages(binary) };
			return { ...request, media, workFolder } as unknown as J;
		},
		{ signal: ctx.getExecutionCancelSignal(), timeoutMs, execution: ctx.getExecutionId(), onProgress: progressOf(ctx, itemIndex) },
		async ({ artefacts }: Partial<ArtefactsResult>) => {
			taken = await takeProduced(ctx, artefacts);
		},
	);
	return { result: withoutArtefacts(result, taken.warnings), file, produced: taken.produced };
}
