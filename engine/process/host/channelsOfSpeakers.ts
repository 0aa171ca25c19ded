/**
 * What the channels of a recording are to one another: one person on each, as of a call that was recorded so, or all of them the
 * same conversation, as of a stereo microphone. In the second case each speaker would be found in each channel again.
 */
import { speakersIn } from '../../../voiceprints/severalSpeakers';
import { SAMPLE_RATE, type Span } from '../audio';
import { isOnePlace } from '../echo/echo';
import { extractVoiceprint, type Extraction } from '../extraction/extract';
import { talkOfOthers } from '../speakers/company';
import type { Tracks } from '../speakers/tracks';
import { difference, intersection, lengthOf } from '../spans';
import type { ListenedChannel } from './recording';
import { VOICEPRINT_SPEECH, type Sound } from './speakerVoiceprints';
import type { VoiceModel } from './voiceModel';

/** Share of the speech of the one who talks less that both have at the same time: people on channels of their own hardly do so. */
const TOGETHER = 0.6;
/** More of a channel's speech than this share is another one's, heard again: then it has not one person alone. */
const LITTLE_ECHO = 0.1;
/** Seconds that somebody else may talk within ten, as windows have it, for a channel to be one person's. */
const NOBODY_ELSE = 0.7;

const ownSpans = ({ spans, echoOf, audio }: ListenedChannel): Span[] =>
	echoOf ? difference(spans, echoOf.spans, audio.length / SAMPLE_RATE) : [...spans];

function speakTogether(one: ListenedChannel, other: ListenedChannel): boolean {
	const [own, others] = [ownSpans(one), ownSpans(other)];
	const less = Math.min(lengthOf(own), lengthOf(others));
	return less > 0 && lengthOf(intersection(own, others)) >= TOGETHER * less;
}

/** Whether all channels with speech hold the same conversation, so that mixed they tell more than apart; false for a single one. */
export function areOneConversation(channels: readonly ListenedChannel[]): boolean {
	const [first, ...others] = channels.filter(({ spans }) => spans.length > 0).sort((one, other) => lengthOf(other.spans) - lengthOf(one.spans));
	return first !== undefined && others.length > 0 && others.every((other) => isOnePlace(other, first) || speakTogether(other, first));
}

/**
 * The voice of a channel that surely has one person alone: nobody else talks within ten seconds of anybody, and speech from all over
 * the channel sounds like one. Undefined where there are several, and where that cannot be told.
 */
export async function onlyVoice({ spans, echoOf }: ListenedChannel, { audio, step }: Sound, tracks: Tracks, model: VoiceModel): Promise<Extraction | undefined> {
	if (echoOf && lengthOf(echoOf.spans) > LITTLE_ECHO * lengthOf(spans)) return undefined;
	if (talkOfOthers(tracks) > NOBODY_ELSE) return undefined;
	const extraction = await extractVoiceprint(audio, spans, model.embedder, VOICEPRINT_SPEECH, step);
	const { windows, voiceprint } = extraction;
	return speakersIn(windows, voiceprint.speechLength, model.calibration) === 'one' ? extraction : undefined;
}
