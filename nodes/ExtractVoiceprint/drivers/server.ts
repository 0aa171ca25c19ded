/** Voiceprint extraction by the Speech Platform API: from an item to a result. */
import type { IExecuteFunctions } from 'n8n-workflow';
import { VoiceprintError } from '../../../errors';
import type { TaskReference, VoiceprintChannel, VoiceprintResult } from '../../../items/result';
import type { VoiceprintExtractionOptions, VoiceprintExtractionResult } from '../../../speech-platform';
import { encodeVoiceprint } from '../../../voiceprints/encoding';
import type { Warning } from '../../../engine/client/protocol';
import { noSpeech, type Answer } from '../../common/answer';
import { readChannels } from '../../common/mediaParameters';
import type { Servers } from '../../common/platform';
import { boolean, choice, number, readCollection } from '../../common/read';
import { runTask } from '../../common/tasks';
import { INCLUDE_VECTOR_VOICEPRINT, MINIMUM_SPEECH_LENGTH, ON_LITTLE_SPEECH, OPERATION_OF_API, OPTIONS } from '../parameters';

export async function extractOnServer(
	ctx: IExecuteFunctions,
	itemIndex: number,
	servers: Servers,
): Promise<Answer<VoiceprintResult>> {
	const demand = readDemand(ctx, itemIndex);
	return await runTask(ctx, itemIndex, servers, {
		technology: 'speaker-identification-voiceprint-extraction',
		operation: OPERATION_OF_API,
		options: OPTIONS,
		readRequest: () => readRequest(ctx, itemIndex),
		start: async (platform, media, request, budget) => await platform.startVoiceprintExtraction(media, request, budget),
		resultOf: (result, task) => resultOf(result, task, demand),
		settingsOf: (request) => settingsOf(request, demand),
	});
}

/** What the item asks of a voiceprint; the API itself gives one for any amount of speech. */
interface Demand {
	/** Seconds of speech. */
	minimum: number;
	onLittle: 'fail' | 'warn';
}

function readDemand(ctx: IExecuteFunctions, itemIndex: number): Demand {
	const { minimumSpeechLength, onLittleSpeech } = readCollection(ctx, itemIndex, OPTIONS);
	return {
		minimum: number(MINIMUM_SPEECH_LENGTH, minimumSpeechLength),
		onLittle: choice(ON_LITTLE_SPEECH, onLittleSpeech ?? ON_LITTLE_SPEECH.default),
	};
}

function readRequest(ctx: IExecuteFunctions, itemIndex: number): VoiceprintExtractionOptions {
	const { includeVectorVoiceprint } = readCollection(ctx, itemIndex, OPTIONS);
	// Older servers do not know it, so it is sent only where it is set.
	const vector = boolean(INCLUDE_VECTOR_VOICEPRINT, includeVectorVoiceprint);
	return { ...readChannels(ctx, itemIndex), ...(vector ? { includeVectorVoiceprint: true } : {}) };
}

/** Characters of a model's name in an empty voiceprint; the name as it is stands beside it. */
const LONGEST_NAME = 60;

/** Of a channel without speech. */
const NOBODY = ': its voiceprint is empty';

function resultOf(
	result: VoiceprintExtractionResult,
	task: TaskReference,
	demand: Demand,
): Pick<VoiceprintResult, 'channels' | 'warnings'> {
	const channels = result.channels.map(({ vector_voiceprint: vector, ...channel }): VoiceprintChannel => {
		return vector ? { ...channel, vector } : channel;
	});
	const isEmpty = ({ speech_length, vector }: VoiceprintChannel) => speech_length === 0 || vector?.length === 0;
	const little = channels.filter(({ speech_length }) => speech_length < demand.minimum);
	if (little[0] && demand.onLittle === 'fail') throw tooLittleSpeech(little[0], task, demand);
	return {
		channels: channels.map((channel) => (isEmpty(channel) ? ofNobody(channel) : channel)),
		warnings: channels.flatMap((channel) => {
			if (isEmpty(channel)) return [noSpeech(channel.channel_number, NOBODY)];
			return little.includes(channel) ? [littleSpeech(channel)] : [];
		}),
	};
}

/** In the words of the local engine. */
function littleSpeech({ channel_number, speech_length }: VoiceprintChannel): Warning {
	const message = `Channel ${channel_number} has only ${speech_length.toFixed(1)} s of speech: its voiceprint is not reliable`;
	return { code: 'LITTLE_SPEECH', message, channel_number };
}

/** The work is done and charged, so its result stays within reach. */
function tooLittleSpeech({ channel_number, speech_length }: VoiceprintChannel, task: TaskReference, { minimum }: Demand): VoiceprintError {
	return new VoiceprintError(
		'TOO_LITTLE_SPEECH',
		`Channel ${channel_number} has ${speech_length.toFixed(1)} s of speech, less than the minimum of ${minimum} s`,
		"Lower 'Minimum Speech Length', set 'On Little Speech' to warn only, or leave the channel out with 'Channels'. " +
			`The result stays on the server for a while: 'Get Result' fetches it by the task ID ${task.task_id}.`,
	);
}

/**
 * A server gives a voiceprint for silence too, and nothing in it tells that it is nobody's; without the speech length
 * beside it, two silent recordings would be one speaker. So the empty one of the local engine stands there, which says so
 * itself wherever it is stored.
 */
function ofNobody(channel: VoiceprintChannel): VoiceprintChannel {
	const model = channel.model.slice(0, LONGEST_NAME) || 'unknown';
	const voiceprint = encodeVoiceprint({ model, speechLength: 0, vector: new Float32Array(0) });
	return { ...channel, speech_length: 0, voiceprint };
}

function settingsOf(request: VoiceprintExtractionOptions, { minimum, onLittle }: Demand): Answer<unknown>['settings'] {
	const { channelMode, channels, includeVectorVoiceprint = false } = request;
	return {
		channel_mode: channelMode,
		channels,
		include_vector_voiceprint: includeVectorVoiceprint,
		minimum_speech_length: minimum,
		on_little_speech: onLittle,
	};
}
