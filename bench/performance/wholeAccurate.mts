/** The accurate model as one graph, as such models are published and as others can load it: trunk, statistics over time, head. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ACCURATE_MODEL, modelPath } from '../../dist/models/bundled.js';

interface Node {
	name: string;
	opType: string;
	input: string[];
	output: string[];
	attribute: object[];
}

interface Graph {
	node: Node[];
	initializer: Array<{ name: string }>;
	output: Array<{ name: string }>;
}

interface Model {
	graph: Graph;
	metadataProps: object[];
}

const { onnx } = createRequire(import.meta.url)('onnx-proto') as {
	onnx: {
		ModelProto: { decode(bytes: Uint8Array): Model; encode(model: Model): { finish(): Uint8Array } };
		NodeProto: { create(node: Omit<Node, 'name'>): Node };
		AttributeProto: { create(attribute: object): object; AttributeType: { INT: number; INTS: number } };
		TensorProto: { create(tensor: object): { name: string }; DataType: { FLOAT: number } };
	};
};

/** Added to the variance before its square root, as in the engine. */
const LEAST_VARIANCE = 1e-7;

const { INT, INTS } = onnx.AttributeProto.AttributeType;
const ints = (name: string, values: number[]) => onnx.AttributeProto.create({ name, type: INTS, ints: values });
const int = (name: string, value: number) => onnx.AttributeProto.create({ name, type: INT, i: value });
const node = (opType: string, input: string[], output: string, ...attribute: object[]) => onnx.NodeProto.create({ opType, input, output: [output], attribute });
const scalar = (name: string, value: number) => onnx.TensorProto.create({ name, dims: [1], dataType: onnx.TensorProto.DataType.FLOAT, floatData: [value] });

const read = (part: string) => onnx.ModelProto.decode(readFileSync(modelPath(`${ACCURATE_MODEL}.${part}.onnx`)));

/** Means and unbiased deviations of the trunk's rows, [1, 2 · width]. */
const STATISTICS: Node[] = [
	node('ReduceMean', ['features'], 'pool_means', ints('axes', [0]), int('keepdims', 1)),
	node('Sub', ['features', 'pool_means'], 'pool_centred'),
	node('Mul', ['pool_centred', 'pool_centred'], 'pool_squares'),
	node('ReduceMean', ['pool_squares'], 'pool_biased', ints('axes', [0]), int('keepdims', 1)),
	node('Shape', ['features'], 'pool_rows_as_int', int('start', 0), int('end', 1)),
	node('Cast', ['pool_rows_as_int'], 'pool_rows', int('to', onnx.TensorProto.DataType.FLOAT)),
	node('Sub', ['pool_rows', 'pool_one'], 'pool_rows_less_one'),
	node('Mul', ['pool_biased', 'pool_rows'], 'pool_sum_of_squares'),
	node('Div', ['pool_sum_of_squares', 'pool_rows_less_one'], 'pool_variance'),
	node('Add', ['pool_variance', 'pool_least_variance'], 'pool_variance_above_zero'),
	node('Sqrt', ['pool_variance_above_zero'], 'pool_deviations'),
	node('Concat', ['pool_means', 'pool_deviations'], 'statistics', int('axis', 1)),
];

/** @returns an ONNX file: `feats` [1, frames, 80] to `embs` [1, 256] */
export function wholeAccurate(): Uint8Array {
	const [trunk, head] = [read('trunk'), read('head')];
	const renamed = (name: string) => (name === 'statistics' || name === '' ? name : name === 'embedding' ? 'embs' : `head_${name}`);
	for (const one of head.graph.node) [one.name, one.input, one.output] = [`head_${one.name}`, one.input.map(renamed), one.output.map(renamed)];
	for (const tensor of [...head.graph.initializer, ...head.graph.output]) tensor.name = renamed(tensor.name);
	trunk.graph.node.push(...STATISTICS, ...head.graph.node);
	trunk.graph.initializer.push(scalar('pool_one', 1), scalar('pool_least_variance', LEAST_VARIANCE), ...head.graph.initializer);
	trunk.graph.output = head.graph.output;
	trunk.metadataProps = [];
	return onnx.ModelProto.encode(trunk).finish();
}
