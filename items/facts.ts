/**
 * What a condition asks of a recording, as flat figures that every output form has. They follow from the segments alone,
 * so that the local engine and a server come to the same ones. What nobody can know is null, never 0.
 */
import type { Segment, VadChannel, Warning } from '../engine/client/protocol';
import { seconds, type Fields } from './fields';
import { mediaDuration } from './flat';
import type { SpeechResult } from './result';
import { firstStart, interruptionsOf, joined, longestPause, overlapOf, shareOf, speechIn } from './times';

/** What is said on a channel itself: without what is another channel's speech, heard again. */
const ownTalk = ({ segments }: VadChannel): Segment[] => segments.filter(({ echo_of_channel: of }) => of === undefined);

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
	const own = segments.filter(({ echo_of_channel: of }) => of === undefined);
	return {
		has_speech: segments.length > 0,
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
function between(channel: VadChannel, others: readonly VadChannel[]): NonNullable<Heard['conversation']> {
	const [own, other] = [ownTalk(channel), joined(others.flatMap(ownTalk))];
	return { overlap: overlapOf([own, other]), interruptions: interruptionsOf(own, other) };
}

/** Of the whole file. */
export function factsOfFile(result: SpeechResult): Fields {
	const { channels } = result;
	const voices = voicesOf(result);
	const interruptions = voices.reduce((sum, one) => sum + between(one, voices.filter((other) => other !== one)).interruptions, 0);
	const segments = channels.flatMap((channel) => channel.segments);
	return facts(result, {
		segments,
		speechLength: channels.length === 1 ? channels[0]!.speech_length : speechIn(segments),
		conversation: voices.length < 2 ? null : { overlap: overlapOf(voices.map(ownTalk)), interruptions },
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
		conversation: isPart ? between(channel, others) : null,
	});
}
