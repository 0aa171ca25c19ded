'use strict';
/** The numbers that the kernel of `sileroKernel.cjs` works with: the weights of Silero VAD in the order in which it reads them. */
const { GATES, HIDDEN, layout, OUTPUTS, PANEL } = require('./kernelLayout.cjs');
const { tapValues } = require('./kernelConvolution.cjs');
const { SIGMOID } = require('./kernelFunctions.cjs');
const { GATE_SCALES } = require('./kernelRecurrence.cjs');
const { sileroWeights } = require('../sileroWeights.cjs');

/** A matrix [rows, columns], given by its elements, in panels: 8 columns, row by row, then the next 8. */
function panels(rows, columns, width, element) {
	const packed = new Float32Array(rows * columns);
	let at = 0;
	for (let column = 0; column < columns; column += width) {
		for (let row = 0; row < rows; row++) for (let i = 0; i < width; i++) packed[at++] = element(row, column + i);
	}
	return packed;
}

/** A convolution [out, in, 3] for rows that hold the inputs at `taps` one after the other. */
function convolution({ dims, values }, taps) {
	const [outputs, inputs, kernel] = dims;
	return panels(taps.length * inputs, outputs, PANEL, (row, output) => {
		return values[(output * inputs + (row % inputs)) * kernel + taps[Math.floor(row / inputs)]];
	});
}

/** The first convolution's matrices, one for each of its products. */
function firstConvolution({ dims, values }) {
	const [outputs, inputs, kernel] = dims;
	const taps = (bin, output) => tapValues(...values.subarray((output * inputs + bin) * kernel, (output * inputs + bin + 1) * kernel));
	const matrices = taps(0, 0).map((_, product) => panels(inputs, outputs, PANEL, (bin, output) => taps(bin, output)[product]));
	return Float32Array.from(matrices.flatMap((matrix) => Array.from(matrix)));
}

const gateScale = (gate) => GATE_SCALES[Math.floor(gate / HIDDEN)];

/**
 * What is copied to `layout(sampleRate).file`.
 * @returns {Buffer}
 */
function kernelConstants(sampleRate) {
	const weights = sileroWeights(sampleRate);
	const { constants, file, fileEnd } = layout(sampleRate);
	const conv = (layer) => weights[`encoder.${layer}.reparam_conv.weight`];
	const bias = (layer) => weights[`encoder.${layer}.reparam_conv.bias`].values;
	const recurrent = (name) => weights[`decoder.rnn.${name}`].values;
	const scaled = (values) => values.map((value) => value * SIGMOID);
	const matrices = {
		weight1: firstConvolution(conv(0)),
		bias1: bias(0),
		weight2: convolution(conv(1), [0, 1, 2]),
		bias2: bias(1),
		weight3: convolution(conv(2), [1, 2]),
		bias3: bias(2),
		weight4: convolution(conv(3), [1]),
		bias4: bias(3),
		weightIn: panels(128, GATES, PANEL, (row, gate) => gateScale(gate) * recurrent('weight_ih')[gate * 128 + row]),
		biasIn: recurrent('bias_ih').map((value, gate) => gateScale(gate) * (value + recurrent('bias_hh')[gate])),
		weightState: panels(HIDDEN, GATES, OUTPUTS, (row, gate) => gateScale(gate) * recurrent('weight_hh')[gate * HIDDEN + row]),
		weightOut: scaled(weights['decoder.decoder.2.weight'].values),
		biasOut: scaled(weights['decoder.decoder.2.bias'].values),
	};
	const bytes = Buffer.alloc(fileEnd - file);
	for (const [name, values] of Object.entries(matrices)) {
		Buffer.from(values.buffer, values.byteOffset, values.byteLength).copy(bytes, constants[name] - file);
	}
	return bytes;
}

module.exports = { kernelConstants, panels };
