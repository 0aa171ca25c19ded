/**
 * Who spoke when in one channel: local speakers in windows of ten seconds, linked to tracks, cut to pieces, each piece's
 * voice, and the voices clustered. Values: measured, see `docs/speaker-diarization.md`.
 */
import { SAMPLE_RATE, type Audio, type Span } from '../audio';
import type { Embedder } from '../embedding/embedder';
import { labelVoices, type Labels, type SpeakerCount } from './attribution';
import type { Voice } from './comparison';
import { splitAtChanges } from './parts';
import { piecesOf, turnsOf } from './pieces';
import { framesIn, framesOfSpans, FRAMES, STEP, WINDOW, type Segmentation } from './segmentation';
import { HOP, TrackBuilder, type Tracks } from './tracks';
import type { VoiceSpace } from './voiceSpace';
import { voicesOf } from './voices';

export interface SpeakerModels {
	segmentation: Segmentation;
	embedder: Embedder;
	/** Of the embedder's vectors; where it has none, the mean cosine from which on pieces are one speaker. */
	space: VoiceSpace | number;
}

/** What is said in a channel, and by whom. */
export interface Diarization {
	/** Pieces, in time order. */
	voices: Voice[];
	labels: Labels;
}

/** Seconds around speech that the segmentation listens to as well: it may hear what the detector missed. */
const MARGIN = 1;

/** First frames of the windows in which somebody may talk. */
function windowStarts(frames: number, spans: readonly Span[]): number[] {
	const starts: number[] = [];
	let next = 0;
	for (let start = 0; ; start += HOP) {
		const [from, to] = [(start * STEP) / SAMPLE_RATE, (start * STEP + WINDOW) / SAMPLE_RATE];
		while (next < spans.length && spans[next]!.end + MARGIN < from) next++;
		if (next < spans.length && spans[next]!.start - MARGIN < to) starts.push(start);
		if (start + FRAMES >= frames) return starts;
	}
}

/**
 * Who talks when as far as windows can tell: a track is one person, a person may have many.
 * @param spans the speech, seconds, in time order: where there is none for long, nobody is looked for
 */
export async function tracksIn(audio: Audio, spans: readonly Span[], segmentation: Segmentation): Promise<Tracks> {
	const frames = framesIn(audio.length);
	const speech = framesOfSpans(frames, spans);
	const builder = new TrackBuilder();
	for (const start of windowStarts(frames, spans)) builder.add(start, await segmentation.window(audio, start, speech));
	return builder.finish(frames);
}

/** @param tracks are used up by it */
export async function diarizeTracks(audio: Audio, tracks: Tracks, { embedder, space }: Pick<SpeakerModels, 'embedder' | 'space'>, count: SpeakerCount): Promise<Diarization> {
	const pieces = piecesOf(turnsOf(tracks));
	const voices = await voicesOf(audio, pieces, tracks.talkers, embedder, typeof space !== 'number');
	return splitAtChanges(voices, labelVoices(voices, count, space));
}
