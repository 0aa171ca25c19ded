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
/** Seconds of a part of a piece, more or less. */
const PART = 0.67;

/** For each frame, the piece of the only person who talks in it; -1 where nobody or several talk. */
function soloPieces(pieces: readonly Piece[], talkers: Uint8Array): Int32Array {
	const solo = new Int32Array(talkers.length).fill(-1);
	pieces.forEach(({ from, to }, piece) => {
		for (let frame = from; frame < to; frame++) if (talkers[frame] === 1) solo[frame] = piece;
	});
	return solo;
}

/** The frames of a piece that are its own. */
function ownFrames({ from, to }: Piece, piece: number, solo: Int32Array): number[] {
	const frames: number[] = [];
	for (let frame = from; frame < to; frame++) if (solo[frame] === piece) frames.push(frame);
	return frames;
}

/** @param frames ascending */
function read(audio: Audio, frames: readonly number[]): Float32Array {
	const speech = new Float32Array(frames.length * STEP);
	let first = 0;
	frames.forEach((frame, i) => {
		if (frames[i + 1] === frame + 1) return;
		audio.read(Math.round(frameStart(frames[first]!) * SAMPLE_RATE), speech.subarray(first * STEP, (i + 1) * STEP));
		first = i + 1;
	});
	return speech;
}

/** Everything of a piece of which something can be heard, and each of its parts, from one pass of the network. */
async function heardInParts(speech: Float32Array, frames: readonly number[], { from, to }: Piece, count: number, embedder: Embedder): Promise<Pick<Voice, 'vector' | 'parts'>> {
	const bounds = Array.from({ length: count + 1 }, (_, i) => Math.floor((i * frames.length) / count));
	const lengths = bounds.slice(1).map((bound, i) => bound - bounds[i]!);
	const windows = lengths.map((length, i) => ({ samples: length * STEP, read: () => speech.subarray(bounds[i]! * STEP, bounds[i + 1]! * STEP) }));
	const { vector, windows: vectors } = await embedder.embedWindows(windows);
	const startOf = (part: number) => frameStart(part === 0 ? from : part === count ? to : frames[bounds[part]!]!);
	const parts = vectors.map((ofPart, i) => ({ vector: ofPart, clean: (lengths[i]! * STEP) / SAMPLE_RATE, start: startOf(i), end: startOf(i + 1) }));
	return { vector, parts };
}

/**
 * @param pieces in time order
 * @param talkers how many talk in each frame
 * @param inParts whether the parts of pieces are wanted as well
 */
export async function voicesOf(audio: Audio, pieces: readonly Piece[], talkers: Uint8Array, embedder: Embedder, inParts = false): Promise<Voice[]> {
	const solo = soloPieces(pieces, talkers);
	const voices: Voice[] = [];
	for (const [i, piece] of pieces.entries()) {
		const frames = ownFrames(piece, i, solo);
		const clean = (frames.length * STEP) / SAMPLE_RATE;
		const place = { clean, start: frameStart(piece.from), end: frameStart(piece.to) };
		const parts = inParts ? Math.round(clean / PART) : 1;
		if (clean < LEAST_CLEAN) voices.push({ vector: undefined, ...place });
		else if (parts < 2) voices.push({ vector: await embedder.embed(read(audio, frames)), ...place });
		else voices.push({ ...(await heardInParts(read(audio, frames), frames, piece, parts, embedder)), ...place });
	}
	return voices;
}
