/**
 * What the result rooms take in and give out. A result may come from the local engine or from the Speech Platform
 * API: fields that only one of them reports are optional, and fields nobody here knows are kept.
 */
import type { MediaInfo, VadChannel, Warning } from '../engine/protocol';

/** How a result is spread over items; also the values of the node's Output parameter. */
export type OutputForm = 'file' | 'channel' | 'segment';

/** A voice activity detection result, wherever it was computed. */
export interface SpeechResult {
	engine: string;
	model?: string;
	/** Which ONNX Runtime ran; local results only. */
	runtime?: string;
	/** Only where a task on a server computed the result. */
	task_id?: string;
	/** Seconds of media processed. */
	duration?: number;
	media?: MediaInfo;
	channels: VadChannel[];
	warnings?: Warning[];
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
	/** Leave out how the result came about (media, runtime, settings). */
	simplify: boolean;
	/** In the segment form, let a file without any segment give one item instead of none. */
	keepFilesWithoutSpeech: boolean;
}

/** An n8n item, as far as results are concerned. */
export interface ResultItem {
	json: { [field: string]: unknown };
	pairedItem: { item: number };
}
