'use strict';
/** The weights of the speaker segmentation model in the order in which its kernel reads them. */
const { FLOAT, GATES, HIDDEN, OUTPUTS, PANEL } = require('./kernelLayout.cjs');
const { panels } = require('./kernelConstants.cjs');
const { AT, depthOf, DIRECTIONS, LAYERS, TAPS, WIDTHS } = require('./segmentationLayout.cjs');
const { segmentationWeights, toHalf } = require('../segmentationModel.cjs');

/** A convolution [out, in, taps] for rows that lie one after the other. */
const convolution = ({ dims: [outputs, inputs, taps], values }, width, outputWidth) =>
	panels(taps * width, outputWidth, PANEL, (row, output) => {
		const [tap, input] = [Math.floor(row / width), row % width];
		return output < outputs && input < inputs ? values[(output * inputs + input) * taps + tap] : 0;
	});

/** A matrix [rows, columns]. */
const matrix = ({ dims: [rows, columns], values }, width) => panels(rows, width, PANEL, (row, column) => (column < columns ? values[row * columns + column] : 0));

/** As many as there is room for. */
function filled(values, width) {
	const all = new Float32Array(width);
	all.set(values);
	return all;
}

const norm = ([scales, offsets], width) => Float32Array.of(...filled(scales.values, width), ...filled(offsets.values, width));

/** ONNX orders gates input, output, forget, cell; the kernel input, forget, cell, output. */
const ONNX_GATES = [0, 2, 3, 1];
const onnxGate = (gate) => ONNX_GATES[Math.floor(gate / HIDDEN)] * HIDDEN + (gate % HIDDEN);

/** What an LSTM [directions, …] is made of, for one of them. */
function lstmParts([w, r, b], layer, direction) {
	const inputs = w.dims[2];
	const of = ({ values }, gate, row, width) => (row < width ? values[(direction * GATES + onnxGate(gate)) * width + row] : 0);
	const bias = (gate, part) => b.values[(direction * 2 + part) * GATES + onnxGate(gate)];
	return {
		[`weightIn${layer}${direction}`]: panels(depthOf(layer), GATES, PANEL, (row, gate) => of(w, gate, row, inputs)),
		[`weightState${layer}${direction}`]: panels(HIDDEN, GATES, OUTPUTS, (row, gate) => of(r, gate, row, HIDDEN)),
		[`biasIn${layer}${direction}`]: Float32Array.from({ length: GATES }, (_, gate) => bias(gate, 0) + bias(gate, 1)),
	};
}

function allParts() {
	const { norms, convolutions, lstms, products, sums } = segmentationWeights();
	const [[filters], [weight2, bias2], [weight3, bias3]] = convolutions;
	return {
		weight1: convolution(filters, 1, WIDTHS.first),
		weight2: convolution(weight2, WIDTHS.first, WIDTHS.second),
		bias2: filled(bias2.values, WIDTHS.second),
		weight3: convolution(weight3, WIDTHS.second, WIDTHS.third),
		bias3: filled(bias3.values, WIDTHS.third),
		sums: Float32Array.from({ length: WIDTHS.first }, (_, f) => filters.values.subarray(f * TAPS, (f + 1) * TAPS).reduce((sum, tap) => sum + tap, 0)),
		norm0: norm(norms[0], 1),
		norm1: norm(norms[1], WIDTHS.first),
		norm2: norm(norms[2], WIDTHS.second),
		norm3: norm(norms[3], WIDTHS.third),
		...Object.assign({}, ...LAYERS.flatMap((layer) => DIRECTIONS.map((direction) => lstmParts(lstms[layer], layer, direction)))),
		weightDense: matrix(products[0][0], WIDTHS.dense),
		biasDense: sums[0][0].values,
		weightDenser: matrix(products[1][0], WIDTHS.dense),
		biasDenser: sums[1][0].values,
		weightScores: matrix(products[2][0], WIDTHS.scores),
		biasScores: filled(sums[2][0].values, WIDTHS.scores),
	};
}

/** @returns {Buffer} what is copied to `floats`, and, each half of a number made a whole one, to `halves` behind it */
function segmentationConstants() {
	const parts = allParts();
	const { floats, halves } = AT.parts;
	const bytes = Buffer.alloc(AT.halvesAt - AT.floatsAt + (AT.end - AT.halvesAt) / 2);
	for (const [name, at] of Object.entries(floats)) parts[name].forEach((value, i) => bytes.writeFloatLE(value, at - AT.floatsAt + i * FLOAT));
	for (const [name, at] of Object.entries(halves)) {
		const start = AT.halvesAt - AT.floatsAt + (at - AT.halvesAt) / 2;
		parts[name].forEach((value, i) => bytes.writeUInt16LE(toHalf(value), start + 2 * i));
	}
	return bytes;
}

module.exports = { segmentationConstants };
