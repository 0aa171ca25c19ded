/** Voice activity detection by the engine process: from an item to a result. */
import type { IExecuteFunctions } from 'n8n-workflow';
import { runJob, withWorkFolder } from '../../engine/client';
import type { RuntimeChoice, VadJob, VadPreset, VadRequest } from '../../engine/protocol';
import { vadSettings } from '../../engine/vad/presets';
import type { SpeechResult } from '../../results';
import type { Answer } from '../common/answer';
import { writeBinaryToFile } from '../common/binary';
import { BINARY_PROPERTY_NAME, readChannels, readRange } from '../common/mediaParameters';
import { boolean, choice, number, read, readCollection } from '../common/read';
import { TIMEOUT } from '../common/taskParameters';
import { INCLUDE_PROBABILITIES, MAXIMUM_DURATION, OPTIONS, PRESET, RUNTIME } from './parameters';
import { readThresholds } from './thresholds';

/** Everything of the job except what depends on the file's copy. */
interface Request {
	media: Omit<VadJob['media'], 'path' | 'fileName'>;
	vad: VadRequest;
	runtime: RuntimeChoice;
	/** Milliseconds; 0 for no limit. */
	timeoutMs: number;
}

/** Parameters are read and checked before the file is copied: a typing mistake shows at once, however long the file. */
export async function detectLocally(ctx: IExecuteFunctions, itemIndex: number): Promise<Answer<SpeechResult>> {
	const { media, vad, runtime, timeoutMs } = readRequest(ctx, itemIndex);
	const field = read(ctx, itemIndex, BINARY_PROPERTY_NAME);
	return await withWorkFolder(async (workFolder) => {
		const { path, binary } = await writeBinaryToFile(ctx, itemIndex, field, workFolder);
		const job: VadJob = {
			type: 'vad',
			media: { ...media, path, fileName: binary.fileName },
			vad,
			runtime,
			workFolder,
		};
		const signal = ctx.getExecutionCancelSignal();
		const result = await runJob(job, { signal, timeoutMs });
		return { result, file: { binary, fileName: binary.fileName }, settings: settingsOf(job) };
	});
}

/** Throws INVALID_PARAMETER or INVALID_RANGE, with the parameter's label in the message. */
function readRequest(ctx: IExecuteFunctions, itemIndex: number): Request {
	const options = readCollection(ctx, itemIndex, OPTIONS);
	const preset = choice<VadPreset>(PRESET, read(ctx, itemIndex, PRESET));
	const vad: VadRequest = {
		preset,
		...(preset === 'custom' ? { thresholds: readThresholds(ctx, itemIndex) } : {}),
		includeProbabilities: boolean(INCLUDE_PROBABILITIES, options.includeProbabilities),
	};
	vadSettings(vad); // throws where the thresholds do not go together
	return {
		media: {
			...readChannels(ctx, itemIndex),
			...readRange(ctx, itemIndex),
			maximumDuration: number(MAXIMUM_DURATION, options.maximumDuration),
		},
		vad,
		runtime: choice<RuntimeChoice>(RUNTIME, options.runtime ?? RUNTIME.default),
		timeoutMs: number(TIMEOUT, options.timeout) * 1000,
	};
}

function settingsOf({ media, vad }: VadJob): Answer<SpeechResult>['settings'] {
	return {
		preset: vad.preset,
		thresholds: vadSettings(vad).thresholds,
		channel_mode: media.channelMode,
		channels: media.channels,
		range_from: media.rangeFrom,
		range_to: media.rangeTo ?? null,
	};
}
