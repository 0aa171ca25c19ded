/** Voiceprints of the speakers of a channel: each of the longest pieces in which only that speaker talks. */
import type { Voiceprint } from '../../../voiceprints/voiceprint';
import type { Audio, Span } from '../audio';
import { extractVoiceprint } from '../extraction/extract';
import type { Voice } from '../speakers/comparison';
import type { Diarization } from '../speakers/diarize';
import { union } from '../spans';
import { voiceprintOf, type VoiceModel } from './voiceModel';

/** Seconds of a speaker's longest pieces that the voiceprint is made of, at most. */
export const VOICEPRINT_SPEECH = 30;
/** A piece says something about one person where at least this share of it is said by nobody else. */
const LEAST_CLEAN = 0.8;

/** A channel's sound, and the steps between its values where its codec has such. */
export interface Sound {
	audio: Audio;
	step: number;
}

/** Whether a piece is hardly said by anybody else. */
export const isClean = ({ clean, start, end }: Voice): boolean => clean >= LEAST_CLEAN * (end - start);

/** The longest pieces, until there are enough of them; in time order. */
function forVoiceprint(pieces: readonly Voice[]): Span[] {
	const clean = pieces.filter(isClean).sort((one, other) => other.clean - one.clean);
	let left = VOICEPRINT_SPEECH;
	const wanted = clean.filter((piece) => {
		const isWanted = left > 0;
		left -= piece.end - piece.start;
		return isWanted;
	});
	return union(wanted, []);
}

/** Made as that of an enrolment is, so that both can be compared. */
export async function voiceprintOfSpeaker(speaker: number, { audio, step }: Sound, { voices, labels }: Diarization, model: VoiceModel): Promise<Voiceprint> {
	const spans = forVoiceprint(voices.filter((_, i) => labels.labels[i] === speaker));
	return voiceprintOf(await extractVoiceprint(audio, spans, model.embedder, VOICEPRINT_SPEECH, step), model);
}
