/** The voice in each piece of talk: the trunk hears the sound once, and each piece is pooled over where only one person talks. */
import { SAMPLE_RATE, type Audio } from '../audio';
import type { PooledEmbedder } from '../embedding/pooledEmbedder';
import type { RowStatistics } from '../embedding/pooling';
import type { Voice } from './attribution';
import type { Piece } from './pieces';
import { frameAt, frameStart, STEP } from './segmentation';

/** Samples from row to row of the trunk's output: 80 ms. */
const ROW = 1280;
/** Samples from the beginning of what the trunk is given to the middle of its first row. */
const FIRST_ROW = 200;
/** Rows that count per run of the trunk: 10 s. */
const TILE = 125;
/** Rows beside them on both sides, which it needs to hear what is around: 0.96 s. */
const CONTEXT = 12;
/** A piece with less has no vector. */
const FEWEST_ROWS = 2;
const LEAST_CLEAN = 0.2;

/** For each frame, the piece of the only person who talks in it; -1 where nobody or several talk. */
function soloPieces(pieces: readonly Piece[], talkers: Uint8Array): Int32Array {
	const solo = new Int32Array(talkers.length).fill(-1);
	pieces.forEach(({ from, to }, piece) => {
		for (let frame = from; frame < to; frame++) if (talkers[frame] === 1) solo[frame] = piece;
	});
	return solo;
}

/**
 * @param pieces in time order
 * @param talkers how many talk in each frame
 */
export async function voicesOf(audio: Audio, pieces: readonly Piece[], talkers: Uint8Array, embedder: PooledEmbedder): Promise<Voice[]> {
	const solo = soloPieces(pieces, talkers);
	const cleanFrames = new Int32Array(pieces.length);
	for (const piece of solo) if (piece !== -1) cleanFrames[piece]!++;
	const voices = pieces.map(({ from, to }, i): Voice => ({
		vector: undefined,
		clean: (cleanFrames[i]! * STEP) / SAMPLE_RATE,
		start: frameStart(from),
		end: frameStart(to),
	}));
	const open = new Map<number, RowStatistics>();
	const tiles = Math.ceil(audio.length / (TILE * ROW));
	for (let tile = 0; tile < tiles; tile++) {
		await hearTile(audio, tile, solo, embedder, open);
		const next = frameAt((tile + 1) * TILE * ROW + FIRST_ROW);
		await finish([...open.keys()].filter((piece) => pieces[piece]!.to <= next || tile === tiles - 1), open, voices, embedder);
	}
	return voices;
}

/** Adds what is heard in a tile to the pieces that talk in it. */
async function hearTile(audio: Audio, tile: number, solo: Int32Array, embedder: PooledEmbedder, open: Map<number, RowStatistics>): Promise<void> {
	const pieceAt = (row: number) => solo[frameAt(row * ROW + FIRST_ROW)] ?? -1;
	const rows = Array.from({ length: TILE }, (_, i) => tile * TILE + i).filter((row) => pieceAt(row) !== -1);
	if (rows.length === 0) return;
	const first = Math.max(0, tile * TILE - CONTEXT);
	const end = Math.min(audio.length, ((tile + 1) * TILE + CONTEXT) * ROW);
	// The last row of a recording may lie in less than a frame: what is beyond its end reads as silence.
	const sound = new Float32Array(Math.max(end - first * ROW, SAMPLE_RATE / 4));
	audio.read(first * ROW, sound);
	const heard = await embedder.rowsOf(sound);
	const count = heard.length / embedder.width;
	for (const row of rows) {
		if (row - first >= count) break;
		const piece = pieceAt(row);
		const statistics = open.get(piece) ?? embedder.newStatistics();
		statistics.add(heard, row - first, row - first + 1);
		open.set(piece, statistics);
	}
}

/** Makes vectors of the pieces that are over. */
async function finish(over: readonly number[], open: Map<number, RowStatistics>, voices: Voice[], embedder: PooledEmbedder): Promise<void> {
	const usable = over.filter((piece) => open.get(piece)!.rows >= FEWEST_ROWS && voices[piece]!.clean >= LEAST_CLEAN);
	if (usable.length > 0) {
		const vectors = await embedder.vectorsOf(usable.map((piece) => open.get(piece)!));
		usable.forEach((piece, i) => (voices[piece]!.vector = vectors[i]));
	}
	for (const piece of over) open.delete(piece);
}
