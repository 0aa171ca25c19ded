/** Small ONNX models for tests, in the shapes that published models have. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

type Shape = Array<number | string>;

/** What of `tools/build/onnxGraph.cjs` is used here. */
export interface Graph {
	floats(name: string, dims: number[], values: ArrayLike<number>): string;
	ints(...values: number[]): string;
	node(type: string, inputs: string[], output: string | string[], attributes?: Record<string, number | number[]>): string;
	serialise(model: {
		name: string;
		inputs: Record<string, Shape>;
		outputs: Record<string, Shape>;
		metadata: Record<string, string>;
	}): Buffer;
}

interface Value {
	name: string;
	type: { tensorType: { elemType: number } };
}

interface Model {
	graph: { input: Value[]; output: Value[] };
}

const { OnnxGraph } = require('../../../../../tools/build/onnxGraph.cjs') as { OnnxGraph: new () => Graph };
const { onnx } = require('onnx-proto') as {
	onnx: {
		ModelProto: { decode(bytes: Uint8Array): Model; encode(model: Model): { finish(): Uint8Array } };
		TensorProto: { DataType: { INT64: number } };
	};
};

/** The same model with inputs or outputs of int64 instead of float32. */
function withInt64(model: Buffer, names: string[]): Buffer {
	const decoded = onnx.ModelProto.decode(model);
	for (const { name, type } of [...decoded.graph.input, ...decoded.graph.output]) {
		if (names.includes(name)) type.tensorType.elemType = onnx.TensorProto.DataType.INT64;
	}
	return Buffer.from(onnx.ModelProto.encode(decoded).finish());
}

export interface GraphDescription {
	inputs: Record<string, Shape>;
	outputs: Record<string, Shape>;
	metadata?: Record<string, string>;
	/** Inputs and outputs of int64. */
	int64?: string[];
}

/** @param build adds the nodes; inputs and outputs go by their names */
export function model(description: GraphDescription, build: (graph: Graph) => void): Buffer {
	const { inputs, outputs, metadata = {}, int64 = [] } = description;
	const graph = new OnnxGraph();
	build(graph);
	return withInt64(graph.serialise({ name: 'test', inputs, outputs, metadata }), int64);
}

/** Repeatable numbers from -1 to 1. */
export function numbers(length: number, seed = 1): Float32Array {
	let state = seed;
	return Float32Array.from({ length }, () => {
		state = (Math.imul(state, 1103515245) + 12345) >>> 0;
		return state / 2 ** 31 - 1;
	});
}
