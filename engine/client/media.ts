/** Which part of which file a job is about, and what the file turned out to be. Part of the protocol. */

/** `split`: each kept channel on its own. `mix`: the kept channels mixed into one, reported as channel 0. */
export type ChannelMode = 'split' | 'mix';

/**
 * How channels are mixed. `mean`: averaged; `loudest`: the loudest one at each moment; `powerWeighted`: each counts by its
 * power of the moment, and what is upside down is turned; `automatic`: averaged, and the loudest where they cancel.
 */
export type MixMethod = 'automatic' | 'mean' | 'loudest' | 'powerWeighted';

/** Encodings of samples without a header. */
export type RawEncoding = 'mulaw' | 'alaw' | 's16le' | 's16be' | 'u8' | 's24le' | 's32le' | 'f32le' | 'vox' | 'g722' | 'gsm';

/** What samples without a header are. */
export interface RawAudio {
	encoding: RawEncoding;
	/** Hz. */
	sampleRate: number;
	channels: number;
}

/** Which part of which media file to process. */
export interface MediaRequest {
	/** The file on this machine's disk. */
	path: string;
	/** Name shown in messages. */
	fileName?: string;
	channelMode: ChannelMode;
	/** Of a mix; default `automatic`. */
	mixMethod?: MixMethod;
	/** 0-based channels to keep; empty or absent means all. */
	channels?: number[];
	/** Seconds from the start of the file where processing starts; default 0. */
	rangeFrom?: number;
	/** Seconds from the start of the file where processing ends; default the end of the file. */
	rangeTo?: number;
	/**
	 * Which sound track to take: its number from 0, its language, or `all` of them as channels one after the other;
	 * absent: the file's default track, else the first that can be decoded.
	 */
	track?: number | string;
	/** What samples without a header are; absent: the file says it itself. */
	raw?: RawAudio;
	/** Seconds of media that may be processed at most; longer gives FILE_TOO_LONG. Absent or 0: no limit. */
	maximumDuration?: number;
}

/** What the media turned out to be. */
export interface MediaInfo {
	/** FFmpeg's container name, such as `wav`, `mov,mp4,m4a,3gp,3g2,mj2`. */
	container: string;
	/** FFmpeg's codec name, such as `pcm_s16le`, `aac`. */
	codec: string;
	/** Hz. */
	sample_rate: number;
	/** Number of channels in the file. */
	channels: number;
	/** Which of the file's sound tracks was taken, from 0; only where it has several, and one was taken. */
	audio_track?: number;
	/** How many sound tracks the file has; only where it has several. */
	audio_tracks?: number;
	/** Language of the track that was taken, as the file says it; only where it has several tracks. */
	audio_language?: string;
}
