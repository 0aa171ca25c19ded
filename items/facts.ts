/**
 * What a condition asks of a recording, as flat figures that every output form has. They follow from the segments alone,
 * so that the local engine and a server come to the same ones. What nobody can know is null, never 0.
 */
import type { Segment, VadChannel, Warning } from '../engine/client/protocol';
import { seconds, type Fields } from './fields';
import { mediaDuration } from './flat';
import type { SpeechResult } from './result';
import { firstStart, interruptionsOf, joined, longestPause, overlapOf, shareOf, speechIn, type Times } from './times';

/** A server may report segments of further types. */
export const isSpeech = ({ segment_type: type }: Segment): boolean => type === 'voice';

const isOwn = (segment: Segment): boolean => isSpeech(segment) && segment.echo_of_channel === undefined;

/** What is said on a channel itself: without what is another channel's speech, heard again. */
const ownTalk = ({ segments }: VadChannel): Segment[] => segments.filter(isOwn);

/** The same without padding, by which the segments of two who take turns overlap. */
function bareTalk(channel: VadChannel, { padding: { before, after } = { before: 0, after: 0 } }: SpeechResult): Times[] {
	return ownTalk(channel)
		.map(({ start_time, end_time }) => ({ start_time: start_time + before, end_time: end_time - after }))
		.filter(({ start_time, end_time }) => start_time < end_time);
}

/** Numbers of the channels about which a warning is. */
function channelsWith({ warnings = [] }: SpeechResult, ...codes: Array<Warning['code']>): Set<number | undefined> {
	return new Set(warnings.filter(({ code }) => codes.includes(code)).map(({ channel_number: about }) => about));
}

/** The channels on which a conversation can be heard: neither a copy of another one nor a dead line. */
function voicesOf(result: SpeechResult): VadChannel[] {
	const nobodys = channelsWith(result, 'SAME_AS_CHANNEL', 'SILENT_CHANNEL');
	return result.channels.filter(({ channel_number: number }) => !nobodys.has(number));
}

/** Columns for these two in any case, so that recordings of one and of two channels go into one table. */
const USUAL_CHANNELS = [0, 1];

/** `talk_time_0`, `talk_time_1` and so on: seconds of what is said on a channel; null where it is not there, or a copy. */
function talkTimes(result: SpeechResult): Fields {
	const copies = channelsWith(result, 'SAME_AS_CHANNEL');
	const channels = new Map(result.channels.map((channel) => [channel.channel_number, channel]));
	const numbers = [...new Set([...USUAL_CHANNELS, ...channels.keys()])].sort((one, other) => one - other);
	return Object.fromEntries(
		numbers.map((number) => {
			const channel = copies.has(number) ? undefined : channels.get(number);
			return [`talk_time_${number}`, channel ? seconds(speechIn(ownTalk(channel))) : null];
		}),
	);
}

interface Heard {
	segments: Segment[];
	/** Seconds. */
	speechLength: number;
	/** Null where there is nobody to talk with. */
	conversation: { overlap: number; interruptions: number } | null;
}

function facts(result: SpeechResult, { segments, speechLength, conversation }: Heard): Fields {
	const own = segments.filter(isOwn);
	return {
		has_speech: segments.some(isSpeech),
		speech_length: seconds(speechLength),
		speech_share: shareOf(speechLength, result.duration),
		...mediaDuration(result),
		...talkTimes(result),
		overlap: conversation && seconds(conversation.overlap),
		longest_pause: longestPause(own),
		interruptions: conversation && conversation.interruptions,
		first_speech: firstStart(own),
	};
}

/** What one says while others speak. */
function between(own: readonly Times[], others: ReadonlyArray<readonly Times[]>): NonNullable<Heard['conversation']> {
	const other = joined(others.flat());
	return { overlap: overlapOf([own, other]), interruptions: interruptionsOf(own, other) };
}

/** Of the whole file. */
export function factsOfFile(result: SpeechResult): Fields {
	const { channels } = result;
	const talks = voicesOf(result).map((channel) => bareTalk(channel, result));
	const interruptions = talks.reduce((sum, one) => sum + between(one, talks.filter((other) => other !== one)).interruptions, 0);
	const segments = channels.flatMap((channel) => channel.segments);
	return facts(result, {
		segments,
		speechLength: channels.length === 1 ? channels[0]!.speech_length : speechIn(segments.filter(isSpeech)),
		conversation: talks.length < 2 ? null : { overlap: overlapOf(talks), interruptions },
	});
}

/** Of one channel: its own speech, what others say at the same time, and how often it interrupts them. */
export function factsOfChannel(result: SpeechResult, channel: VadChannel): Fields {
	const voices = voicesOf(result);
	const others = voices.filter((one) => one !== channel);
	const isPart = voices.includes(channel) && others.length > 0;
	return facts(result, {
		segments: channel.segments,
		speechLength: channel.speech_length,
		conversation: isPart ? between(bareTalk(channel, result), others.map((one) => bareTalk(one, result))) : null,
	});
}
