/** Recordings one after the other in containers whose beginning cannot be mistaken wherever it stands. */
import type { InputFile } from '../inputFile';
import { occurrences, type Piece } from '../view';

interface Container {
	/** The bytes with which a file begins. */
	begins: Buffer;
	/** Whether what stands at a position behind them is a beginning too. @param bytes from the position on */
	isBeginning: (bytes: Buffer) => boolean;
}

/** Bytes that are looked at from a beginning on. */
const LOOKED_AT = 128;

const text = (bytes: Buffer, start: number, end: number) => bytes.toString('latin1', start, end);

const CONTAINERS: Container[] = [
	// Its first block is always STREAMINFO, of 34 bytes.
	{ begins: Buffer.from('fLaC'), isBeginning: (bytes) => (bytes[4]! & 0x7f) === 0 && bytes.readUIntBE(5, 3) === 34 },
	{ begins: Buffer.from('1a45dfa3', 'hex'), isBeginning: (bytes) => /\x42\x82[\x80-\xff](webm|matroska)/.test(text(bytes, 0, 64)) },
	{ begins: Buffer.from('#!AMR'), isBeginning: (bytes) => /^#!AMR(-WB)?\n/.test(text(bytes, 0, 9)) },
	// Its header has nine bytes, and no tag comes before the first one.
	{ begins: Buffer.from('FLV\x01'), isBeginning: (bytes) => bytes.readUInt32BE(5) === 9 && bytes.readUInt32BE(9) === 0 },
	// ASF: the GUID of its header.
	{ begins: Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex'), isBeginning: (bytes) => bytes.readUInt8(29) === 2 },
];

/** The recordings of a file; undefined where its container is another one. */
export function signedRecordings(file: InputFile): Piece[] | undefined {
	const head = file.read(0, LOOKED_AT);
	const container = CONTAINERS.find(({ begins }) => head.subarray(0, begins.length).equals(begins));
	if (!container) return undefined;
	const starts = [0];
	for (const position of occurrences(file, container.begins, 1)) {
		const bytes = file.read(position, LOOKED_AT);
		if (bytes.length === LOOKED_AT && container.isBeginning(bytes)) starts.push(position);
	}
	return starts.map((start, index) => ({ start, size: (starts[index + 1] ?? file.size) - start }));
}
