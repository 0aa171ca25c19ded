/** The pipeline of a speaker diarization: media file → speech per channel → who talks when → who they are → result. */
import { encodeVoiceprint } from '../../../voiceprints/encoding';
import type { Voiceprint } from '../../../voiceprints/voiceprint';
import { speakerLabel, speechLengthOf, talkOfSpeakers } from '../../client/talk';
import type { Speaker, SpeakersChannel, SpeakersJob, SpeakersResult, SpeakerTurn, Warning } from '../../client/protocol';
import { round, type Audio, type Span } from '../audio';
import { lengthOf, union } from '../spans';
import { quantizationStep } from '../extraction/clipping';
import { extractVoiceprint, type Extraction } from '../extraction/extract';
import { diarizeTracks, tracksIn, type Diarization, type SpeakerModels } from '../speakers/diarize';
import { joinSpeakers } from '../speakers/attribution';
import { speakerSegments, type Overlap, type SpeakerSegment } from '../speakers/segments';
import { asFields, makeArtefacts } from './artefacts';
import { areOneConversation, onlyVoice } from './channelsOfSpeakers';
import { speakerModels } from './loadedModels';
import { Names, type Naming } from './names';
import { followed } from './progress';
import { withRecording, type ListenedChannel } from './recording';
import { voiceprintOfSpeaker, VOICEPRINT_SPEECH, type Sound } from './speakerVoiceprints';
import { voiceModel, voiceprintOf, type VoiceModel } from './voiceModel';

/** With less, a voiceprint is not reliable. */
const RELIABLE_SPEECH = 5;

interface Found {
	method: SpeakersChannel['method'];
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

async function apart(sound: Sound, diarization: Diarization, model: VoiceModel, names: Names, { mergePauses, shortestTurn }: SpeakersJob['speakers']): Promise<Found> {
	const { found, voiceprints, namings } = await named(sound, diarization, model, names);
	const { segments, overlaps, order } = speakerSegments(found.voices, found.labels, { mergePauses, shortest: shortestTurn });
	return { method: 'diarization', segments, overlaps, speakers: order.map((label) => ({ voiceprint: voiceprints[label]!, naming: namings[label]! })) };
}

/** The speech of one person alone. */
function ofOne(extraction: Extraction, spans: readonly Span[], model: VoiceModel, names: Names, { mergePauses, shortestTurn }: SpeakersJob['speakers']): Found {
	const voiceprint = voiceprintOf(extraction, model);
	const turns = merged(spans, mergePauses).filter(({ start, end }) => end - start >= shortestTurn);
	const segments = turns.map((turn) => ({ ...turn, speaker: 0, overlap: false, confidence: null }));
	const [naming] = names.of([voiceprint]);
	return { method: 'voice_activity', segments, overlaps: [], speakers: segments.length === 0 ? [] : [{ voiceprint, naming: naming! }] };
}

/** Pauses up to so many seconds are closed. */
function merged(spans: readonly Span[], pause: number): Span[] {
	const wide = union(spans.map(({ start, end }) => ({ start, end: end + pause })), []);
	return wide.map(({ start, end }) => ({ start, end: end - pause }));
}

interface Place {
	channelNumber: number;
	/** Seconds at which the recording begins in the media. */
	offset: number;
	/** Speakers in the channels before. */
	before: number;
}

function describeChannel({ method, segments, overlaps, speakers }: Found, { channelNumber, offset, before }: Place): SpeakersChannel {
	const idOf = (speaker: number) => speakerLabel(before + speaker);
	const timeOf = (seconds: number) => round(offset + seconds);
	const turns = segments.map(({ speaker, start, end }) => ({ speaker, start: timeOf(start), end: timeOf(end) }));
	const talk = talkOfSpeakers(turns);
	return {
		channel_number: channelNumber,
		method,
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

interface Models extends SpeakerModels {
	model: VoiceModel;
	names: Names;
}

/** @param isShared whether other channels have speech too, and the job leaves it to us what to make of them */
async function speakersOf(channel: ListenedChannel, step: number, { model, names, ...models }: Models, request: SpeakersJob['speakers'], isShared: boolean): Promise<Found> {
	const { minimumSpeakers: least, maximumSpeakers: most = Infinity } = request;
	const { audio, spans } = channel;
	const sound = { audio, step };
	if (most === 1) return ofOne(await extractVoiceprint(audio, spans, model.embedder, VOICEPRINT_SPEECH, step), spans, model, names, request);
	const tracks = await tracksIn(audio, spans, models.segmentation);
	const alone = isShared && least === 1 ? await onlyVoice(channel, sound, tracks, model) : undefined;
	if (alone) return ofOne(alone, spans, model, names, request);
	return await apart(sound, await diarizeTracks(audio, tracks, models, { least, most }), model, names, request);
}

/** A recording whose channels are one conversation, which is to be mixed. */
const ONE_CONVERSATION = 'one conversation';

/** @throws VoiceprintError, also where the voiceprint of a known speaker cannot be used */
async function diarizeAs(job: SpeakersJob, automatic: boolean): Promise<SpeakersResult | typeof ONE_CONVERSATION> {
	return await withRecording(job, async ({ media, runtime, duration, cuttable, channels: listened }) => {
		const models = await speakerModels(runtime, job.speakers.model);
		const model = await voiceModel(models.embedder);
		const names = new Names(model, job.speakers);
		const channels: SpeakersChannel[] = [];
		const sounds: Audio[] = [];
		const warnings: Warning[] = [...media.warnings];
		const step = quantizationStep(media.info.codec);
		const heard: ListenedChannel[] = [];
		for await (const channel of listened()) heard.push(channel);
		if (automatic && areOneConversation(heard)) return ONE_CONVERSATION;
		const isShared = automatic && heard.filter(({ spans }) => spans.length > 0).length > 1;
		for (const [index, channel] of heard.entries()) {
			const watched = { ...channel, audio: followed(channel.audio, 'speakers', { index, count: heard.length }) };
			const found = await speakersOf(watched, step, { ...models, model, names }, job.speakers, isShared);
			const before = channels.reduce((sum, { speakers_count: count }) => sum + count, 0);
			channels.push(describeChannel(found, { channelNumber: channel.channelNumber, offset: media.start, before }));
			if (channel.warning) warnings.push(channel.warning);
			warnings.push(...channel.notes);
			sounds.push(channel.audio);
		}
		const made = await makeArtefacts(job.produce, { sounds, channels, start: media.start, media: job.media, info: media.info, cuttable, folder: job.workFolder });
		warnings.push(...made.warnings);
		return { engine: 'local', model: models.embedder.id, runtime: runtime.name, duration, media: media.info, channels, warnings, ...asFields(job.produce, made.artefacts) };
	});
}

/** @throws VoiceprintError, also where the voiceprint of a known speaker cannot be used */
export async function diarizeSpeakers(job: SpeakersJob): Promise<SpeakersResult> {
	const { automaticChannels: automatic = false } = job.speakers;
	const apartOrNot = await diarizeAs(job, automatic);
	if (apartOrNot !== ONE_CONVERSATION) return apartOrNot;
	const mixed = (await diarizeAs({ ...job, media: { ...job.media, channelMode: 'mix' } }, false)) as SpeakersResult;
	return { ...mixed, warnings: [...mixed.warnings, mixedNote()] };
}

function mixedNote(): Warning {
	const message = "The channels hold the same conversation, so they were mixed into one: apart, each speaker would be found in each of them. 'Channel Mode' Split keeps them apart";
	return { code: 'CHANNELS_MIXED', message };
}
