/** The weights of the accurate model as its kernel multiplies with them, made of the model's files. */
import { FLOAT, KernelWeights, PANEL, type KernelExports } from './kernelWeights';

/** Blocks of each stage, and their channels. */
export const STAGES = [
	{ blocks: 3, width: 32 },
	{ blocks: 4, width: 64 },
	{ blocks: 6, width: 128 },
	{ blocks: 3, width: 256 },
];

/** Statistics over the trunk's rows, and numbers of a voiceprint. */
export const HEAD = { inputs: 5120, outputs: 256 };

/** Positions of a transformed tile. */
export const PLACES = 36;

/** A convolution of stride 1 between as many channels, for tiles: G g G^T of the taps g of each pair of channels. */
function addTiled(weights: KernelWeights, kernel: KernelExports, name: string, width: number): void {
	const stored = weights.stored(`${name}.weight`, width * width * 9);
	weights.place(name, PLACES * width * width);
	weights.bias(name, width);
	// Behind it, where the next weights come to lie.
	const taps = weights.spare(stored.length);
	let index = 0;
	for (let panel = 0; panel < width; panel += PANEL) {
		for (let input = 0; input < width; input++) {
			for (let tap = 0; tap < 9; tap++) {
				// Stored by bands, then by time.
				const from = input * 9 + 3 * (tap % 3) + Math.floor(tap / 3);
				for (let output = panel; output < panel + PANEL; output++) taps[index++] = stored[output * width * 9 + from]!;
			}
		}
	}
	kernel.prepare!(taps.byteOffset, weights.address(name), (width * width) / PANEL, width * width * FLOAT);
}

/** Of three frames, of which those of a band lie beside each other, as the file has it. */
function addStem(weights: KernelWeights, width: number): void {
	const stored = weights.stored('stem.weight', 9 * width);
	weights.matrix('stem', 9, width, (row, output) => stored[9 * output + row]!);
	weights.bias('stem', width);
}

/** A convolution for what lies side by side: positions of time, then of bands, then channels. */
function addSideBySide(weights: KernelWeights, name: string, inputs: number, outputs: number, side: number): void {
	const rows = side * side * inputs;
	const stored = weights.stored(`${name}.weight`, rows * outputs);
	weights.matrix(name, rows, outputs, (row, output) => {
		const [time, band, input] = [Math.floor(row / (side * inputs)), Math.floor(row / inputs) % side, row % inputs];
		return stored[((output * inputs + input) * side + band) * side + time]!;
	});
	weights.bias(name, outputs);
}

function addHead(weights: KernelWeights): void {
	const { inputs, outputs } = HEAD;
	const stored = weights.stored('head.weight', inputs * outputs);
	weights.matrix('head', inputs, outputs, (input, output) => stored[output * inputs + input]!);
	weights.bias('head', outputs);
}

/** @param trunk the trunk's file @param head the head's */
export function loadAccurateWeights(kernel: KernelExports, trunk: Uint8Array, head: Uint8Array): KernelWeights {
	const weights = new KernelWeights(kernel, trunk);
	addStem(weights, STAGES[0]!.width);
	let block = 0;
	let before = STAGES[0]!.width;
	for (const { blocks, width } of STAGES) {
		for (let i = 0; i < blocks; i++, block++) {
			if (before === width) addTiled(weights, kernel, `block${block}.first`, width);
			else {
				addSideBySide(weights, `block${block}.first`, before, width, 3);
				addSideBySide(weights, `block${block}.shortcut`, before, width, 1);
			}
			addTiled(weights, kernel, `block${block}.second`, width);
			before = width;
		}
	}
	weights.bytes = head;
	addHead(weights);
	return weights;
}
