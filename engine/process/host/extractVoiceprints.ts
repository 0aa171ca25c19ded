/** The pipeline of a voiceprint extraction: media file → speech per channel → one voiceprint per channel → result. */
import { speakersIn, type Speakers } from '../../../voiceprints/severalSpeakers';
import { plainNumbers } from '../../../voiceprints/vector';
import { VoiceprintError } from '../../../errors';
import type { VoiceprintChannel, VoiceprintJob, VoiceprintResult, Warning } from '../../client/protocol';
import { encodeVoiceprint } from '../../../voiceprints/encoding';
import { extractVoiceprint, type Extraction } from '../extraction/extract';
import { quantizationStep } from '../extraction/clipping';
import { qualityWarnings } from '../extraction/quality';
import { round, SAMPLE_RATE } from '../audio';
import { difference, lengthOf } from '../spans';
import { embedderFor, speakerModels } from './loadedModels';
import { speakersOfChannel, type SpeakerOfChannel } from './speakersOfChannel';
import { voiceModel, voiceprintOf, type VoiceModel } from './voiceModel';
import { withRecording, type ListenedChannel } from './recording';

function refuseLittleSpeech(channel: VoiceprintChannel, { minimumSpeech, onLittleSpeech }: VoiceprintJob['voiceprint']): void {
	if (onLittleSpeech !== 'fail' || channel.speech_length >= minimumSpeech) return;
	throw new VoiceprintError(
		'TOO_LITTLE_SPEECH',
		`Channel ${channel.channel_number} has ${channel.speech_length.toFixed(1)} s of speech, less than the minimum of ${minimumSpeech} s`,
		"Lower 'Minimum Speech Length', set 'On Little Speech' to warn only, or leave the channel out with 'Channels'.",
	);
}

/** What is wrong with a channel's voiceprint. */
function warningsOf(
	{ channelNumber: channel_number, warning, notes }: ListenedChannel,
	{ voiceprint, quality }: Extraction,
	minimum: number,
	speakers: Speakers,
): Warning[] {
	if (warning) return [{ ...warning, message: `${warning.message}: its voiceprint is empty` }, ...notes];
	const seconds = voiceprint.speechLength;
	const found = qualityWarnings(channel_number, seconds, minimum, quality, speakers === 'several');
	return [...notes, ...found.map((one) => ({ ...one, channel_number }))];
}

/**
 * The speech that is not another channel's, where there is enough of it; else all, and the warning says what that means.
 * @param minimum seconds
 */
function ownSpeech({ spans, echoOf, notes, audio }: ListenedChannel, minimum: number): Pick<ListenedChannel, 'spans' | 'notes'> {
	if (!echoOf) return { spans, notes };
	const own = difference(spans, echoOf.spans, audio.length / SAMPLE_RATE);
	const isEnough = own.length > 0 && lengthOf(own) >= minimum;
	const consequence = isEnough ? 'that was left out' : `its voiceprint is that of channel ${echoOf.channelNumber}, or a mixture`;
	const told = notes.map((note) => (note.code === 'ECHO_OF_CHANNEL' ? { ...note, message: `${note.message}: ${consequence}` } : note));
	return { spans: isEnough ? own : spans, notes: told };
}

/** A channel, or what one of its speakers says in it. */
interface Part {
	listened: ListenedChannel;
	/** Where speakers were told apart. */
	speaker?: SpeakerOfChannel | null;
}

/** In messages: `channel 0`, or one of its speakers. */
const placeOf = ({ channelNumber }: ListenedChannel, speaker: SpeakerOfChannel | null | undefined) =>
	speaker ? `${speaker.label} in channel ${channelNumber}` : `channel ${channelNumber}`;

function refuseSeveral(place: string, speakers: Speakers): void {
	if (speakers !== 'several') return;
	throw new VoiceprintError(
		'SEVERAL_SPEAKERS',
		`In ${place} probably several people speak: its voiceprint would be a mixture`,
		"Set 'On Several Speakers' to Main Speaker or One per Speaker, take a recording of one person, or leave the channel out with 'Channels'.",
	);
}

async function describePart(
	{ listened, speaker }: Part,
	model: VoiceModel,
	request: VoiceprintJob['voiceprint'],
	codec: string,
): Promise<{ channel: VoiceprintChannel; warnings: Warning[] }> {
	const { channelNumber, audio } = listened;
	const { spans, notes } = ownSpeech(listened, request.minimumSpeech);
	const extraction = await extractVoiceprint(audio, spans, model.embedder, request.maximumSpeech, quantizationStep(codec));
	const { voiceprint, quality } = extraction;
	const speakers = speakersIn(extraction.windows, voiceprint.speechLength, model.calibration);
	const found = warningsOf({ ...listened, notes }, extraction, request.minimumSpeech, speakers);
	const channel = {
		channel_number: channelNumber,
		...(speaker === undefined ? {} : { speaker: speaker?.label ?? null, talk_time: round(speaker?.talk ?? 0) }),
		voiceprint: encodeVoiceprint(voiceprintOf(extraction, model)),
		vector: plainNumbers(voiceprint.vector),
		speech_length: round(voiceprint.speechLength),
		model: voiceprint.model,
		quality: { ...quality, speakers, warnings: found.map(({ message }) => message) },
	};
	refuseLittleSpeech(channel, request);
	if (request.onSeveralSpeakers === 'fail') refuseSeveral(placeOf(listened, speaker), speakers);
	return { channel, warnings: found };
}

/** Of several speakers, each alone; echoes of other channels are nobody's. */
function partOf(listened: ListenedChannel, speaker: SpeakerOfChannel, isAlone: boolean): Part {
	// All speech of one who is alone: pieces leave out their edges.
	if (isAlone) return { listened, speaker };
	return { listened: { ...listened, spans: speaker.spans }, speaker };
}

function mainNote(channel_number: number, main: SpeakerOfChannel, all: readonly SpeakerOfChannel[]): Warning {
	const talk = all.reduce((sum, one) => sum + one.talk, 0);
	const others = all.length === 2 ? 'the other one was' : `the ${all.length - 1} others were`;
	const message =
		`In channel ${channel_number} ${all.length} people speak: its voiceprint is that of ${main.label}, who talks for ` +
		`${main.talk.toFixed(1)} of ${talk.toFixed(1)} s; ${others} left out`;
	return { code: 'MAIN_SPEAKER', message, channel_number };
}

/** What voiceprints are made of in a channel, and what is to be said of those that are not made. */
function partsOf(listened: ListenedChannel, speakers: readonly SpeakerOfChannel[], wanted: 'main' | 'each'): { parts: Part[]; notes: Warning[] } {
	const [first] = speakers;
	if (!first) return { parts: [{ listened, speaker: null }], notes: [] };
	const all = speakers.map((speaker) => partOf(listened, speaker, speakers.length === 1));
	if (wanted === 'each' || speakers.length === 1) return { parts: all, notes: [] };
	const main = speakers.reduce((most, one) => (one.talk > most.talk ? one : most), first);
	return { parts: [all[speakers.indexOf(main)]!], notes: [mainNote(listened.channelNumber, main, speakers)] };
}

/** @throws VoiceprintError, TOO_LITTLE_SPEECH and SEVERAL_SPEAKERS where the job says to fail then, INVALID_MODEL for a model of one's own */
export async function extractVoiceprints(job: VoiceprintJob): Promise<VoiceprintResult> {
	const { onSeveralSpeakers: wanted } = job.voiceprint;
	return await withRecording(job, async ({ media, runtime, duration, channels: listened }) => {
		const model = await voiceModel(await embedderFor(runtime, job.voiceprint), job.voiceprint.modelFile);
		const channels: VoiceprintChannel[] = [];
		const warnings = [...media.warnings];
		let before = 0;
		for await (const one of listened()) {
			let parts: Part[] = [{ listened: one }];
			if (wanted === 'main' || wanted === 'each') {
				const speakers = await speakersOfChannel(one, await speakerModels(runtime), before);
				before += speakers.length;
				const found = partsOf(one, speakers, wanted);
				parts = found.parts;
				warnings.push(...found.notes);
			}
			for (const part of parts) {
				const described = await describePart(part, model, job.voiceprint, media.info.codec);
				channels.push(described.channel);
				warnings.push(...described.warnings);
			}
		}
		const perSpeaker = wanted === 'each' ? ({ perSpeaker: true } as const) : {};
		return { engine: 'local', model: model.embedder.id, runtime: runtime.name, duration, media: media.info, channels, ...perSpeaker, warnings };
	});
}
