/** What a job can make of a recording beside its result, as files in the job's folder. Part of the protocol. */
import type { ClipArtefact, ClipsRequest, SpeechOnlyArtefact, SpeechOnlyRequest } from './cuts';

export type PictureFormat = 'svg' | 'png';

export type PictureTheme = 'light' | 'dark';

/** A picture of the recording over time: waveform, speech or speakers, totals. */
export interface PictureRequest {
	/** One file each. */
	formats: PictureFormat[];
	theme: PictureTheme;
	/** Pixels. The height follows from the number of channels and speakers. */
	width: number;
}

/** By kind of artefact; what is absent is not made. */
export interface ProduceRequest {
	picture?: PictureRequest;
	speechOnly?: SpeechOnlyRequest;
	clips?: ClipsRequest;
}

/** A file in the job's folder; whoever wants it reads it before the folder is removed. */
interface ArtefactFile {
	path: string;
	/** Named after the recording. */
	fileName: string;
	mimeType: string;
}

export interface PictureArtefact extends ArtefactFile {
	kind: 'picture';
	format: PictureFormat;
	/** Pixels. */
	width: number;
	height: number;
	/** Names that it does not show, as it has not got their letters. */
	notWritten?: string[];
}

export type Artefact = PictureArtefact | SpeechOnlyArtefact | ClipArtefact;
