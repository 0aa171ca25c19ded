/**
 * Requests and answers of the Speech Platform API, with its own field names. Servers of different versions send more
 * or less than this: unknown fields are kept, and `null` means the same as absent.
 */
import type { Readable } from 'node:stream';

export type ChannelMode = 'split' | 'mix';

/** A media file to send. */
export interface MediaUpload {
	/** The file's bytes from the start; called again where the request has to be repeated. What it throws is passed on. */
	open(): Promise<Readable | Buffer>;
	fileName: string;
	mimeType: string;
	/** Size of the file; absent where it is not known, and then the body is sent in chunks of unknown total. */
	bytes?: number;
}

/** Parameters of Voice Activity Detection; what is absent is not sent. */
export interface VoiceActivityDetectionOptions {
	channelMode?: ChannelMode;
	/** 0-based channels to keep; empty or absent means all. */
	channels?: number[];
	/** Seconds from the start of the file. */
	rangeFrom?: number;
	/** Seconds from the start of the file. */
	rangeTo?: number;
}

/** Parameters of Voiceprint Extraction; what is absent is not sent. */
export interface VoiceprintExtractionOptions {
	channelMode?: ChannelMode;
	/** 0-based channels to keep; empty or absent means all. */
	channels?: number[];
	/** Newer servers only. */
	includeVectorVoiceprint?: boolean;
}

/** Parameters of Speaker Diarization; what is absent is not sent. Of the two numbers only one may be given. */
export interface SpeakerDiarizationOptions extends VoiceActivityDetectionOptions {
	/** At most that many speakers. */
	maxSpeakers?: number;
	/** Exactly that many speakers. */
	totalSpeakers?: number;
}

/** `pending` and `running` may still become one of the others. Servers may name states that are not known here. */
export type TaskState = 'pending' | 'running' | 'rejected' | 'failed' | 'done' | (string & {});

export interface TaskInfo {
	task_id: string;
	state: TaskState;
	[field: string]: unknown;
}

/** One thing that is wrong with a request or a task. */
export interface ErrorDetail {
	/** Path to what is wrong, such as `body`, `file`. */
	location?: Array<string | number>;
	message?: string;
	type?: string;
	context?: Record<string, unknown> | null;
}

/** The API's own error, in the body of an HTTP error or of a task that ended badly. */
export interface ApiErrorBody {
	/** Open set, such as `request.validation-error`. */
	type: string;
	message: string;
	detail?: ErrorDetail[] | null;
}

/** A task that exists and has not ended badly. Its `result` is there, and checked, when its state is `done`. */
export interface Task<R> {
	task: TaskInfo;
	result?: R;
	[field: string]: unknown;
}

/** A task that was started, and where to ask for it. */
export interface TaskHandle<T extends Technology = Technology> {
	technology: T;
	taskId: string;
	/** Where the task is fetched: absolute, always of the base URL's origin. */
	url: string;
	/** What the server said when it accepted the task. */
	answer: Task<TechnologyResult<T>>;
}

export interface VoiceActivitySegment {
	/** `voice`, and whatever else servers may come to report. */
	segment_type: string;
	/** Seconds. */
	start_time: number;
	/** Seconds. */
	end_time: number;
}

export interface VoiceActivityDetectionResult {
	channels: Array<{
		channel_number: number;
		/** Seconds of speech. */
		speech_length: number;
		segments: VoiceActivitySegment[];
	}>;
}

export interface VoiceprintExtractionResult {
	channels: Array<{
		channel_number: number;
		/** Base64, opaque. */
		voiceprint: string;
		/** Seconds of speech behind the voiceprint; 0 where there was none. */
		speech_length: number;
		model: string;
		/** Only where asked for; empty or null without speech. */
		vector_voiceprint?: number[] | null;
	}>;
}

export interface VoiceprintComparisonResult {
	/**
	 * Row by row: the score of `a[i]` with `b[j]` is `values[j * columns_count + i]`. Scores are log-likelihood ratios;
	 * higher means more alike.
	 */
	scores: { rows_count: number; columns_count: number; values: number[] };
}

export interface SpeakerDiarizationSegment {
	/** Tells speakers apart within the channel, from 0. */
	speaker_id: number;
	/** Seconds. */
	start_time: number;
	/** Seconds. */
	end_time: number;
}

export interface SpeakerDiarizationResult {
	channels: Array<{
		channel_number: number;
		speakers_count: number;
		/** Empty where nobody speaks. */
		segments: SpeakerDiarizationSegment[];
	}>;
}

/** What each technology answers with. */
export interface TechnologyResults {
	'voice-activity-detection': VoiceActivityDetectionResult;
	'speaker-identification-voiceprint-extraction': VoiceprintExtractionResult;
	'speaker-identification-voiceprint-comparison': VoiceprintComparisonResult;
	'speaker-diarization': SpeakerDiarizationResult;
}

/** A technology is called by its path under `/api/technology/`. */
export type Technology = keyof TechnologyResults;

export type TechnologyResult<T extends Technology> = TechnologyResults[T];
