'use strict';
/**
 * The speaker segmentation model: its weights, and its second part as a graph. The first part, what hears the samples, is a
 * kernel on every machine (`segmentationKernel.cjs`): windows overlap, and what the first convolution says of a sample is
 * the same in each. What follows, from a row of features for each frame on, native ONNX Runtime computes faster.
 */
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { onnx } = require('onnx-proto');

const FILE = path.join(__dirname, '..', '..', 'models', 'segmentation-3.0.onnx');
/** Input of the second part: what comes out of the node before is its input. */
const FEATURES = 'features';
/** Features of a frame, and frames. */
const SHAPE = [589, 1, 60];

const { FLOAT, FLOAT16, INT64 } = onnx.TensorProto.DataType;

/** Of a number of 16 bits. */
function fromHalf(bits) {
	const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
	if (exponent === 31) throw new Error('a weight is no number');
	return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** Each number that has 16 bits. */
const HALVES = new Map(Array.from({ length: 65_536 }, (_, bits) => bits).filter((bits) => ((bits >> 10) & 31) !== 31).map((bits) => [fromHalf(bits), bits]));

/** @throws Error for a number that is not exactly one of 16 bits */
function toHalf(value) {
	const bits = HALVES.get(value);
	if (bits === undefined) throw new Error(`${value} is no number of 16 bits`);
	return bits;
}

function valuesOf({ dataType, rawData }) {
	const bytes = Uint8Array.from(rawData);
	if (dataType === FLOAT) return new Float32Array(bytes.buffer);
	if (dataType === FLOAT16) return Float32Array.from(new Uint16Array(bytes.buffer), fromHalf);
	if (dataType === INT64) return Float32Array.from(new BigInt64Array(bytes.buffer), Number);
	throw new Error(`weights of type ${dataType}`);
}

const read = () => onnx.ModelProto.decode(readFileSync(FILE));

/** What a node is fed of what is stored, converted or not. */
function storedInputs(graph, node) {
	const stored = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
	const converted = new Map(graph.node.filter(({ opType }) => opType === 'Cast').map(({ input, output }) => [output[0], input[0]]));
	return node.input.map((name) => stored.get(converted.get(name) ?? name)).filter((tensor) => tensor !== undefined);
}

/** @returns the values of what each node of a kind is fed, in order: `{dims, values}` each */
function weightsOf(graph, kind) {
	const nodes = graph.node.filter(({ opType }) => opType === kind);
	return nodes.map((node) => storedInputs(graph, node).map((tensor) => ({ dims: tensor.dims.map(Number), values: valuesOf(tensor) })));
}

/** @returns what the nodes of each kind are fed, in their order */
function segmentationWeights() {
	const { graph } = read();
	return {
		norms: weightsOf(graph, 'InstanceNormalization'),
		convolutions: weightsOf(graph, 'Conv'),
		lstms: weightsOf(graph, 'LSTM'),
		products: weightsOf(graph, 'MatMul'),
		sums: weightsOf(graph, 'Add'),
	};
}

/** @returns {Buffer} the second part as a model: `features` float32 [589, 1, 60] -> `log_probabilities` [589, 7] */
function sequenceModel() {
	const model = read();
	const { graph } = model;
	const first = graph.node.findIndex(({ opType }) => opType === 'Transpose');
	const before = graph.node.slice(0, first + 1).filter(({ opType }) => opType !== 'Cast');
	const rest = graph.node.filter((node) => !before.includes(node));
	const [from] = graph.node[first].output;
	for (const node of rest) node.input = node.input.map((name) => (name === from ? FEATURES : name));
	// Conversions of what the first part alone is fed, and what is stored for it.
	const isFed = (name, nodes) => nodes.some(({ input }) => input.includes(name));
	graph.node = rest.filter(({ opType, output }) => opType !== 'Cast' || isFed(output[0], rest));
	graph.initializer = graph.initializer.filter(({ name }) => isFed(name, graph.node));
	const dim = SHAPE.map((dimValue) => ({ dimValue }));
	graph.input = [{ name: FEATURES, type: { tensorType: { elemType: FLOAT, shape: { dim } } } }];
	return Buffer.from(onnx.ModelProto.encode(model).finish());
}

module.exports = { segmentationWeights, sequenceModel, toHalf };
