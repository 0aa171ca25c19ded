/** The weights of the fast model as its kernel multiplies with them, made of the model's file. */
import { inPanels, KernelWeights, transformTaps, type KernelExports } from './kernelWeights';

export const SIZES = {
	mels: 80,
	/** Channels and bands behind the first convolution. */
	entry: { width: 16, bands: 40 },
	/** What each pair of convolutions after it gives: bands are halved where there are fewer. */
	stages: [
		{ width: 16, bands: 40 },
		{ width: 32, bands: 20 },
		{ width: 32, bands: 10 },
	],
	/** Channels of a block, of its inside, and of what they are scaled by. */
	width: 256,
	inner: 128,
	squeezed: 64,
	/** Of each block, rows from one to the next that it mixes. */
	dilations: [1, 2, 3, 4],
	/** Numbers that are pooled, of the attention that weights them, and of the embedding. */
	pooled: 512,
	hidden: 96,
	dimension: 192,
} as const;

/** Places of a transformed tile. */
export const PLACES = 6;

/** What batch normalisations add to variances, as the graph says. */
const LEAST_VARIANCE = 1e-5;

/** A convolution of three times, and of so many bands, in six places, and its bias. */
function addTiled(weights: KernelWeights, name: string, inputs: number, outputs: number, bands: number): void {
	const rows = bands * inputs;
	const stored = weights.stored(`${name}.weight`, 3 * rows * outputs);
	const target = weights.place(name, PLACES * rows * outputs);
	inPanels(rows, outputs, (row, output, index) => {
		const [band, input] = [Math.floor(row / inputs), row % inputs];
		const from = ((output * inputs + input) * bands + band) * 3;
		transformTaps(stored[from]!, stored[from + 1]!, stored[from + 2]!, (place, value) => (target[place * rows * outputs + index] = value));
	});
	weights.bias(name, outputs);
}

/** A matrix, stored as `[outputs, rows]`, and its bias. @param from number of a row among the stored ones */
function addProduct(weights: KernelWeights, name: string, rows: number, outputs: number, from = (row: number) => row): void {
	const stored = weights.stored(`${name}.weight`, rows * outputs);
	weights.matrix(name, rows, outputs, (row, output) => stored[output * rows + from(row)]!);
	weights.bias(name, outputs);
}

function addStem(weights: KernelWeights): void {
	const { entry, stages } = SIZES;
	addProduct(weights, 'entry', 9, entry.width);
	let before: { width: number; bands: number } = entry;
	stages.forEach((stage, i) => {
		addTiled(weights, `stem.${i}/conv1`, before.width, stage.width, 3);
		addTiled(weights, `stem.${i}/conv2`, stage.width, stage.width, 3);
		if (before.bands !== stage.bands) addProduct(weights, `stem.${i}/shortcut`, before.width, stage.width);
		before = stage;
	});
	const { bands, width } = stages.at(-1)!;
	// Channel by channel in the file, position by position here.
	addProduct(weights, 'flat', bands * width, SIZES.width, (row) => (row % width) * bands + Math.floor(row / width));
}

function addBlock(weights: KernelWeights, name: string): void {
	addProduct(weights, `${name}/down`, SIZES.width, SIZES.inner);
	addTiled(weights, `${name}/mix`, SIZES.inner, SIZES.inner, 1);
	addProduct(weights, `${name}/up`, SIZES.inner, SIZES.width);
	addProduct(weights, `${name}/gate/down`, SIZES.width, SIZES.squeezed);
	addProduct(weights, `${name}/gate/up`, SIZES.squeezed, SIZES.width);
}

/** A batch normalisation as what each number is multiplied with, and what is added then. */
function normalisation(weights: KernelWeights, name: string, width: number): { factors: Float32Array; terms: Float32Array } {
	const [scale, bias, mean, variance] = ['scale', 'bias', 'mean', 'variance'].map((part) => weights.stored(`${name}.${part}`, width));
	const factors = scale!.map((value, i) => value / Math.sqrt(variance![i]! + LEAST_VARIANCE));
	return { factors, terms: bias!.map((value, i) => value - mean![i]! * factors[i]!) };
}

/** What the mean and the deviation over all rows say to the attention, beside its bias: stored as `[inputs, outputs]`. */
function addContext(weights: KernelWeights): void {
	const [inputs, outputs] = [2 * SIZES.pooled, SIZES.hidden];
	const stored = weights.stored('pool/context.weight', inputs * outputs);
	weights.matrix('pool/context', inputs, outputs, (input, output) => stored[input * outputs + output]!);
	weights.place('pool/context.bias', outputs).set(weights.stored('pool/frame.bias', outputs));
}

/** The last matrix, stored as `[inputs, outputs]`, with the normalisations before and behind it. */
function addHead(weights: KernelWeights): void {
	const [inputs, outputs] = [2 * SIZES.pooled, SIZES.dimension];
	const [before, behind] = [normalisation(weights, 'pool_norm', inputs), normalisation(weights, 'head_norm', outputs)];
	const stored = weights.stored('head.weight', inputs * outputs);
	const weight = (input: number, output: number) => stored[input * outputs + output]! * behind.factors[output]!;
	weights.matrix('head', inputs, outputs, (input, output) => before.factors[input]! * weight(input, output));
	const bias = behind.terms.map((term, output) => before.terms.reduce((sum, value, input) => sum + value * weight(input, output), term));
	weights.place('head.bias', outputs).set(bias);
}

export function loadFastWeights(kernel: KernelExports, bytes: Uint8Array): KernelWeights {
	const { width, pooled, hidden, dilations } = SIZES;
	const weights = new KernelWeights(kernel, bytes);
	addStem(weights);
	dilations.forEach((_, i) => addBlock(weights, `trunk.${i}`));
	addProduct(weights, 'join', dilations.length * width, pooled);
	addContext(weights);
	addProduct(weights, 'pool/frame', pooled, hidden);
	addProduct(weights, 'pool/weight', hidden, pooled);
	addHead(weights);
	return weights;
}
