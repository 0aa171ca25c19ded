/** The pipeline of a speaker diarization: media file → speech per channel → who talks when → who they are → result. */
import { encodeVoiceprint } from '../../../voiceprints/encoding';
import type { Voiceprint } from '../../../voiceprints/voiceprint';
import { speakerLabel, speechLengthOf, talkOfSpeakers } from '../../client/talk';
import type { Speaker, SpeakersChannel, SpeakersJob, SpeakersResult, SpeakerTurn, Warning } from '../../client/protocol';
import type { Audio, Span } from '../audio';
import { lengthOf, union } from '../spans';
import { quantizationStep } from '../extraction/clipping';
import { extractVoiceprint } from '../extraction/extract';
import { diarize, type Diarization } from '../speakers/diarize';
import { joinSpeakers, type Voice } from '../speakers/attribution';
import { speakerSegments, type Overlap, type SpeakerSegment } from '../speakers/segments';
import { asFields, makeArtefacts } from './artefacts';
import { speakerModels } from './loadedModels';
import { Names, type Naming } from './names';
import { followed } from './progress';
import { round, withRecording } from './recording';
import { voiceModel, voiceprintOf, type VoiceModel } from './voiceModel';

/** Seconds of a speaker's longest pieces that the voiceprint is made of, at most. */
const VOICEPRINT_SPEECH = 30;
/** With less, the voiceprint is not reliable. */
const RELIABLE_SPEECH = 5;
/** A piece says something about one person where at least this share of it is said by nobody else. */
const LEAST_CLEAN = 0.8;

/** The longest pieces, until there are enough of them; in time order. */
function forVoiceprint(pieces: readonly Voice[]): Span[] {
	const clean = pieces.filter((piece) => piece.clean >= LEAST_CLEAN * (piece.end - piece.start)).sort((one, other) => other.clean - one.clean);
	let left = VOICEPRINT_SPEECH;
	const wanted = clean.filter((piece) => {
		const isWanted = left > 0;
		left -= piece.end - piece.start;
		return isWanted;
	});
	return union(wanted, []);
}

/** A channel's sound, and the steps between its values where its codec has such. */
interface Sound {
	audio: Audio;
	step: number;
}

/** Made as that of an enrolment is, so that both can be compared. */
async function voiceprintOfSpeaker(speaker: number, { audio, step }: Sound, { voices, labels }: Diarization, model: VoiceModel): Promise<Voiceprint> {
	const spans = forVoiceprint(voices.filter((_, i) => labels.labels[i] === speaker));
	return voiceprintOf(await extractVoiceprint(audio, spans, model.embedder, VOICEPRINT_SPEECH, step), model);
}

interface Found {
	segments: SpeakerSegment[];
	overlaps: Overlap[];
	/** By number of the speaker in the segments. */
	speakers: Array<{ voiceprint: Voiceprint; naming: Naming }>;
}

/** Names the speakers, and joins those who are one person. */
async function named(sound: Sound, found: Diarization, model: VoiceModel, names: Names): Promise<{ found: Diarization; voiceprints: Voiceprint[]; namings: Naming[] }> {
	const voiceprints: Voiceprint[] = [];
	const count = Math.max(-1, ...found.labels.labels) + 1;
	for (let speaker = 0; speaker < count; speaker++) voiceprints.push(await voiceprintOfSpeaker(speaker, sound, found, model));
	const namings = names.of(voiceprints);
	const same = namings.map(({ name }, i) => (name === null ? i : namings.findIndex((other) => other.name === name)));
	const kept = [...new Set(same)];
	if (kept.length === count) return { found, voiceprints, namings };
	const joined = { ...found, labels: joinSpeakers(found.labels, found.voices, same) };
	const ofKept: Voiceprint[] = [];
	for (const [speaker, old] of kept.entries()) {
		const isAlone = same.filter((one) => one === old).length === 1;
		ofKept.push(isAlone ? voiceprints[old]! : await voiceprintOfSpeaker(speaker, sound, joined, model));
	}
	return { found: joined, voiceprints: ofKept, namings: kept.map((old) => namings[old]!) };
}

async function listen(sound: Sound, diarization: Diarization, model: VoiceModel, names: Names, { mergePauses, shortestTurn }: SpeakersJob['speakers']): Promise<Found> {
	const { found, voiceprints, namings } = await named(sound, diarization, model, names);
	const { segments, overlaps, order } = speakerSegments(found.voices, found.labels, { mergePauses, shortest: shortestTurn });
	return { segments, overlaps, speakers: order.map((label) => ({ voiceprint: voiceprints[label]!, naming: namings[label]! })) };
}

interface Place {
	channelNumber: number;
	/** Seconds at which the recording begins in the media. */
	offset: number;
	/** Speakers in the channels before. */
	before: number;
}

function describeChannel({ segments, overlaps, speakers }: Found, { channelNumber, offset, before }: Place): SpeakersChannel {
	const idOf = (speaker: number) => speakerLabel(before + speaker);
	const timeOf = (seconds: number) => round(offset + seconds);
	const turns = segments.map(({ speaker, start, end }) => ({ speaker, start: timeOf(start), end: timeOf(end) }));
	const talk = talkOfSpeakers(turns);
	return {
		channel_number: channelNumber,
		speakers_count: speakers.length,
		speech_length: speechLengthOf(turns),
		speakers: speakers.map(({ voiceprint, naming }, number): Speaker => ({
			speaker: idOf(number),
			name: naming.name,
			identified: naming.name !== null,
			name_score: naming.score === null ? null : round(naming.score),
			...talk.get(number)!,
			voiceprint: encodeVoiceprint(voiceprint),
			speech_length: round(voiceprint.speechLength),
			reliable: voiceprint.speechLength >= RELIABLE_SPEECH,
		})),
		segments: segments.map(({ speaker, start, end, overlap, confidence }): SpeakerTurn => ({
			segment_type: 'voice',
			start_time: timeOf(start),
			end_time: timeOf(end),
			speaker: idOf(speaker),
			name: speakers[speaker]!.naming.name,
			overlap,
			confidence: confidence === null ? null : round(confidence),
		})),
		overlaps: overlaps.map(({ start, end, speakers: talking }) => ({
			start_time: timeOf(start),
			end_time: timeOf(end),
			speakers: talking.map(idOf),
		})),
		overlap_length: round(lengthOf(overlaps)),
	};
}

/** @throws VoiceprintError, also where the voiceprint of a known speaker cannot be used */
export async function diarizeSpeakers(job: SpeakersJob): Promise<SpeakersResult> {
	const { minimumSpeakers: least, maximumSpeakers: most = Infinity } = job.speakers;
	return await withRecording(job, async ({ media, runtime, duration, channels: listened }) => {
		const models = await speakerModels(runtime);
		const model = await voiceModel(models.embedder);
		const names = new Names(model, job.speakers);
		const channels: SpeakersChannel[] = [];
		const sounds: Audio[] = [];
		const warnings: Warning[] = [...media.warnings];
		const step = quantizationStep(media.info.codec);
		for await (const { audio, spans, channelNumber, warning, notes } of listened()) {
			const found = await listen({ audio, step }, await diarize(followed(audio, 'speakers', { index: channels.length, count: media.channelNumbers.length }), spans, models, { least, most }), model, names, job.speakers);
			const before = channels.reduce((sum, { speakers_count: count }) => sum + count, 0);
			channels.push(describeChannel(found, { channelNumber, offset: media.start, before }));
			sounds.push(audio);
			if (warning) warnings.push(warning);
			warnings.push(...notes);
		}
		const made = await makeArtefacts(job.produce, { sounds, channels, start: media.start, media: job.media, folder: job.workFolder });
		warnings.push(...made.warnings);
		return { engine: 'local', model: models.embedder.id, runtime: runtime.name, duration, media: media.info, channels, warnings, ...asFields(job.produce, made.artefacts) };
	});
}
