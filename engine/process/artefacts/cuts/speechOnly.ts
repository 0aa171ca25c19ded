/** A recording without its silence, and where each part of it comes from. */
import { join } from 'node:path';
import type { SpeechOnlyArtefact, SpeechOnlyRequest, TimeMapEntry } from '../../../client/protocol';
import { round, type Span } from '../../audio';
import { CutSound, type Sound } from './cutSound';
import { encodeSounds } from './encode';
import { checkChannels, FORMATS, rateIn } from './formats';
import { inSamples, keptPieces, type Piece } from './pieces';

/** @param offset seconds of the file's timeline at which the sound begins */
function timeMap(pieces: readonly Piece[], rate: number, offset: number): TimeMapEntry[] {
	let at = 0;
	return pieces.map(({ start, end }) => {
		const cut = at;
		at += end - start;
		return {
			start_time: round(offset + start / rate),
			end_time: round(offset + end / rate),
			cut_start_time: round(cut / rate),
			cut_end_time: round(at / rate),
		};
	});
}

export interface SpeechOnly {
	/** The recording at its own rate. */
	sound: Sound;
	/** What samples are multiplied by. */
	gain: number;
	/** Speech of all channels, seconds from where the sound begins. */
	spans: readonly Span[];
	/** Seconds of the file's timeline at which the sound begins. */
	start: number;
	folder: string;
	/** The recording's, without its ending. */
	baseName: string;
}

/**
 * @returns undefined where there is no speech
 * @throws VoiceprintError as `encodeSounds` does
 */
export async function cutSpeechOnly(recording: SpeechOnly, { format, bitRate, keptPause }: SpeechOnlyRequest): Promise<SpeechOnlyArtefact | undefined> {
	const { sound, spans, start, folder, baseName, gain } = recording;
	const { rate, channels } = sound;
	const pieces = inSamples(keptPieces(spans, keptPause, sound.length / rate), rate);
	if (pieces.length === 0) return undefined;
	checkChannels(format, channels);
	const cut = new CutSound(sound, pieces);
	const { extension, mimeType } = FORMATS[format];
	const path = join(folder, `speech-only.${extension}`);
	const [size] = await encodeSounds([{ sound: cut, path }], { format, bitRate, gain });
	return {
		kind: 'speechOnly',
		path,
		fileName: `${baseName}-speech-only.${extension}`,
		mimeType,
		size: size!,
		format,
		sampleRate: rateIn(format, rate),
		channels,
		length: round(cut.length / rate),
		removedLength: round((sound.length - cut.length) / rate),
		timeMap: timeMap(pieces, rate, start),
	};
}
