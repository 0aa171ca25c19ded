/** Voice activity detection by the engine process: from an item to a result. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { VadJob, VadPreset, VadRequest } from '../../../engine/client/protocol';
import { vadSettings } from '../../../engine/client/presets';
import type { SpeechResult } from '../../../items/result';
import { readProduce } from '../../common/alsoProduce';
import type { Answer } from '../../common/answer';
import { readLocalSettings, runLocally, type JobRequest } from '../../common/localJob';
import { readRange } from '../../common/mediaParameters';
import { boolean, choice, read, readCollection } from '../../common/read';
import { INCLUDE_PROBABILITIES, OPERATION, OPTIONS, PRESET } from '../parameters';
import { readThresholds } from '../thresholds';

/** Parameters are read and checked before the file is copied: a typing mistake shows at once, however long the file. */
export async function detectLocally(ctx: IExecuteFunctions, itemIndex: number): Promise<Answer<SpeechResult>> {
	choice(OPERATION, read(ctx, itemIndex, OPERATION)); // throws for one of the server's
	const { media, runtime, timeoutMs } = readLocalSettings(ctx, itemIndex, OPTIONS);
	const request: JobRequest<VadJob> = {
		type: 'vad',
		media: { ...media, ...readRange(ctx, itemIndex) },
		vad: readVad(ctx, itemIndex),
		runtime,
		...readProduce(ctx, itemIndex),
	};
	const { result, ...answer } = await runLocally(ctx, itemIndex, request, timeoutMs);
	return { ...answer, result: { ...result, padding: paddingOf(request) }, settings: settingsOf(request) };
}

function paddingOf({ vad }: JobRequest<VadJob>): SpeechResult['padding'] {
	const { paddingBefore, paddingAfter } = vadSettings(vad).thresholds;
	return { before: paddingBefore / 1000, after: paddingAfter / 1000 };
}

/** Throws INVALID_PARAMETER, with the parameter's label in the message. */
function readVad(ctx: IExecuteFunctions, itemIndex: number): VadRequest {
	const { includeProbabilities } = readCollection(ctx, itemIndex, OPTIONS);
	const preset = choice<VadPreset>(PRESET, read(ctx, itemIndex, PRESET));
	const vad: VadRequest = {
		preset,
		...(preset === 'custom' ? { thresholds: readThresholds(ctx, itemIndex) } : {}),
		includeProbabilities: boolean(INCLUDE_PROBABILITIES, includeProbabilities),
	};
	vadSettings(vad); // throws where the thresholds do not go together
	return vad;
}

function settingsOf({ media, vad }: JobRequest<VadJob>): Answer<SpeechResult>['settings'] {
	return {
		preset: vad.preset,
		thresholds: vadSettings(vad).thresholds,
		channel_mode: media.channelMode,
		...(media.mixMethod === undefined ? {} : { mix_method: media.mixMethod }),
		channels: media.channels,
		...(media.track === undefined ? {} : { audio_track: media.track }),
		...(media.raw === undefined ? {} : { raw_audio: media.raw }),
		range_from: media.rangeFrom,
		range_to: media.rangeTo ?? null,
	};
}
