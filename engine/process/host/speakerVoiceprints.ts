/** Voiceprints of the speakers of a channel: each of the longest pieces in which only that speaker talks. */
import type { Voiceprint } from '../../../voiceprints/voiceprint';
import type { Audio, Span } from '../audio';
import { extractVoiceprint, type Extraction } from '../extraction/extract';
import type { Voice } from '../speakers/attribution';
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

/** The longest pieces, until there are enough of them; in time order. */
function forVoiceprint(pieces: readonly Voice[], most: number): Span[] {
	const clean = pieces.filter((piece) => piece.clean >= LEAST_CLEAN * (piece.end - piece.start)).sort((one, other) => other.clean - one.clean);
	let left = most;
	const wanted = clean.filter((piece) => {
		const isWanted = left > 0;
		left -= piece.end - piece.start;
		return isWanted;
	});
	return union(wanted, []);
}

/** A speaker's own speech, through the model. @param most seconds of it; 0 for all */
export async function extractionOfSpeaker(
	speaker: number,
	{ audio, step }: Sound,
	{ voices, labels }: Diarization,
	{ embedder }: VoiceModel,
	most: number,
): Promise<Extraction> {
	const spans = forVoiceprint(voices.filter((_, i) => labels.labels[i] === speaker), most === 0 ? Infinity : most);
	return await extractVoiceprint(audio, spans, embedder, most, step);
}

/** Made as that of an enrolment is, so that both can be compared. */
export async function voiceprintOfSpeaker(speaker: number, sound: Sound, diarization: Diarization, model: VoiceModel): Promise<Voiceprint> {
	return voiceprintOf(await extractionOfSpeaker(speaker, sound, diarization, model, VOICEPRINT_SPEECH), model);
}
