/** The weights of the accurate model as its kernel multiplies with them, made of the model's files. */
import { inPanels, KernelWeights, transformTaps, type KernelExports } from './kernelWeights';

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

/** Weights of one pair of channels, of 3 times by 3 bands, as those of a tile's 36 places: G g G^T. */
function transformed(taps: ArrayLike<number>, result: Float64Array): void {
	for (let band = 0; band < 3; band++) transformTaps(taps[band]!, taps[3 + band]!, taps[6 + band]!, (i, value) => (between[3 * i + band] = value));
	for (let i = 0; i < 6; i++) transformTaps(between[3 * i]!, between[3 * i + 1]!, between[3 * i + 2]!, (j, value) => (result[6 * i + j] = value));
}
const between = new Float64Array(18);

/** A convolution of stride 1 between as many channels, for tiles. */
function addTiled(weights: KernelWeights, name: string, width: number): void {
	const stored = weights.stored(`${name}.weight`, width * width * 9);
	const target = weights.place(name, PLACES * width * width);
	const [taps, result] = [new Float64Array(9), new Float64Array(PLACES)];
	inPanels(width, width, (input, output, index) => {
		const from = (output * width + input) * 9;
		// Stored by bands, then by time.
		for (let time = 0; time < 3; time++) for (let band = 0; band < 3; band++) taps[3 * time + band] = stored[from + 3 * band + time]!;
		transformed(taps, result);
		for (let place = 0; place < PLACES; place++) target[place * width * width + index] = result[place]!;
	});
	weights.bias(name, width);
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
	addSideBySide(weights, 'stem', 1, 32, 3);
	let block = 0;
	let before = STAGES[0]!.width;
	for (const { blocks, width } of STAGES) {
		for (let i = 0; i < blocks; i++, block++) {
			if (before === width) addTiled(weights, `block${block}.first`, width);
			else {
				addSideBySide(weights, `block${block}.first`, before, width, 3);
				addSideBySide(weights, `block${block}.shortcut`, before, width, 1);
			}
			addTiled(weights, `block${block}.second`, width);
			before = width;
		}
	}
	weights.bytes = head;
	addHead(weights);
	return weights;
}
