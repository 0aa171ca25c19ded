'use strict';
/**
 * Reads the weights of Silero VAD v6.2 out of the published ONNX file (MIT licence, Silero Team; the copy inside
 * the npm package @ricky0123/vad-web). The file holds both models, 16 kHz and 8 kHz, in the two branches of an `If`.
 */
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { onnx } = require('onnx-proto');

/** SHA-256 of `silero_vad.onnx`, version 6.2, as its authors published it. */
const SILERO_V6_2_SHA256 = '1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3';

const BRANCH = { 16000: 'then_branch', 8000: 'else_branch' };

/** Path of the published file inside node_modules. */
const publishedModel = () => require.resolve('@ricky0123/vad-web/dist/silero_vad_v6.onnx');

/** @returns {Buffer} the published model file; throws if it is not the version this build was made for. */
function readPublishedModel() {
	const bytes = readFileSync(publishedModel());
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	if (sha256 !== SILERO_V6_2_SHA256) {
		throw new Error(`${publishedModel()} is not Silero VAD v6.2 (SHA-256 ${sha256})`);
	}
	return bytes;
}

/** Calls `visit(name, tensor)` for each constant of a graph and its subgraphs. */
function visitConstants(graph, visit) {
	for (const node of graph.node) {
		for (const attribute of node.attribute) {
			if (node.opType === 'Constant' && attribute.t) visit(node.output[0], attribute.t);
			if (attribute.g) visitConstants(attribute.g, visit);
		}
	}
}

function floatTensor(tensor) {
	const bytes = Uint8Array.from(tensor.rawData);
	return { dims: tensor.dims.map(Number), values: new Float32Array(bytes.buffer) };
}

/**
 * @param {16000 | 8000} sampleRate Hz
 * @returns {Record<string, {dims: number[], values: Float32Array}>} by the names of the original PyTorch modules
 */
function sileroWeights(sampleRate) {
	const prefix = `If_0_${BRANCH[sampleRate]}__Inline_0__`;
	const weights = {};
	visitConstants(onnx.ModelProto.decode(readPublishedModel()).graph, (name, tensor) => {
		const isWeight = tensor.dataType === onnx.TensorProto.DataType.FLOAT && tensor.dims.length > 0;
		if (isWeight && name.startsWith(prefix)) weights[name.slice(prefix.length)] = floatTensor(tensor);
	});
	return weights;
}

module.exports = { sileroWeights, publishedModel };
