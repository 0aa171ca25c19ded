/** A recording with what was found in it: what every artefact is made of. */
import type { Artefact, FoundSegment } from '../../client/protocol';
import type { Audio } from '../audio';
import type { CutSource } from './cuts/ownSound';

export interface RecordedChannel {
	/** In the file. */
	channelNumber: number;
	/** Of the stretch that was processed. */
	audio: Audio;
	/** Times of the file's own timeline. */
	segments: readonly FoundSegment[];
}

export interface Recorded {
	/** The recording's, as the user knows it. */
	fileName?: string;
	/** Seconds of the file's timeline at which the audio begins. */
	start: number;
	channels: readonly RecordedChannel[];
	/** What cuts need of the recording, at its own sample rate; made when it is asked for, once. */
	ownSound: () => Promise<CutSource>;
	/** Where files are written: the job's own folder. */
	folder: string;
}

/** The file's name without its ending, for the names of what is made of it. */
export const baseNameOf = ({ fileName = '' }: Recorded): string => fileName.replace(/\.[^./\\]{1,8}$/, '') || 'recording';

/** Makes the files of one kind of artefact. */
export type Maker<R> = (recorded: Recorded, request: R) => Promise<Artefact[]>;
