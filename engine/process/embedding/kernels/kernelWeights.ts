/** Weights of a model as a kernel multiplies with them, made of the model's own file. */
import { makeWhole } from '../../halves';
import { growTo, type WasmMemory } from '../../webAssembly';

/** What a kernel exports: functions, and by names where tensors lie in the model's file. */
export type KernelExports = Record<string, (...numbers: number[]) => void> & Record<string, { value: number }> & { memory: WasmMemory };

export const FLOAT = 4;
export const VECTOR = 16;
/** Columns of a panel of a matrix. */
export const PANEL = 8;

/** The elements of a matrix in their order in the memory: 8 columns row by row, then the next 8. */
export function inPanels(rows: number, columns: number, visit: (row: number, column: number, index: number) => void): void {
	let index = 0;
	for (let panel = 0; panel < columns; panel += PANEL) {
		for (let row = 0; row < rows; row++) for (let column = panel; column < panel + PANEL; column++) visit(row, column, index++);
	}
}

/** Three taps as those of the six places of a tile [Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015]. */
export function transformTaps(a: number, b: number, c: number, put: (place: number, value: number) => void): void {
	put(0, a / 4);
	put(1, -(a + b + c) / 6);
	put(2, -(a - b + c) / 6);
	put(3, (a + 2 * b + 4 * c) / 24);
	put(4, (a - 2 * b + 4 * c) / 24);
	put(5, c);
}

/** Puts weights one after the other into a kernel's memory. */
export class KernelWeights {
	/** Where each lies, by name. */
	private readonly addresses = new Map<string, number>();

	/** Where the memory is free. */
	end: number;

	/** @param bytes of the file that tensors are read from, until it is another */
	constructor(
		private readonly kernel: KernelExports,
		public bytes: Uint8Array,
	) {
		this.end = kernel.free!.value;
	}

	address(name: string): number {
		return this.addresses.get(name)!;
	}

	/** Room for so many numbers, as which they are seen until the next. */
	place(name: string, length: number): Float32Array {
		const room = this.spare(length);
		this.addresses.set(name, room.byteOffset);
		this.end = room.byteOffset + room.byteLength;
		return room;
	}

	/** The same for as long as nothing else is placed. */
	spare(length: number): Float32Array {
		const { memory } = this.kernel;
		const at = Math.ceil(this.end / VECTOR) * VECTOR;
		growTo(memory, at + length * FLOAT);
		return new Float32Array(memory.buffer, at, length);
	}

	/** A tensor of the file. */
	stored(name: string, length: number): Float32Array {
		const halves = this.kernel[`${name}.half`]?.value;
		if (halves === undefined) {
			const start = this.kernel[name]!.value;
			return new Float32Array(Uint8Array.from(this.bytes.subarray(start, start + length * FLOAT)).buffer);
		}
		const whole = new Float32Array(length);
		makeWhole(this.bytes.subarray(halves, halves + 2 * length), whole);
		return whole;
	}

	bias(name: string, width: number): void {
		this.place(`${name}.bias`, width).set(this.stored(`${name}.bias`, width));
	}

	/** A matrix [rows, columns] in panels, given by its elements; the columns are whole panels. */
	matrix(name: string, rows: number, columns: number, element: (row: number, column: number) => number): void {
		const target = this.place(name, rows * columns);
		inPanels(rows, columns, (row, column, index) => (target[index] = element(row, column)));
	}
}

/** Gives out room in a memory, behind an address. */
export class Room {
	/** @param end first address that is free, in bytes */
	constructor(public end: number) {
		this.end = Math.ceil(end / VECTOR) * VECTOR;
	}

	/** @returns the address of so many numbers */
	take(floats: number): number {
		const at = this.end;
		this.end += Math.ceil((floats * FLOAT) / VECTOR) * VECTOR;
		return at;
	}
}
