/** Speaker diarization by the engine process: from an item to a result. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { SpeakersJob, SpeakersRequest } from '../../../engine/client/protocol';
import { VoiceprintError } from '../../../errors';
import type { SpeakersResult } from '../../../items/speakerItems';
import { readProduce } from '../../common/alsoProduce';
import type { Answer } from '../../common/answer';
import { readLocalSettings, runLocally, type JobRequest } from '../../common/localJob';
import { readRange } from '../../common/mediaParameters';
import { choice, number, read, readCollection } from '../../common/read';
import { readKnownSpeakers } from '../knownSpeakers';
import {
	KNOWN_SPEAKERS,
	MAXIMUM_SPEAKERS,
	MERGE_PAUSES,
	MINIMUM_SPEAKERS,
	OPERATING_POINT,
	OPTIONS,
	SHORTEST_TURN,
	SPEAKER_COUNT,
	SPEAKERS_EXACTLY,
} from '../parameters';

type Count = Pick<SpeakersRequest, 'minimumSpeakers' | 'maximumSpeakers'>;

/** Parameters are read and checked before the file is copied: a typing mistake shows at once, however long the file. */
export async function diarizeLocally(ctx: IExecuteFunctions, itemIndex: number): Promise<Answer<SpeakersResult>> {
	const { media, runtime, timeoutMs } = readLocalSettings(ctx, itemIndex, OPTIONS);
	const request: JobRequest<SpeakersJob> = {
		type: 'speakers',
		media: { ...media, ...readRange(ctx, itemIndex) },
		vad: { preset: 'balanced' },
		speakers: readSpeakers(ctx, itemIndex),
		runtime,
		...readProduce(ctx, itemIndex),
	};
	return { ...(await runLocally(ctx, itemIndex, request, timeoutMs)), settings: settingsOf(request) };
}

/** Throws INVALID_PARAMETER, with the parameter's label in the message. */
function readSpeakers(ctx: IExecuteFunctions, itemIndex: number): SpeakersRequest {
	const { mergePauses, shortestTurn } = readCollection(ctx, itemIndex, OPTIONS);
	const hasKnown = choice(KNOWN_SPEAKERS, read(ctx, itemIndex, KNOWN_SPEAKERS)) === 'input';
	const point = hasKnown ? read(ctx, itemIndex, OPERATING_POINT) : OPERATING_POINT.default;
	const threshold = choice<'balanced'>(OPERATING_POINT, point);
	return {
		...readCount(ctx, itemIndex),
		mergePauses: number(MERGE_PAUSES, mergePauses),
		shortestTurn: number(SHORTEST_TURN, shortestTurn),
		known: hasKnown ? readKnownSpeakers(ctx) : [],
		threshold,
	};
}

function readCount(ctx: IExecuteFunctions, itemIndex: number): Count {
	const whole = (parameter: typeof SPEAKERS_EXACTLY) => Math.floor(number(parameter, read(ctx, itemIndex, parameter)));
	const counts: Record<string, () => Count> = {
		automatic: () => ({ minimumSpeakers: 1 }),
		atMost: () => ({ minimumSpeakers: 1, maximumSpeakers: whole(MAXIMUM_SPEAKERS) }),
		between: () => ({ minimumSpeakers: whole(MINIMUM_SPEAKERS), maximumSpeakers: whole(MAXIMUM_SPEAKERS) }),
		exactly: () => ({ minimumSpeakers: whole(SPEAKERS_EXACTLY), maximumSpeakers: whole(SPEAKERS_EXACTLY) }),
	};
	const count = counts[choice(SPEAKER_COUNT, read(ctx, itemIndex, SPEAKER_COUNT))]!();
	if (count.minimumSpeakers <= (count.maximumSpeakers ?? Infinity)) return count;
	const [least, most] = [MINIMUM_SPEAKERS.displayName, MAXIMUM_SPEAKERS.displayName];
	throw new VoiceprintError('INVALID_PARAMETER', `'${least}' must not be above '${most}'`, `Correct one of '${least}' and '${most}'.`);
}

function settingsOf({ media, speakers }: JobRequest<SpeakersJob>): Answer<SpeakersResult>['settings'] {
	return {
		channel_mode: media.channelMode,
		channels: media.channels,
		range_from: media.rangeFrom,
		range_to: media.rangeTo ?? null,
		minimum_speakers: speakers.minimumSpeakers,
		maximum_speakers: speakers.maximumSpeakers ?? null,
		known_speakers: speakers.known.length,
		merge_pauses: speakers.mergePauses,
		shortest_turn: speakers.shortestTurn,
	};
}
