/**
 * A result and what it becomes: what this room takes in and gives out. A result may come from the local engine or from the
 * Speech Platform API: fields that only one of them reports are optional, and fields nobody here knows are kept.
 */
import type { MediaInfo, VadChannel, VoiceprintQuality, Warning } from '../engine/client/protocol';

/** How a result is spread over items; also the values of the node's Output parameter. */
export type OutputForm = 'file' | 'channel' | 'segment';

/** Where a task on a server computes the result: which one. */
export interface TaskFields {
	task_id: string;
	/** By which the server's logs know all requests of the execution. */
	correlation_id: string;
	/** `done` where the result is there. */
	state: string;
}

/** How a result came about. */
export interface Provenance extends Partial<TaskFields> {
	engine: string;
	model?: string;
	/** Which ONNX Runtime ran; local results only. */
	runtime?: string;
	/** Seconds of media processed. */
	duration?: number;
	media?: MediaInfo;
	warnings?: Warning[];
}

/** A voice activity detection result, wherever it was computed. */
export interface SpeechResult extends Provenance {
	channels: VadChannel[];
	/** What was added to each segment, seconds; absent where nothing was, or nobody tells. */
	padding?: { before: number; after: number };
}

/** A voiceprint for each channel, or for each speaker of it, wherever it was computed. */
export interface VoiceprintResult extends Provenance {
	channels: VoiceprintChannel[];
	/** There may be several of a channel, one after the other. */
	perSpeaker?: true;
}

export interface VoiceprintChannel {
	channel_number: number;
	/** Seconds of speech behind the voiceprint. */
	speech_length: number;
	/** Voiceprints of different models cannot be compared. */
	model: string;
	/** Base64. */
	voiceprint: string;
	/** The same as numbers, where they were asked for; empty without speech. */
	vector?: number[];
	/** Local results only. */
	quality?: VoiceprintQuality;
	/** Whose it is, where speakers were told apart; null where nobody speaks. */
	speaker?: string | null;
	/** Seconds that this speaker talks in all, where speakers were told apart. */
	talk_time?: number;
}

/** A task that has no result yet. */
export type TaskReference = TaskFields & Pick<Provenance, 'engine'>;

/** Whether this is all there is so far. */
export function isTaskReference(result: object): result is TaskReference {
	return !('channels' in result);
}

/** What the result does not say itself: where its file came from and what was asked for. */
export interface Origin {
	/** Index of the input item that the result belongs to. */
	item: number;
	/** Name of the file; absent where the input has none. */
	fileName?: string;
	/** What was asked for, shown where `simplify` is off. */
	settings?: { [name: string]: unknown };
}

export interface ShapeOptions {
	/** Leave out how the result came about (media, settings). */
	simplify: boolean;
	/** In the segment form, let a file without any segment give one item instead of none. */
	keepFilesWithoutSpeech: boolean;
	/** In the channel form, give the list of segments too. */
	includeSegments: boolean;
}

/** An n8n item, as far as results are concerned. */
export interface ResultItem {
	json: { [field: string]: unknown };
	pairedItem: { item: number };
}
