/** Voiceprint extraction by the engine process: from an item to a result. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { BundledChoice, JobResult, VadPreset, VoiceprintJob, VoiceprintRequest } from '../../../engine/client/protocol';
import type { VoiceprintResult } from '../../../items/result';
import type { Answer } from '../../common/answer';
import { hostFile } from '../../common/hostFile';
import { readLocalSettings, runLocally, type JobRequest } from '../../common/localJob';
import { boolean, choice, number, read, readCollection } from '../../common/read';
import {
	BUNDLED_BEFORE,
	INCLUDE_VECTOR_VOICEPRINT,
	MAXIMUM_SPEECH_LENGTH,
	MINIMUM_SPEECH_LENGTH,
	MODEL,
	MODEL_FILE,
	ON_LITTLE_SPEECH,
ON_SEVERAL_SPEAKERS,
	OPERATION,
	OPTIONS,
	VAD_PRESET,
} from '../parameters';

/** Parameters are read and checked before the file is copied: a typing mistake shows at once, however long the file. */
export async function extractLocally(ctx: IExecuteFunctions, itemIndex: number): Promise<Answer<VoiceprintResult>> {
	choice(OPERATION, read(ctx, itemIndex, OPERATION)); // throws for one of the server's
	const { media, runtime, timeoutMs } = readLocalSettings(ctx, itemIndex, OPTIONS);
	const { vadPreset, includeVectorVoiceprint } = readCollection(ctx, itemIndex, OPTIONS);
	const includeVector = boolean(INCLUDE_VECTOR_VOICEPRINT, includeVectorVoiceprint);
	const request: JobRequest<VoiceprintJob> = {
		type: 'voiceprint',
		media,
		vad: { preset: choice<VadPreset>(VAD_PRESET, vadPreset ?? VAD_PRESET.default) },
		voiceprint: await readVoiceprint(ctx, itemIndex),
		runtime,
	};
	const { result, file } = await runLocally(ctx, itemIndex, request, timeoutMs);
	return { result: includeVector ? result : withoutVectors(result), file, settings: settingsOf(request) };
}

/** The numbers are in the voiceprint already. */
function withoutVectors({ channels, ...result }: JobResult<VoiceprintJob>): VoiceprintResult {
	return { ...result, channels: channels.map(({ vector: _vector, ...channel }) => channel) };
}

/** Throws INVALID_PARAMETER, with the parameter's label in the message. */
async function readVoiceprint(ctx: IExecuteFunctions, itemIndex: number): Promise<VoiceprintRequest> {
	const { maximumSpeechLength, minimumSpeechLength, onLittleSpeech, onSeveralSpeakers } = readCollection(ctx, itemIndex, OPTIONS);
	return {
		...(await readModel(ctx, itemIndex)),
		maximumSpeech: number(MAXIMUM_SPEECH_LENGTH, maximumSpeechLength),
		minimumSpeech: number(MINIMUM_SPEECH_LENGTH, minimumSpeechLength),
		onLittleSpeech: choice(ON_LITTLE_SPEECH, onLittleSpeech ?? ON_LITTLE_SPEECH.default),
		onSeveralSpeakers: choice<'warn' | 'fail' | 'main' | 'each'>(ON_SEVERAL_SPEAKERS, onSeveralSpeakers ?? ON_SEVERAL_SPEAKERS.default),
	};
}

async function readModel(ctx: IExecuteFunctions, itemIndex: number): Promise<Pick<VoiceprintRequest, 'model' | 'modelFile'>> {
	const model = choice<BundledChoice | typeof BUNDLED_BEFORE | 'own'>(MODEL, read(ctx, itemIndex, MODEL));
	if (model === BUNDLED_BEFORE) return { model: 'fast' };
	if (model !== 'own') return { model };
	return { model: 'accurate', modelFile: await hostFile(ctx, MODEL_FILE, read(ctx, itemIndex, MODEL_FILE)) };
}

function settingsOf({ media, vad, voiceprint }: JobRequest<VoiceprintJob>): Answer<VoiceprintResult>['settings'] {
	return {
		vad_preset: vad.preset,
		channel_mode: media.channelMode,
		...(media.mixMethod === undefined ? {} : { mix_method: media.mixMethod }),
		channels: media.channels,
		...(media.track === undefined ? {} : { audio_track: media.track }),
		...(media.raw === undefined ? {} : { raw_audio: media.raw }),
		maximum_speech_length: voiceprint.maximumSpeech,
		minimum_speech_length: voiceprint.minimumSpeech,
		on_little_speech: voiceprint.onLittleSpeech,
		on_several_speakers: voiceprint.onSeveralSpeakers,
		...(voiceprint.modelFile === undefined ? {} : { model_file: voiceprint.modelFile }),
	};
}
