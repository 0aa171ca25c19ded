/** ONNX models that nobody should run: one never ends, one wants more memory than there may be. */
import { createRequire } from 'node:module';

type Proto = Record<string, unknown>;

const { onnx } = createRequire(import.meta.url)('onnx-proto') as {
	onnx: { ModelProto: { fromObject(model: Proto): unknown; encode(model: unknown): { finish(): Uint8Array } } };
};

const [FLOAT, INT64, BOOL] = [1, 7, 9];
const [ATTRIBUTE_TENSOR, ATTRIBUTE_GRAPH] = [4, 5];

const value = (name: string, elemType: number, dims: Array<number | string>): Proto => ({
	name,
	type: {
		tensorType: { elemType, shape: { dim: dims.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) } },
	},
});

/** @returns an ONNX file that takes `wave` and gives `vector` */
export function modelOf(graph: Proto, extra: Proto = {}): Uint8Array {
	const model = {
		irVersion: 8,
		opsetImport: [{ domain: '', version: 13 }],
		graph: {
			name: 'graph',
			input: [value('wave', FLOAT, [1, 'samples'])],
			output: [value('vector', FLOAT, [1, 'numbers'])],
			...graph,
		},
		...extra,
	};
	return onnx.ModelProto.encode(onnx.ModelProto.fromObject(model)).finish();
}

const int64 = (name: string, dims: number[], ...values: number[]): Proto => ({ name, dataType: INT64, dims, int64Data: values });

export function endlessModel(): Uint8Array {
	const body = {
		name: 'body',
		input: [value('i', INT64, []), value('go', BOOL, []), value('x', FLOAT, [1, 'samples'])],
		output: [value('goOn', BOOL, []), value('y', FLOAT, [1, 'samples'])],
		node: [
			{ opType: 'Identity', input: ['go'], output: ['goOn'] },
			{ opType: 'Cos', input: ['x'], output: ['y'] },
		],
	};
	return modelOf({
		initializer: [int64('times', [], Number.MAX_SAFE_INTEGER), { name: 'yes', dataType: BOOL, dims: [], int32Data: [1] }],
		node: [
			{ opType: 'Loop', input: ['times', 'yes', 'wave'], output: ['vector'], attribute: [{ name: 'body', type: ATTRIBUTE_GRAPH, g: body }] },
		],
	});
}

/** Wants 16 times the gigabyte that the engine may have. */
export function greedyModel(): Uint8Array {
	const one = { name: 'value', type: ATTRIBUTE_TENSOR, t: { dataType: FLOAT, dims: [1], floatData: [1] } };
	return modelOf({
		initializer: [int64('size', [2], 1, 2 ** 32)],
		node: [{ opType: 'ConstantOfShape', input: ['size'], output: ['vector'], attribute: [one] }],
	});
}
