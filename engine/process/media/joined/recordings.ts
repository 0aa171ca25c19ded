/**
 * The recordings of a file: mostly one, but what recorders and people append to each other is one file too. Each is
 * decoded by itself, at its own rate, and begins where the one before it ended.
 */
import type { InputFile } from '../inputFile';
import { viewOf, type Piece } from '../view';
import { wavRecordings } from '../wav/asFound';
import { mp4Recordings } from './boxes';
import { mpegAudioRecordings } from './mpegAudio';
import { isOgg, oggRecordings } from './ogg';
import { signedRecordings } from './signatures';
import { transportStreamRecordings } from './transportStream';

/** A file of nothing but beginnings is not taken apart: FFmpeg is set up for each. */
const MOST_RECORDINGS = 1000;

/** A file that is one piece stays itself. */
function filesOf(file: InputFile, recordings: Piece[][]): InputFile[] {
	const [first] = recordings[0] ?? [];
	const isWhole = recordings.flat().length === 1 && first && 'start' in first && first.size === file.size;
	return isWhole ? [file] : recordings.map((pieces) => viewOf(file, pieces));
}

function piecesOf(file: InputFile): Piece[][] {
	const single = (pieces: Piece[]): Piece[][] => pieces.map((piece) => [piece]);
	if (isOgg(file)) return single(oggRecordings(file));
	if (file.read(4, 4).toString('latin1') === 'ftyp') return single(mp4Recordings(file));
	const others = signedRecordings(file) ?? transportStreamRecordings(file);
	if (others) return single(others);
	return mpegAudioRecordings(file) ?? [[{ start: 0, size: file.size }]];
}

/** The recordings of a file, in their order; at least one. */
export function recordingsOf(file: InputFile): InputFile[] {
	const recordings = wavRecordings(file) ?? filesOf(file, piecesOf(file));
	return recordings.length > MOST_RECORDINGS ? [file] : recordings;
}
