/** Damages media files as a hostile sender would: numbers that lie, parts that are missing, doubled or another file's. */
import { OGG_HEADER, structureOf, type Field } from './structure.mts';
import type { Random } from './random.mts';

/** Numbers at which a reader's arithmetic turns. */
const EDGES = [0n, 1n, 2n, 3n, 7n, 0x7fn, 0x80n, 0xffn, 0x100n, 1000n, 0x7fffn, 0x8000n, 0xffffn, 0x10000n, 768_001n];
const LARGE = [0x7fffffffn, 0x80000000n, 0xfffffffen, 0xffffffffn, 0x7fffffffffffffffn, 0xffffffffffffffffn];

function write(bytes: Buffer, { at, size, big }: Field, value: bigint): void {
	for (let i = 0; i < size; i++) {
		const shift = BigInt(8 * (big ? size - 1 - i : i));
		bytes[at + i] = Number((value >> shift) & 0xffn);
	}
}

function read(bytes: Buffer, { at, size, big }: Field): bigint {
	let value = 0n;
	for (let i = 0; i < size; i++) value = (value << 8n) | BigInt(bytes[at + (big ? i : size - 1 - i)]);
	return value;
}

/** May change `bytes`, and returns what the file then is. */
type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

const changeField: Mutation = (bytes, random) => {
	const { fields } = structureOf(bytes);
	if (fields.length === 0) return bytes;
	const field = random.pick(fields);
	const before = read(bytes, field);
	const near = [before + 1n, before - 1n, before * 2n, before >> 1n, before ^ (1n << BigInt(random.below(field.size * 8)))];
	const value = random.pick([random.pick(EDGES), random.pick(LARGE), random.pick(near)]);
	write(bytes, field, BigInt.asUintN(64, value));
	return bytes;
};

const changeFields: Mutation = (bytes, random, other) => {
	for (let count = 2 + random.below(6); count > 0; count--) changeField(bytes, random, other);
	return bytes;
};

const flipBits: Mutation = (bytes, random) => {
	// Near the start as often as anywhere: that is where the headers are.
	const reach = random.chance(0.5) ? Math.min(bytes.length, 512) : bytes.length;
	for (let count = 1 + random.below(16); count > 0; count--) bytes[random.below(reach)] ^= 1 << random.below(8);
	return bytes;
};

const scribble: Mutation = (bytes, random) => {
	const at = random.below(bytes.length);
	const length = Math.min(bytes.length - at, 1 + random.below(200));
	const filling = random.pick([Buffer.alloc(length), Buffer.alloc(length, 0xff), random.bytes(length)]);
	filling.copy(bytes, at);
	return bytes;
};

const truncate: Mutation = (bytes, random) => bytes.subarray(0, 1 + random.below(bytes.length));

const dropPart: Mutation = (bytes, random) => {
	const { from, to } = random.pick(structureOf(bytes).parts);
	return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
};

const repeatPart: Mutation = (bytes, random) => {
	const { from, to } = random.pick(structureOf(bytes).parts);
	const times = 1 + random.below(to - from < 2000 ? 50 : 3);
	const copies = Array.from({ length: times }, () => bytes.subarray(from, to));
	return Buffer.concat([bytes.subarray(0, to), ...copies, bytes.subarray(to)]);
};

const movePart: Mutation = (bytes, random) => {
	const { parts } = structureOf(bytes);
	const part = random.pick(parts);
	const target = random.pick(parts).from;
	const moved = bytes.subarray(part.from, part.to);
	const rest = Buffer.concat([bytes.subarray(0, part.from), bytes.subarray(part.to)]);
	const at = target > part.from ? Math.max(0, target - moved.length) : target;
	return Buffer.concat([rest.subarray(0, at), moved, rest.subarray(at)]);
};

/** Lines as FFmpeg writes them to its log, wherever a text may stand. */
const LINES = [
	'\n[verbose] 0.000000\n[verbose] 9000.000000\n',
	'\n[info] Duration: 99:00:00.00\n',
	'%s%n\0',
	'../../etc/passwd\n',
];

const insertText: Mutation = (bytes, random) => {
	const at = random.below(Math.min(bytes.length, 2000));
	const text = Buffer.from(random.pick(LINES));
	if (random.chance(0.5)) return Buffer.concat([bytes.subarray(0, at), text, bytes.subarray(at)]);
	text.copy(bytes, at);
	return bytes;
};

const takeFromOther: Mutation = (bytes, random, other) => {
	const theirs = random.pick(structureOf(other).parts);
	const { from, to } = random.pick(structureOf(bytes).parts);
	return Buffer.concat([bytes.subarray(0, from), other.subarray(theirs.from, theirs.to), bytes.subarray(to)]);
};

/** Fields come most often: they get past the first look. */
const MUTATIONS: Mutation[] = [
	...Array.from({ length: 5 }, () => changeField),
	...Array.from({ length: 3 }, () => changeFields),
	flipBits,
	flipBits,
	scribble,
	truncate,
	dropPart,
	repeatPart,
	movePart,
	insertText,
	takeFromOther,
];

const OGG_POLYNOMIAL = 0x04c11db7;

function oggCrc(page: Buffer): number {
	let crc = 0;
	for (const byte of page) {
		crc ^= byte << 24;
		for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ OGG_POLYNOMIAL : crc << 1;
	}
	return crc >>> 0;
}

/** Without its checksum right a page is passed over, and nobody would look at what was changed in it. */
function repairOgg(bytes: Buffer): void {
	for (const { from, to } of structureOf(bytes).parts) {
		if (to - from < OGG_HEADER || bytes.toString('latin1', from, from + 4) !== 'OggS') continue;
		const lengths = bytes.subarray(from + OGG_HEADER, from + OGG_HEADER + bytes[from + 26]);
		const end = Math.min(bytes.length, from + OGG_HEADER + lengths.length + lengths.reduce((sum, one) => sum + one, 0));
		bytes.writeUInt32LE(0, from + 22);
		bytes.writeUInt32LE(oggCrc(bytes.subarray(from, end)), from + 22);
	}
}

/** @param other another file, of which parts may be taken */
export function mutate(original: Buffer, random: Random, other: Buffer): Buffer {
	let bytes: Buffer = Buffer.from(original);
	for (let count = random.pick([1, 1, 1, 2, 3]); count > 0 && bytes.length > 1; count--) {
		bytes = Buffer.from(random.pick(MUTATIONS)(bytes, random, other));
	}
	if (bytes.toString('latin1', 0, 4) === 'OggS' && random.chance(0.9)) repairOgg(bytes);
	return bytes;
}
