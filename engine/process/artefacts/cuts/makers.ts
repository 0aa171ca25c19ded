/** Speech only audio and clips of a recording: what a job asks for, and what of the recording that takes. */
import type { ClipsRequest, ProduceRequest, SpeechOnlyRequest } from '../../../client/protocol';
import { SAMPLE_RATE, type Span } from '../../audio';
import { baseNameOf, type Maker, type Recorded } from '../recorded';
import { cutClips } from './clips';
import { keptPieces } from './pieces';
import { cutSpeechOnly } from './speechOnly';

const durationOf = ({ channels }: Recorded): number => Math.max(0, ...channels.map(({ audio }) => audio.length)) / SAMPLE_RATE;

/** Speech of all channels, seconds from where the sound begins. */
function speechOf({ channels, start: offset }: Recorded): Span[] {
	return channels.flatMap(({ segments }) => segments.map(({ start_time: start, end_time: end }) => ({ start: start - offset, end: end - offset })));
}

/** What of the recording the cuts have in them, seconds from where the sound begins. */
export function cutSpans(recorded: Recorded, { speechOnly, clips }: ProduceRequest): Span[] {
	const [speech, duration] = [speechOf(recorded), durationOf(recorded)];
	const ofSpeech = speechOnly ? keptPieces(speech, speechOnly.keptPause, duration) : [];
	const ofClips = clips ? keptPieces(speech, clips.mergePauses, duration) : [];
	return [...ofSpeech, ...ofClips.map(({ start, end }) => ({ start: start - clips!.padding, end: end + clips!.padding }))];
}

/** Louder than full scale is made quieter. */
const gainFor = (peak: number): number => (peak > 1 ? 1 / peak : 1);

export const makeSpeechOnly: Maker<SpeechOnlyRequest> = async (recorded, request) => {
	const spans = speechOf(recorded);
	if (spans.length === 0) return [];
	const sound = await recorded.ownSound();
	const made = await cutSpeechOnly({ sound, gain: gainFor(sound.peak), spans, start: recorded.start, folder: recorded.folder, baseName: baseNameOf(recorded) }, request);
	return made ? [made] : [];
};

export const makeClips: Maker<ClipsRequest> = async (recorded, request) => {
	if (speechOf(recorded).length === 0) return [];
	const sound = await recorded.ownSound();
	const { channels, start, folder } = recorded;
	return await cutClips({ sound, gain: gainFor(sound.peak), channels, start, folder, baseName: baseNameOf(recorded) }, request);
};
