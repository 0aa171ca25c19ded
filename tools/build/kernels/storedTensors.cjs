'use strict';
/** Where the tensors of a model's file lie, for kernels that read their weights from there. */
const { readFileSync } = require('node:fs');
const { onnx } = require('onnx-proto');

/**
 * @param {string} file an `.onnx` file
 * @param {(graph: object) => Map<string, string>} nameTensors names of those that are wanted, by the graph's own names
 * @returns {Record<string, number>} bytes before each; those of 16 bits end in `.half`
 */
function tensorOffsets(file, nameTensors) {
	const bytes = readFileSync(file);
	const { graph } = onnx.ModelProto.decode(bytes);
	const names = nameTensors(graph);
	const wanted = graph.initializer.filter(({ name }) => names.has(name));
	return Object.fromEntries(wanted.map(({ name, rawData }) => [names.get(name), bytes.indexOf(rawData)]));
}

module.exports = { tensorOffsets };
