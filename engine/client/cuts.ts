/** What a job can cut out of a recording: the speech alone as one sound, or clips. Part of the protocol. */

export type AudioFormat = 'wav' | 'flac' | 'mp3' | 'opus';

interface CutRequest {
	format: AudioFormat;
	/** kbit/s of a channel, of the formats that lose something; 0 for what suits speech at the sample rate. */
	bitRate: number;
}

/** The recording without its silence. Where there are several channels, what is kept is speech in any of them. */
export interface SpeechOnlyRequest extends CutRequest {
	/** Seconds that stay of each pause between two stretches of speech; a shorter pause stays whole. */
	keptPause: number;
}

/** The speech as many sounds. */
export interface ClipsRequest extends CutRequest {
	/** `each`: the speech of each channel, alone. `all`: speech in any channel, with all of them. */
	channels: 'each' | 'all';
	/** Seconds: segments with a shorter pause between them become one clip, while it is not too long for the limits. */
	mergePauses: number;
	/** Seconds before and after, but no more than half of the pause to what comes before or after. */
	padding: number;
	/** Seconds of a clip, padding included; 0 for no limit. */
	longest: number;
	/** Bytes of a file; 0 for no limit. */
	largest: number;
}

/** A stretch of the recording, and where it lies in the cut audio. Seconds. */
export interface TimeMapEntry {
	start_time: number;
	end_time: number;
	cut_start_time: number;
	cut_end_time: number;
}

interface CutFile {
	path: string;
	/** Named after the recording. */
	fileName: string;
	mimeType: string;
	/** Bytes. */
	size: number;
	format: AudioFormat;
	/** Hz. */
	sampleRate: number;
	channels: number;
	/** Seconds. */
	length: number;
}

export interface SpeechOnlyArtefact extends CutFile {
	kind: 'speechOnly';
	/** Seconds of the recording that are not in it. */
	removedLength: number;
	timeMap: TimeMapEntry[];
}

export interface ClipArtefact extends CutFile {
	kind: 'clip';
	/** From 0 in the order of time. */
	index: number;
	/** Absent where the clip has all channels. */
	channelNumber?: number;
	/** Where in the recording the clip begins and ends, padding included; seconds. */
	startTime: number;
	endTime: number;
	/** Segments of speech in it; those that were divided count in each part. */
	segments: number;
	/** Whether it begins or ends within speech, as the segment was too long for the limits. */
	isPart: boolean;
	/** Where speakers are known. */
	speaker?: string;
	name?: string | null;
	/** The channel whose speech this is, heard again. */
	echoOfChannel?: number;
}
