/**
 * What the n8n process and the engine process say to each other, and the shapes of the results.
 * Times are seconds of the media's own timeline, rounded to milliseconds; channel numbers count from 0.
 */
import type { ErrorData } from '../../errors';
import type { Artefact, ProduceRequest } from './artefacts';
import type { MediaInfo, MediaRequest } from './media';

export type * from './artefacts';

export type * from './cuts';

export type * from './media';

/** `auto`: native where it loads, WASM elsewhere. */
export type RuntimeChoice = 'auto' | 'native' | 'wasm';

export type RuntimeName = 'native' | 'wasm';

export type VadPreset = 'balanced' | 'forTranscription' | 'sileroCompatible' | 'custom';

/** All times in milliseconds. Which of them a preset sets is in `engine/vad/presets.ts`. */
export interface VadThresholds {
	/** Speech starts where the speech probability reaches this (0 to 1). */
	onsetThreshold: number;
	/** Speech ends where the speech probability falls below this (0 to 1). */
	offsetThreshold: number;
	/** Shorter speech is dropped. */
	minimumSpeech: number;
	/** Shorter silence inside speech is bridged. */
	minimumSilence: number;
	/** Added before each segment. */
	paddingBefore: number;
	/** Added after each segment. */
	paddingAfter: number;
}

export interface VadRequest {
	preset: VadPreset;
	/** Overrides; only the preset `custom` takes them. */
	thresholds?: Partial<VadThresholds>;
	/** Also return the speech probability of each hop. */
	includeProbabilities?: boolean;
}

export interface VadJob {
	type: 'vad';
	media: MediaRequest;
	vad: VadRequest;
	runtime: RuntimeChoice;
	/** What to make of the recording beside the result. */
	produce?: ProduceRequest;
	/** A private folder for this job's temporary files; the client removes it. */
	workFolder: string;
}

/** Which of the models that come with the package. */
export type BundledChoice = 'accurate' | 'fast';

export interface VoiceprintRequest {
	model: BundledChoice;
	/** Seconds of speech to use at most per channel, spread over it; 0: all of it. */
	maximumSpeech: number;
	/** Seconds of speech below which a voiceprint is doubtful. */
	minimumSpeech: number;
	/** What to do with a channel that has less: warn, or fail with TOO_LITTLE_SPEECH. */
	onLittleSpeech: 'warn' | 'fail';
	/**
	 * What to do with a channel in which several people speak. `warn` and `fail` (SEVERAL_SPEAKERS) where it sounds so; `main` and `each`
	 * tell them apart in any case, and take who speaks most, or give a voiceprint of each. Absent: `warn`.
	 */
	onSeveralSpeakers?: 'warn' | 'fail' | 'main' | 'each';
	/** Path of the JSON file that describes a model of one's own, which is then taken instead. */
	modelFile?: string;
}

export interface VoiceprintJob {
	type: 'voiceprint';
	media: MediaRequest;
	vad: VadRequest;
	voiceprint: VoiceprintRequest;
	runtime: RuntimeChoice;
	/** A private folder for this job's temporary files; the client removes it. */
	workFolder: string;
}

export interface SpeakersRequest {
	/** What tells voices apart and makes voiceprints. Absent: `accurate`. */
	model?: BundledChoice;
	/**
	 * Whether channels are looked at apart or mixed is found by listening; then `channelMode` is `split`. Absent: as `channelMode` says,
	 * and each of them is diarized.
	 */
	automaticChannels?: boolean;
	/** At least that many speakers, if they can be told apart. */
	minimumSpeakers: number;
	/** At most that many; absent where nobody knows. */
	maximumSpeakers?: number;
	/** A pause of a speaker up to this does not end the segment, seconds. */
	mergePauses: number;
	/** Shorter segments are left out, seconds. */
	shortestTurn: number;
	/** Voiceprints of people who may be among the speakers; several of one person go by the same name. */
	known: KnownSpeaker[];
	/** How sure a name has to be: a point of the model's calibration, or a log-likelihood ratio. */
	threshold: 'balanced' | 'fewFalseAccepts' | 'fewFalseRejects' | number;
}

export interface KnownSpeaker {
	name: string;
	/** Base64. */
	voiceprint: string;
}

export interface SpeakersJob {
	type: 'speakers';
	media: MediaRequest;
	vad: VadRequest;
	speakers: SpeakersRequest;
	runtime: RuntimeChoice;
	/** What to make of the recording beside the result. */
	produce?: ProduceRequest;
	/** A private folder for this job's temporary files; the client removes it. */
	workFolder: string;
}

/** Makes something of a recording whose result came from elsewhere. */
export interface ArtefactsJob {
	type: 'artefacts';
	media: MediaRequest;
	/** What was found in the channels, by any engine. */
	channels: FoundChannel[];
	produce: ProduceRequest;
	/** A private folder for this job's temporary files; the client removes it. */
	workFolder: string;
}

/** What a picture or a cut needs to know of a channel: of speech, or of speakers where they are known. */
export interface FoundChannel {
	channel_number: number;
	segments: FoundSegment[];
}

export interface FoundSegment extends Segment {
	speaker?: string;
	/** Of the known person who it is. */
	name?: string | null;
}

/** Every job the engine knows. A new capability adds a member here and a pipeline in `engine/host`. */
export type Job = VadJob | VoiceprintJob | SpeakersJob | ArtefactsJob;

export interface Segment {
	segment_type: string;
	/** Seconds. */
	start_time: number;
	/** Seconds. */
	end_time: number;
	/** The channel whose speech this is, heard again; only where it is an echo. */
	echo_of_channel?: number;
}

export interface VadChannel {
	channel_number: number;
	/** Seconds of speech in the channel. */
	speech_length: number;
	segments: Segment[];
	/** Speech probability of each hop, 0 to 1, three decimals; only where asked for. */
	speech_probabilities?: number[];
	/** Seconds between two speech probabilities; only where they were asked for. */
	hop?: number;
}

/** Something the user should know that is no failure. */
export interface Warning {
	code:
		| 'NO_SPEECH'
		| 'TRUNCATED_FILE'
		| 'DECODING_ERRORS'
		| 'SILENCE_INSERTED'
		| 'TIMELINE_JUMP'
		| 'SAMPLES_REPLACED'
		| 'LEVELS_DIFFER'
		| 'CHANNELS_CANCEL'
		| 'ECHO_OF_CHANNEL'
		| 'SAME_AS_CHANNEL'
		| 'CHANNELS_MIXED'
		| 'CHANNELS_CHANGED'
		| 'SEVERAL_TRACKS'
		| 'OTHER_TRACK'
		| 'SILENT_CHANNEL'
		| 'OTHER_FIELD'
		| 'LITTLE_SPEECH'
		| 'NOISY'
		| 'CLIPPED'
		| 'SEVERAL_SPEAKERS'
		| 'MAIN_SPEAKER'
		| 'NOT_PRODUCED'
		| 'NAMES_NOT_WRITTEN';
	message: string;
	/** The channel it is about, where it is about one. */
	channel_number?: number;
}

export interface VadResult {
	engine: 'local';
	model: string;
	/** Which ONNX Runtime ran. */
	runtime: RuntimeName;
	/** Seconds of media processed. */
	duration: number;
	media: MediaInfo;
	channels: VadChannel[];
	warnings: Warning[];
	/** Where some were asked for. */
	artefacts?: Artefact[];
}

/** How good the speech behind a voiceprint is. */
export interface VoiceprintQuality {
	/** Seconds of speech found in the channel, of which `speech_length` were used. */
	speech_found: number;
	/** RMS level of the speech, dBFS; null without speech. */
	level: number | null;
	/** Share of the speech's samples at full scale, 0 to 1; null without speech. */
	clipping: number | null;
	/** Estimated signal-to-noise ratio, dB; null without speech. */
	snr: number | null;
	/** How alike the parts of the speech are, mean cosine between windows, -1 to 1; null for fewer than two windows. */
	consistency: number | null;
	/** How many people the speech sounds like; `unknown` where there is too little of it to tell. */
	speakers: 'one' | 'several' | 'unknown';
	/** What is wrong, in words; empty where nothing is. */
	warnings: string[];
}

export interface VoiceprintChannel {
	channel_number: number;
	/** Base64, see `docs/voiceprint-format.md`. */
	voiceprint: string;
	/** The same as numbers, of length one; empty without speech. */
	vector: number[];
	/** Seconds of speech behind the voiceprint. */
	speech_length: number;
	model: string;
	quality: VoiceprintQuality;
	/** Whose it is, where speakers were told apart; null where nobody speaks. */
	speaker?: string | null;
	/** Seconds that this speaker talks in all, where speakers were told apart. */
	talk_time?: number;
}

export interface VoiceprintResult {
	engine: 'local';
	model: string;
	/** Which ONNX Runtime ran. */
	runtime: RuntimeName;
	/** Seconds of media processed. */
	duration: number;
	media: MediaInfo;
	/** With `perSpeaker`, several of a channel one after the other. */
	channels: VoiceprintChannel[];
	/** A voiceprint of each speaker was asked for. */
	perSpeaker?: true;
	warnings: Warning[];
}

/** A stretch in which one speaker talks. */
export interface SpeakerTurn extends Segment {
	/** `SPEAKER_00` is who talks first in the file; of further channels the numbers go on. */
	speaker: string;
	/** Of the known person who it is; null where nobody known is like it. */
	name: string | null;
	/** Whether somebody else talks in a part of it. */
	overlap: boolean;
	/** How much more it sounds like this speaker than like the most alike other one, difference of cosines; null where there is no other one. */
	confidence: number | null;
}

/** What a speaker says, in figures; times in seconds. */
export interface TalkFacts {
	/** Talk of several at the same time counts for each. */
	talk_time: number;
	/** Of the talk of all speakers, 0 to 1. */
	share: number;
	turns: number;
	longest_turn: number;
	/** When the speaker first and last talks. */
	first_time: number;
	last_time: number;
}

export interface Speaker extends TalkFacts {
	speaker: string;
	/** Of the known person who it is; null where nobody known is like it. */
	name: string | null;
	/** Whether it is somebody known. */
	identified: boolean;
	/** Log-likelihood ratio of the likeliest known person; null where there is none, or too little speech to tell. */
	name_score: number | null;
	/** Base64, see `docs/voiceprint-format.md`; made of the longest pieces in which nobody else talks. Empty vector where there is none. */
	voiceprint: string;
	/** Seconds of speech behind it. */
	speech_length: number;
	/** Whether that is enough to recognise the speaker elsewhere. */
	reliable: boolean;
}

export interface SpeakersChannel {
	channel_number: number;
	/** `voice_activity`: the channel is one person's, and the segments are its speech. `diarization`: speakers were told apart by voice. */
	method: 'diarization' | 'voice_activity';
	speakers_count: number;
	/** Seconds in which anybody talks. */
	speech_length: number;
	/** In the order in which they first talk. */
	speakers: Speaker[];
	/** In time order; those of different speakers may overlap. */
	segments: SpeakerTurn[];
	/** Where several talk at the same time. */
	overlaps: Array<{ start_time: number; end_time: number; speakers: string[] }>;
	/** Seconds of that. */
	overlap_length: number;
}

export interface SpeakersResult {
	engine: 'local';
	/** Of the voiceprints. */
	model: string;
	/** Which ONNX Runtime ran. */
	runtime: RuntimeName;
	/** Seconds of media processed. */
	duration: number;
	media: MediaInfo;
	channels: SpeakersChannel[];
	warnings: Warning[];
	/** Where some were asked for. */
	artefacts?: Artefact[];
}

export interface ArtefactsResult {
	artefacts: Artefact[];
	warnings: Warning[];
}

export interface JobResults {
	vad: VadResult;
	voiceprint: VoiceprintResult;
	speakers: SpeakersResult;
	artefacts: ArtefactsResult;
}

export type JobResult<J extends Job = Job> = JobResults[J['type']];

/** n8n process → engine process. */
export type ToEngine = { kind: 'run'; id: number; job: Job };

/** What the engine holds after a job, bytes of resident memory. */
interface Footprint {
	rss?: number;
}

/** What the engine is about: `decoding` the file, `listening` for speech, telling `speakers` apart. */
export type Phase = 'decoding' | 'listening' | 'speakers';

/** How far a job is. */
export interface Progress {
	phase: Phase;
	/** Seconds of the recording that the phase is done with; a channel of several counts as its share. */
	position: number;
	/** Seconds that there are; absent while nobody knows. */
	duration?: number;
	/** Seconds of the recording for each second of the clock. */
	speed?: number;
}

/** Engine process → n8n process. */
export type FromEngine =
	| { kind: 'ready' }
	| { kind: 'progress'; id: number; progress: Progress }
	| ({ kind: 'result'; id: number; result: JobResult } & Footprint)
	| ({ kind: 'failure'; id: number; error: ErrorData } & Footprint);
