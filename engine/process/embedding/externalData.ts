/**
 * Finds out whether an ONNX model wants data of other files. ONNX Runtime would read any file that the model names, so
 * the model's own bytes are read here first: of the Protocol Buffers message only as much as leads to tensors, and
 * whatever is written otherwise than ONNX files are is refused rather than understood.
 */
import { invalidModel } from '../../../errors';

/** Messages of onnx.proto: which fields hold further messages with tensors below them. */
const NESTED = {
	model: { 7: 'graph', 20: 'training', 25: 'function' },
	training: { 1: 'graph', 2: 'graph' },
	function: { 7: 'node', 11: 'attribute' },
	graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
	node: { 5: 'attribute' },
	attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
	sparse: { 1: 'tensor', 2: 'tensor' },
	tensor: {},
} as const satisfies Record<string, Record<number, string>>;

type Kind = keyof typeof NESTED;

/** Fields of a tensor: where its data lies, and whether it lies elsewhere. */
const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;

const WIRE = { varint: 0, eightBytes: 1, bytes: 2, fourBytes: 5 } as const;

/** Graphs within graphs; ONNX Runtime's own reader goes no deeper. */
const DEEPEST = 100;

/** What ORT's own format has at byte 4. Its models may name other files too. */
const ORT_FORMAT = 'ORTM';

/** Where the bytes are no message. */
class Unreadable extends Error {}

class ModelReader {
	private position = 0;

	constructor(private readonly bytes: Uint8Array) {}

	/**
	 * Reads the message from the position to `end`.
	 * @returns true at the first tensor that lies in another file
	 */
	namesFile(kind: Kind = 'model', end = this.bytes.length, depth = 0): boolean {
		if (depth > DEEPEST) throw new Unreadable();
		const nested: Partial<Record<number, Kind>> = NESTED[kind];
		while (this.position < end) {
			const tag = this.varint(end);
			if (tag < 8 || tag >= 2 ** 32) throw new Unreadable();
			const [field, wire] = [tag >>> 3, tag & 7];
			if (kind === 'tensor' && field === EXTERNAL_DATA) return true;
			if (wire === WIRE.varint) {
				const value = this.varint(end);
				if (kind === 'tensor' && field === DATA_LOCATION && value !== 0) return true;
				continue;
			}
			const next = this.endOf(wire, end);
			const below = nested[field];
			if (below !== undefined && wire === WIRE.bytes && this.namesFile(below, next, depth + 1)) return true;
			this.position = next;
		}
		return false;
	}

	/** Precise up to 2^53; what is beyond that is no length, tag or data location of ours and only must not read as one. */
	private varint(end: number): number {
		let value = 0;
		for (let scale = 1; scale < 2 ** 70; scale *= 128) {
			if (this.position >= end) throw new Unreadable();
			const byte = this.bytes[this.position++]!;
			value += (byte & 127) * scale;
			if (byte < 128) return value;
		}
		throw new Unreadable();
	}

	/** Where the value at the position ends; the position is then behind its length. */
	private endOf(wire: number, end: number): number {
		let length: number;
		if (wire === WIRE.bytes) length = this.varint(end);
		else if (wire === WIRE.fourBytes) length = 4;
		else if (wire === WIRE.eightBytes) length = 8;
		else throw new Unreadable();
		if (length > end - this.position) throw new Unreadable();
		return this.position + length;
	}
}

/**
 * @param subject how the message calls the file
 * @throws VoiceprintError INVALID_MODEL where the bytes are no ONNX model, or one with data in other files
 */
export function refuseExternalData(bytes: Uint8Array, subject: string): void {
	let namesFile: boolean;
	try {
		if (Buffer.from(bytes.subarray(4, 8)).toString('latin1') === ORT_FORMAT) throw new Unreadable();
		namesFile = new ModelReader(bytes).namesFile();
	} catch (error) {
		if (error instanceof Unreadable) throw invalidModel(`${subject} is no ONNX model`);
		throw error;
	}
	if (!namesFile) return;
	throw invalidModel(
		`${subject} keeps a part of its data in other files, which is not allowed`,
		'Save the model as one file: onnx.save_model(onnx.load("model.onnx"), "single.onnx") in Python.',
	);
}
