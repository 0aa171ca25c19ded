/** The pipeline of a speaker diarization: media file → speech per channel → who talks when → result. */
import { encodeVoiceprint } from '../../../voiceprints/encoding';
import type { Speaker, SpeakersChannel, SpeakersJob, SpeakersResult, SpeakerTurn, Warning } from '../../client/protocol';
import type { Audio, Span } from '../audio';
import type { Embedder } from '../embedding/embedder';
import { extractVoiceprint } from '../extraction/extract';
import { diarize, type Diarization, type SpeakerModels } from '../speakers/diarize';
import type { Voice } from '../speakers/labels';
import { speakerModels } from './loadedModels';
import { round, withRecording, type ListenedChannel } from './recording';

/** Seconds of a speaker's longest pieces that the voiceprint is made of, at most. */
const VOICEPRINT_SPEECH = 30;
/** With less, the voiceprint is not reliable. */
const RELIABLE_SPEECH = 5;

const nameOf = (speaker: number) => `SPEAKER_${String(speaker).padStart(2, '0')}`;

const lengthOf = ({ start, end }: Span) => end - start;

const total = (spans: readonly Span[]) => spans.reduce((sum, span) => sum + lengthOf(span), 0);

/** The stretches without what is in two of them. */
function union(spans: readonly Span[]): Span[] {
	const joined: Span[] = [];
	for (const { start, end } of [...spans].sort((one, other) => one.start - other.start)) {
		const last = joined.at(-1);
		if (last && start <= last.end) last.end = Math.max(last.end, end);
		else joined.push({ start, end });
	}
	return joined;
}

/** The longest pieces, until there are enough of them; in time order. */
function forVoiceprint(pieces: readonly Voice[]): Span[] {
	let left = VOICEPRINT_SPEECH;
	const chosen: Span[] = [];
	for (const piece of pieces) {
		// What is partly said by several says little about one.
		if (left <= 0 || piece.clean < 0.8 * lengthOf(piece)) continue;
		chosen.push(piece);
		left -= lengthOf(piece);
	}
	return union(chosen);
}

async function describeSpeaker(
	number: number,
	{ segments, pieces }: Diarization,
	all: number,
	audio: Audio,
	embedder: Embedder,
): Promise<Omit<Speaker, 'first_time' | 'last_time'> & Span> {
	const own = segments.filter(({ speaker }) => speaker === number);
	const { voiceprint } = await extractVoiceprint(audio, forVoiceprint(pieces[number]!), embedder, VOICEPRINT_SPEECH);
	return {
		speaker: nameOf(number),
		talk_time: round(total(own)),
		share: round(total(own) / all),
		turns: own.length,
		longest_turn: round(Math.max(...own.map(lengthOf))),
		start: own[0]!.start,
		end: Math.max(...own.map(({ end }) => end)),
		voiceprint: encodeVoiceprint(voiceprint),
		speech_length: round(voiceprint.speechLength),
		reliable: voiceprint.speechLength >= RELIABLE_SPEECH,
	};
}

/** @param offset seconds at which the recording begins in the media */
async function describeChannel(
	{ channelNumber, audio }: ListenedChannel,
	diarization: Diarization,
	embedder: Embedder,
	offset: number,
): Promise<SpeakersChannel> {
	const { segments, overlaps, pieces } = diarization;
	const timeOf = (seconds: number) => round(offset + seconds);
	const speakers: Speaker[] = [];
	for (let number = 0; number < pieces.length; number++) {
		const { start, end, ...speaker } = await describeSpeaker(number, diarization, total(segments), audio, embedder);
		speakers.push({ ...speaker, first_time: timeOf(start), last_time: timeOf(end) });
	}
	return {
		channel_number: channelNumber,
		speakers_count: speakers.length,
		speech_length: round(total(union(segments))),
		speakers,
		segments: segments.map(({ speaker, start, end, overlap, confidence }): SpeakerTurn => ({
			segment_type: 'voice',
			start_time: timeOf(start),
			end_time: timeOf(end),
			speaker: nameOf(speaker),
			overlap,
			confidence: confidence === null ? null : round(confidence),
		})),
		overlaps: overlaps.map(({ start, end, speakers: talking }) => ({
			start_time: timeOf(start),
			end_time: timeOf(end),
			speakers: talking.map(nameOf),
		})),
		overlap_length: round(total(overlaps)),
	};
}

/** @throws VoiceprintError */
export async function diarizeSpeakers(job: SpeakersJob): Promise<SpeakersResult> {
	const { minimumSpeakers, maximumSpeakers = Infinity, mergePauses, shortestTurn } = job.speakers;
	return await withRecording(job, async ({ media, runtime, duration, channels: listened }) => {
		const models: SpeakerModels = await speakerModels(runtime);
		const channels: SpeakersChannel[] = [];
		const warnings: Warning[] = [...media.warnings];
		for await (const one of listened()) {
			const count = { least: minimumSpeakers, most: maximumSpeakers };
			const found = await diarize(one.audio, one.spans, models, count, { mergePauses, shortest: shortestTurn });
			channels.push(await describeChannel(one, found, models.embedder, media.start));
			if (one.warning) warnings.push(one.warning);
		}
		return { engine: 'local', model: models.embedder.id, runtime: runtime.name, duration, media: media.info, channels, warnings };
	});
}
