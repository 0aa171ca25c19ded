/** Files of cohorts, made for tests. */
import { crc32 } from 'node:zlib';
import { halfBits } from '../../../dist/voiceprints/float16.js';

/** As `training/voiceprint_training/cohort.py` writes them. */
export function cohortFile(model: string, wide: readonly Float32Array[], narrow: readonly Float32Array[]): Buffer {
	const id = Buffer.from(model);
	const vectors = [...wide, ...narrow];
	const dimension = vectors[0].length;
	const head = Buffer.alloc(16);
	head.write('N8VC', 'latin1');
	head.writeUInt8(1, 4);
	head.writeUInt8(id.length, 5);
	head.writeUInt16LE(dimension, 6);
	head.writeUInt32LE(wide.length, 8);
	head.writeUInt32LE(narrow.length, 12);
	const numbers = Buffer.alloc(vectors.length * dimension * 2);
	vectors.flatMap((vector) => [...vector]).forEach((value, i) => numbers.writeUInt16LE(halfBits(value), i * 2));
	return withChecksum(Buffer.concat([head, id, numbers]));
}

export function withChecksum(body: Buffer): Buffer {
	const checksum = Buffer.alloc(4);
	checksum.writeUInt32LE(crc32(body));
	return Buffer.concat([body, checksum]);
}
