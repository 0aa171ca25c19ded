/** Speaker diarization by the Speech Platform API: from an item to a result. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { ChannelMode } from '../../../engine/client/protocol';
import { isOverlapped, overlapsOf, speakerLabel, speechLengthOf, talkOfSpeakers } from '../../../engine/client/talk';
import { VoiceprintError } from '../../../errors';
import type { ChannelOfSpeakers, SpeakersResult } from '../../../items/speakerItems';
import type { SpeakerDiarizationOptions, SpeakerDiarizationResult } from '../../../speech-platform';
import { noSpeech, type Answer } from '../../common/answer';
import { withArtefacts } from '../../common/artefactsOfServer';
import { readRange } from '../../common/mediaParameters';
import type { Servers } from '../../common/platform';
import { choice, read } from '../../common/read';
import { runTask } from '../../common/tasks';
import { readChannelsToDiarize } from '../channelMode';
import { readCount } from '../count';
import { ENGINE, KNOWN_SPEAKERS, MINIMUM_SPEAKERS, OPERATION_ON_SERVER, OPTIONS, SPEAKER_COUNT } from '../parameters';

export async function diarizeOnServer(ctx: IExecuteFunctions, itemIndex: number, servers: Servers): Promise<Answer<SpeakersResult>> {
	const answer = await runTask<'speaker-diarization', SpeakerDiarizationOptions, SpeakersResult>(ctx, itemIndex, servers, {
		technology: 'speaker-diarization',
		operation: OPERATION_ON_SERVER,
		options: OPTIONS,
		readRequest: () => readRequest(ctx, itemIndex),
		start: async (platform, media, request, budget) => await platform.startSpeakerDiarization(media, request, budget),
		resultOf,
		settingsOf,
	});
	return await withArtefacts(ctx, itemIndex, answer, OPTIONS, channelsToDiarize(ctx, itemIndex));
}

/** The server looks at each channel by itself, or at all of them mixed; which is better it does not say. */
function channelsToDiarize(ctx: IExecuteFunctions, itemIndex: number): { channelMode: ChannelMode; channels: number[] } {
	const { channelMode, channels } = readChannelsToDiarize(ctx, itemIndex);
	return { channelMode, channels };
}

/** @throws VoiceprintError INVALID_PARAMETER, also for what the server cannot do and would leave undone without a word */
function readRequest(ctx: IExecuteFunctions, itemIndex: number): SpeakerDiarizationOptions {
	if (choice(KNOWN_SPEAKERS, read(ctx, itemIndex, KNOWN_SPEAKERS)) !== 'none') throw noNames();
	return { ...channelsToDiarize(ctx, itemIndex), ...readRange(ctx, itemIndex), ...readSpeakers(ctx, itemIndex) };
}

function readSpeakers(ctx: IExecuteFunctions, itemIndex: number): Pick<SpeakerDiarizationOptions, 'maxSpeakers' | 'totalSpeakers'> {
	const { minimumSpeakers: least, maximumSpeakers: most } = readCount(ctx, itemIndex);
	if (most === undefined) return {};
	if (choice(SPEAKER_COUNT, read(ctx, itemIndex, SPEAKER_COUNT)) === 'exactly' || least === most) return { totalSpeakers: most };
	if (least > 1) throw noMinimum(least);
	return { maxSpeakers: most };
}

const onServer = `with '${ENGINE.displayName}' Speech Platform API`;

function noNames(): VoiceprintError {
	return new VoiceprintError(
		'INVALID_PARAMETER',
		`'${KNOWN_SPEAKERS.displayName}' cannot be From Second Input ${onServer}: it tells speakers apart and names nobody`,
		`Set '${KNOWN_SPEAKERS.displayName}' to None, or take the local engine.`,
	);
}

function noMinimum(least: number): VoiceprintError {
	return new VoiceprintError(
		'INVALID_PARAMETER',
		`'${MINIMUM_SPEAKERS.displayName}' cannot be ${least} ${onServer}: it takes a greatest number of speakers or the exact one, and no least one`,
		`Set '${SPEAKER_COUNT.displayName}' to At Most or Exactly, or take the local engine.`,
	);
}

function resultOf({ channels }: SpeakerDiarizationResult): Pick<SpeakersResult, 'channels' | 'warnings'> {
	const described: ChannelOfSpeakers[] = [];
	for (const channel of channels) {
		const before = described.reduce((sum, { speakers }) => sum + speakers.length, 0);
		described.push(describeChannel(channel, before));
	}
	const silent = described.filter(({ segments }) => segments.length === 0);
	return { channels: described, warnings: silent.map(({ channel_number }) => noSpeech(channel_number)) };
}

const NOBODY_KNOWN = { name: null, identified: false, name_score: null };

const NO_VOICEPRINT = { voiceprint: null, speech_length: null, reliable: null };

/**
 * A channel as the local engine describes it. The server tells who talks when; the rest follows from that, and what does not is null.
 * @param before speakers in the channels before
 */
function describeChannel({ channel_number, speakers_count, segments }: SpeakerDiarizationResult['channels'][number], before: number): ChannelOfSpeakers {
	const sorted = segments.toSorted((one, other) => one.start_time - other.start_time || one.end_time - other.end_time);
	// Numbered as they first talk, which the server may do or not.
	const ids = [...new Set(sorted.map(({ speaker_id: id }) => id))];
	const turns = sorted.map(({ speaker_id: id, start_time: start, end_time: end }) => ({ speaker: ids.indexOf(id), start, end }));
	const labelOf = (speaker: number) => speakerLabel(before + speaker);
	const talk = talkOfSpeakers(turns);
	const overlaps = overlapsOf(turns);
	return {
		channel_number,
		method: 'diarization',
		speakers_count,
		speech_length: speechLengthOf(turns),
		speakers: ids.map((id, speaker) => ({ speaker: labelOf(speaker), speaker_id: id, ...NOBODY_KNOWN, ...talk.get(speaker)!, ...NO_VOICEPRINT })),
		segments: turns.map((turn, i) => ({
			segment_type: 'voice',
			start_time: turn.start,
			end_time: turn.end,
			speaker: labelOf(turn.speaker),
			speaker_id: sorted[i]!.speaker_id,
			name: null,
			overlap: isOverlapped(turn, overlaps),
			confidence: null,
		})),
		overlaps: overlaps.map(({ start, end, speakers }) => ({ start_time: start, end_time: end, speakers: speakers.map(labelOf) })),
		overlap_length: speechLengthOf(overlaps),
	};
}

function settingsOf({ channelMode, channels, rangeFrom, rangeTo, maxSpeakers, totalSpeakers }: SpeakerDiarizationOptions): Answer<unknown>['settings'] {
	return {
		channel_mode: channelMode,
		channels,
		range_from: rangeFrom,
		range_to: rangeTo ?? null,
		max_speakers: maxSpeakers ?? null,
		total_speakers: totalSpeakers ?? null,
	};
}
