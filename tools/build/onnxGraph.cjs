'use strict';
/**
 * A small builder for ONNX graphs on top of `onnx-proto` (the ONNX schema as JavaScript classes): nodes and
 * constants in, serialised model out. Used at build time only.
 */
const { onnx } = require('onnx-proto');

const { FLOAT, INT64 } = onnx.TensorProto.DataType;
const { AttributeType } = onnx.AttributeProto;

/** @param {number[]} values */
const int64Bytes = (values) => Buffer.from(BigInt64Array.from(values.map(BigInt)).buffer);

/** @param {Float32Array} values */
const floatBytes = (values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

class OnnxGraph {
	constructor() {
		this.nodes = [];
		this.initializers = [];
		this.constants = new Set();
	}

	/** A float32 constant of the given shape; returns its name. */
	floats(name, dims, values) {
		const size = dims.reduce((product, dim) => product * dim, 1);
		if (values.length !== size) throw new Error(`constant ${name}: ${values.length} values for shape [${dims}]`);
		return this.constant(name, dims, FLOAT, floatBytes(Float32Array.from(values)));
	}

	/** A one-dimensional int64 constant; the same values share one initializer. */
	ints(...values) {
		const name = `ints_${values.join('_').replaceAll('-', 'm')}`;
		return this.constant(name, [values.length], INT64, int64Bytes(values));
	}

	constant(name, dims, dataType, rawData) {
		if (!this.constants.has(name)) {
			this.constants.add(name);
			this.initializers.push(onnx.TensorProto.create({ name, dims, dataType, rawData }));
		}
		return name;
	}

	/**
	 * Adds a node and returns the name of its (first) output.
	 * @param {string} opType
	 * @param {string[]} input names; '' leaves an optional input out
	 * @param {string | string[]} output
	 * @param {Record<string, number | number[]>} [attributes] integers and lists of integers
	 */
	node(opType, input, output, attributes = {}) {
		const outputs = Array.isArray(output) ? output : [output];
		const attribute = Object.entries(attributes).map(([name, value]) =>
			onnx.AttributeProto.create(
				Array.isArray(value)
					? { name, ints: value, type: AttributeType.INTS }
					: { name, i: value, type: AttributeType.INT },
			),
		);
		this.nodes.push(onnx.NodeProto.create({ opType, name: outputs[0], input, output: outputs, attribute }));
		return outputs[0];
	}

	/** Columns [from, to) of a matrix. */
	columns(matrix, from, to, output) {
		return this.node('Slice', [matrix, this.ints(from), this.ints(to), this.ints(1)], output);
	}

	/**
	 * @param {object} model
	 * @param {string} model.name
	 * @param {Record<string, (number | string)[]>} model.inputs shapes by name; a string is a free dimension
	 * @param {Record<string, (number | string)[]>} model.outputs likewise
	 * @param {Record<string, string>} model.metadata
	 * @returns {Buffer} the serialised model
	 */
	serialise({ name, inputs, outputs, metadata }) {
		const values = (shapes) => Object.entries(shapes).map(([key, dims]) => floatValueInfo(key, dims));
		const model = onnx.ModelProto.create({
			irVersion: 8,
			producerName: 'n8n-nodes-voiceprint',
			opsetImport: [{ domain: '', version: 17 }],
			metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
			graph: {
				name,
				node: this.nodes,
				initializer: this.initializers,
				input: values(inputs),
				output: values(outputs),
			},
		});
		return Buffer.from(onnx.ModelProto.encode(model).finish());
	}
}

function floatValueInfo(name, dims) {
	const dim = dims.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size }));
	return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}

module.exports = { OnnxGraph };
