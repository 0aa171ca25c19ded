/** The chunks of RIFF/WAVE files: one walk for all that look into headers. */

/** Bytes of `RIFF`, size and `WAVE`. */
const RIFF_HEADER = 12;
const CHUNK_HEADER = 8;

/** Sizes from here on are placeholders for an unknown length. */
const PLACEHOLDER = 0x7fff0000;

export interface RiffChunk {
	name: string;
	/** Bytes, as the chunk says. */
	size: number;
	/** Position of what is in it. */
	start: number;
}

/** Reads bytes at a position; fewer at the end. */
export type ReadAt = (position: number, length: number) => Buffer;

export const inMemory =
	(bytes: Buffer): ReadAt =>
	(position, length) =>
		bytes.subarray(position, position + length);

/** Recorders write 0 or the largest number where they do not know the length yet. */
export const isPlaceholder = (size: number): boolean => size === 0 || size >= PLACEHOLDER;

export function isRiffWave(read: ReadAt): boolean {
	const head = read(0, RIFF_HEADER).toString('latin1');
	return head.startsWith('RIFF') && head.slice(8) === 'WAVE';
}

/** The chunks in their order; those whose header is complete. */
export function* riffChunks(read: ReadAt): Generator<RiffChunk, void, void> {
	for (let offset = RIFF_HEADER; ; ) {
		const header = read(offset, CHUNK_HEADER);
		if (header.length < CHUNK_HEADER) return;
		const [name, size] = [header.toString('latin1', 0, 4), header.readUInt32LE(4)];
		const start = offset + CHUNK_HEADER;
		yield { name, size, start };
		offset = start + size + (size % 2);
	}
}
