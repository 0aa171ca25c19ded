/** The speakers of a channel with the speech of each, for what is made of one speaker's speech alone. */
import { speakerLabel } from '../../client/talk';
import type { Span } from '../audio';
import type { Voice } from '../speakers/comparison';
import { diarizeTracks, tracksIn, type SpeakerModels } from '../speakers/diarize';
import { speakerSegments } from '../speakers/segments';
import { lengthOf, union } from '../spans';
import type { ListenedChannel } from './recording';
import { isClean } from './speakerVoiceprints';

/** As Speaker Diarization has them by default, seconds. */
const RULES = { mergePauses: 0.5, shortest: 0.25 };

export interface SpeakerOfChannel {
	/** `SPEAKER_00` is who talks first in the file. */
	label: string;
	/** Seconds; talk of several at the same time counts for each. */
	talk: number;
	/** The stretches in which nobody else talks, in time order. */
	spans: Span[];
}

/**
 * In the order in which they first talk; nobody where nobody speaks.
 * @param before speakers in the channels before
 */
export async function speakersOfChannel({ audio, spans }: ListenedChannel, models: SpeakerModels, before: number): Promise<SpeakerOfChannel[]> {
	const tracks = await tracksIn(audio, spans, models.segmentation);
	const { voices, labels } = await diarizeTracks(audio, tracks, models, { least: 1, most: Infinity });
	const { segments, order } = speakerSegments(voices, labels, RULES);
	const cleanOf = (label: number): Voice[] => voices.filter((voice, i) => labels.labels[i] === label && isClean(voice));
	return order.map((label, speaker) => ({
		label: speakerLabel(before + speaker),
		talk: lengthOf(segments.filter((segment) => segment.speaker === speaker)),
		spans: union(cleanOf(label), []),
	}));
}
