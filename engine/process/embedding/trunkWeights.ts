/** The weights of the accurate model's trunk as its kernel multiplies with them, made of the trunk's file. */
import { makeWhole } from '../halves';
import { growTo, type WasmMemory } from '../webAssembly';

/** What the kernel exports: functions, and where tensors lie in the trunk's file. */
export type TrunkExports = Record<string, (...numbers: number[]) => void> & Record<string, { value: number }> & { memory: WasmMemory };

/** Blocks of each stage, and their channels. */
export const STAGES = [
	{ blocks: 3, width: 32 },
	{ blocks: 4, width: 64 },
	{ blocks: 6, width: 128 },
	{ blocks: 3, width: 256 },
];

/** Positions of a transformed tile. */
export const PLACES = 36;
export const FLOAT = 4;
export const VECTOR = 16;
/** Columns of a panel of a matrix. */
const PANEL = 8;

/** Weights of one pair of channels, of 3 times by 3 bands, as those of a tile's 36 places: G g G^T. */
function transformed(taps: ArrayLike<number>, result: Float64Array): void {
	const line = (a: number, b: number, c: number, put: (i: number, value: number) => void) => {
		put(0, a / 4);
		put(1, -(a + b + c) / 6);
		put(2, -(a - b + c) / 6);
		put(3, (a + 2 * b + 4 * c) / 24);
		put(4, (a - 2 * b + 4 * c) / 24);
		put(5, c);
	};
	for (let band = 0; band < 3; band++) line(taps[band]!, taps[3 + band]!, taps[6 + band]!, (i, value) => (between[3 * i + band] = value));
	for (let i = 0; i < 6; i++) line(between[3 * i]!, between[3 * i + 1]!, between[3 * i + 2]!, (j, value) => (result[6 * i + j] = value));
}
const between = new Float64Array(18);

/** Where weights and biases lie in the kernel's memory, by name, and where the memory is free. */
export interface TrunkWeights {
	at: ReadonlyMap<string, number>;
	end: number;
}

class Packing {
	readonly at = new Map<string, number>();

	constructor(
		private readonly kernel: TrunkExports,
		private readonly bytes: Uint8Array,
		public end: number,
	) {}

	/** Room for so many numbers, as which they are seen until the next. */
	place(name: string, length: number): Float32Array {
		const { memory } = this.kernel;
		this.end = Math.ceil(this.end / VECTOR) * VECTOR;
		const at = this.end;
		this.at.set(name, at);
		this.end += length * FLOAT;
		growTo(memory, this.end);
		return new Float32Array(memory.buffer, at, length);
	}

	/** A stored tensor of 32 bits. */
	stored(name: string, length: number): Float32Array {
		const start = this.kernel[name]!.value;
		return new Float32Array(Uint8Array.from(this.bytes.subarray(start, start + length * FLOAT)).buffer);
	}

	/** A stored tensor of 16 bits. */
	storedHalves(name: string, length: number): Float32Array {
		const start = this.kernel[`${name}.half`]!.value;
		const whole = new Float32Array(length);
		makeWhole(this.bytes.subarray(start, start + 2 * length), whole);
		return whole;
	}

	bias(name: string, width: number): void {
		this.place(`${name}.bias`, width).set(this.stored(`${name}.bias`, width));
	}

	/** A convolution of stride 1 between as many channels, for tiles. */
	tiled(name: string, width: number): void {
		const stored = this.storedHalves(`${name}.weight`, width * width * 9);
		const target = this.place(name, PLACES * width * width);
		const [taps, result] = [new Float64Array(9), new Float64Array(PLACES)];
		for (let output = 0; output < width; output++) {
			for (let input = 0; input < width; input++) {
				const from = (output * width + input) * 9;
				// Stored by bands, then by time.
				for (let time = 0; time < 3; time++) for (let band = 0; band < 3; band++) taps[3 * time + band] = stored[from + 3 * band + time]!;
				transformed(taps, result);
				const to = placeInPanels(input, output, width);
				for (let place = 0; place < PLACES; place++) target[place * width * width + to] = result[place]!;
			}
		}
		this.bias(name, width);
	}

	/** A convolution for what lies side by side: positions of time, then of bands, then channels. */
	sideBySide(name: string, stored: Float32Array, inputs: number, outputs: number, side: number): void {
		const target = this.place(name, stored.length);
		const rows = side * side * inputs;
		for (let output = 0; output < outputs; output++) {
			for (let row = 0; row < rows; row++) {
				const [time, band, input] = [Math.floor(row / (side * inputs)), Math.floor(row / inputs) % side, row % inputs];
				target[placeInPanels(row, output, rows)] = stored[((output * inputs + input) * side + band) * side + time]!;
			}
		}
		this.bias(name, outputs);
	}
}

/** Index of a matrix's element where 8 columns lie row by row, then the next 8. */
const placeInPanels = (row: number, column: number, rows: number) => (Math.floor(column / PANEL) * rows + row) * PANEL + (column % PANEL);

export function loadWeights(kernel: TrunkExports, bytes: Uint8Array): TrunkWeights {
	const weights = new Packing(kernel, bytes, kernel.free!.value);
	weights.sideBySide('stem', weights.stored('stem.weight', 32 * 9), 1, 32, 3);
	let block = 0;
	let before = STAGES[0]!.width;
	for (const { blocks, width } of STAGES) {
		for (let i = 0; i < blocks; i++, block++) {
			if (before === width) weights.tiled(`block${block}.first`, width);
			else {
				weights.sideBySide(`block${block}.first`, weights.storedHalves(`block${block}.first.weight`, width * before * 9), before, width, 3);
				weights.sideBySide(`block${block}.shortcut`, weights.storedHalves(`block${block}.shortcut.weight`, width * before), before, width, 1);
			}
			weights.tiled(`block${block}.second`, width);
			before = width;
		}
	}
	return { at: weights.at, end: weights.end };
}
