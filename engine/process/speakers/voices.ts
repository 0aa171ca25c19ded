/**
 * The voice in each piece of talk: what only its speaker says in it goes through the model by itself. Sound of others beside it
 * would blur it, as the network listens a second around (measured: with turns of one second, all speakers sounded alike).
 */
import { SAMPLE_RATE, type Audio } from '../audio';
import type { Embedder } from '../embedding/embedder';
import type { Voice } from './comparison';
import type { Piece } from './pieces';
import { frameStart, STEP } from './segmentation';

/** Seconds: a piece with less of one person alone has no vector. */
const LEAST_CLEAN = 0.2;

/** For each frame, the piece of the only person who talks in it; -1 where nobody or several talk. */
function soloPieces(pieces: readonly Piece[], talkers: Uint8Array): Int32Array {
	const solo = new Int32Array(talkers.length).fill(-1);
	pieces.forEach(({ from, to }, piece) => {
		for (let frame = from; frame < to; frame++) if (talkers[frame] === 1) solo[frame] = piece;
	});
	return solo;
}

/** The frames of a piece that are its own, as stretches in samples of the recording. */
function ownStretches({ from, to }: Piece, piece: number, solo: Int32Array): Array<{ start: number; length: number }> {
	const stretches: Array<{ start: number; length: number }> = [];
	let start = -1;
	for (let frame = from; frame <= to; frame++) {
		const isOwn = frame < to && solo[frame] === piece;
		if (isOwn && start === -1) start = frame;
		if (isOwn || start === -1) continue;
		stretches.push({ start: Math.round(frameStart(start) * SAMPLE_RATE), length: (frame - start) * STEP });
		start = -1;
	}
	return stretches;
}

function read(audio: Audio, stretches: ReadonlyArray<{ start: number; length: number }>): Float32Array {
	const speech = new Float32Array(stretches.reduce((sum, { length }) => sum + length, 0));
	let filled = 0;
	for (const { start, length } of stretches) {
		audio.read(start, speech.subarray(filled, filled + length));
		filled += length;
	}
	return speech;
}

/**
 * @param pieces in time order
 * @param talkers how many talk in each frame
 */
export async function voicesOf(audio: Audio, pieces: readonly Piece[], talkers: Uint8Array, embedder: Embedder): Promise<Voice[]> {
	const solo = soloPieces(pieces, talkers);
	const voices: Voice[] = [];
	for (const [i, piece] of pieces.entries()) {
		const speech = read(audio, ownStretches(piece, i, solo));
		const clean = speech.length / SAMPLE_RATE;
		const vector = clean >= LEAST_CLEAN ? await embedder.embed(speech) : undefined;
		voices.push({ vector, clean, start: frameStart(piece.from), end: frameStart(piece.to) });
	}
	return voices;
}
