/** Speaker diarization by the engine process: from an item to a result. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { BundledChoice, SpeakersJob, SpeakersRequest } from '../../../engine/client/protocol';
import type { SpeakersResult } from '../../../items/speakerItems';
import { readProduce } from '../../common/alsoProduce';
import type { Answer } from '../../common/answer';
import { readLocalSettings, runLocally, type JobRequest } from '../../common/localJob';
import { readRange } from '../../common/mediaParameters';
import { choice, number, read, readCollection } from '../../common/read';
import { readChannelsToDiarize } from '../channelMode';
import { readCount } from '../count';
import { readKnownSpeakers } from '../knownSpeakers';
import { MODEL } from '../model';
import { KNOWN_SPEAKERS, MERGE_PAUSES, OPERATING_POINT, OPTIONS, SHORTEST_TURN } from '../parameters';

/** Parameters are read and checked before the file is copied: a typing mistake shows at once, however long the file. */
export async function diarizeLocally(ctx: IExecuteFunctions, itemIndex: number): Promise<Answer<SpeakersResult>> {
	const { isAutomatic, ...channels } = readChannelsToDiarize(ctx, itemIndex);
	const { media, runtime, timeoutMs } = readLocalSettings(ctx, itemIndex, OPTIONS, channels);
	const request: JobRequest<SpeakersJob> = {
		type: 'speakers',
		media: { ...media, ...readRange(ctx, itemIndex) },
		vad: { preset: 'balanced' },
		speakers: { ...readSpeakers(ctx, itemIndex), ...(isAutomatic ? { automaticChannels: true } : {}) },
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
		model: choice<BundledChoice>(MODEL, read(ctx, itemIndex, MODEL)),
		...readCount(ctx, itemIndex),
		mergePauses: number(MERGE_PAUSES, mergePauses),
		shortestTurn: number(SHORTEST_TURN, shortestTurn),
		known: hasKnown ? readKnownSpeakers(ctx, itemIndex) : [],
		threshold,
	};
}

function settingsOf({ media, speakers }: JobRequest<SpeakersJob>): Answer<SpeakersResult>['settings'] {
	return {
		channel_mode: speakers.automaticChannels ? 'automatic' : media.channelMode,
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
