'use strict';
/**
 * Silero VAD as a graph over a whole run of chunks. The published graph takes one chunk (32 ms) at a time, which
 * spends most of its time outside the arithmetic; here every layer but the LSTM is one matrix product over all chunks
 * of a block, and the LSTM is one operator over the sequence. Same numbers, many times faster. The spectra come from
 * `sileroKernel.cjs`: a Fourier transform there takes a third of the time of a matrix product here.
 *
 * inputs   leading  [chunks, 2 * bins]      magnitudes of frames 0 and 1 of each chunk
 *          inner    [2 * chunks, 3 * bins]  of frames 0, 1, 2, then of 1, 2, 3
 *          trailing [chunks, 2 * bins]      of frames 2 and 3
 *          h, c     [1, 1, 128] LSTM state
 * outputs  probabilities [chunks], h_out, c_out [1, 1, 128]
 *
 * Layers per chunk (16 kHz sizes): STFT magnitude 4 x 129 -> conv 129->128 (3 taps) -> conv 128->64 (stride 2)
 *   -> conv 64->64 (stride 2) -> conv 64->128 -> LSTM 128 -> ReLU -> linear -> sigmoid
 */
const { geometry } = require('./kernels/kernelLayout.cjs');
const { OnnxGraph } = require('./onnxGraph.cjs');
const { sileroWeights } = require('./sileroWeights.cjs');

const HIDDEN = 128;
/**
 * A 1-d convolution's weight [out, in, 3] as the matrix [taps * in, out] for a row that holds the inputs at the
 * positions of `taps` one after the other. Taps that only ever meet zero padding are left out.
 */
function convolutionMatrix({ dims, values }, taps) {
	const [outputs, inputs, kernel] = dims;
	const matrix = new Float32Array(taps.length * inputs * outputs);
	taps.forEach((tap, position) => {
		for (let i = 0; i < inputs; i++) {
			for (let o = 0; o < outputs; o++) {
				matrix[(position * inputs + i) * outputs + o] = values[(o * inputs + i) * kernel + tap];
			}
		}
	});
	return matrix;
}

/**
 * The two positions of the second convolution side by side: one product with zeros is faster than two of columns that
 * have to be copied out. @param leading meets the first rows @param trailing meets the last
 */
function bothPositions(leading, trailing, outputs) {
	const rows = 4 * 128;
	const matrix = new Float32Array(rows * 2 * outputs);
	const put = (part, firstRow, firstColumn) => {
		for (let i = 0; i < part.length; i++) {
			matrix[(firstRow + Math.floor(i / outputs)) * 2 * outputs + firstColumn + (i % outputs)] = part[i];
		}
	};
	put(leading, 0, 0);
	put(trailing, rows - trailing.length / outputs, outputs);
	return matrix;
}

/** PyTorch orders LSTM gates input, forget, cell, output; ONNX input, output, forget, cell. */
function onnxGateOrder(values, rowLength) {
	const gate = (index) => values.subarray(index * HIDDEN * rowLength, (index + 1) * HIDDEN * rowLength);
	const out = new Float32Array(values.length);
	[0, 3, 1, 2].forEach((index, position) => out.set(gate(index), position * HIDDEN * rowLength));
	return out;
}

/** The four convolutions as matrix products: [chunks, 128]. */
function addEncoder(graph, weights) {
	const weight = (layer) => weights[`encoder.${layer}.reparam_conv.weight`];
	const bias = (layer) => weights[`encoder.${layer}.reparam_conv.bias`].values;
	/** Rows that hold the inputs of a convolution's output one after the other, times its matrix. */
	const product = (input, { key, rows, matrix, biases }, name) => {
		const columns = biases.length;
		const linear = graph.node('Gemm', [input, graph.floats(`weight${key}`, [rows, columns], matrix), graph.floats(`bias${key}`, [columns], biases)], name);
		return graph.node('Relu', [linear], `${name}Rectified`);
	};
	/** @param taps those that meet the inputs */
	const convolution = (layer, input, taps, name) => {
		const rows = taps.length * weight(layer).dims[1];
		return product(input, { key: `${layer}taps${taps.join('')}`, rows, matrix: convolutionMatrix(weight(layer), taps), biases: bias(layer) }, name);
	};
	const inner = convolution(0, 'inner', [0, 1, 2], 'conv0inner');
	const positions = [
		convolution(0, 'leading', [1, 2], 'conv0leading'),
		graph.node('Reshape', [inner, graph.ints(-1, 2 * 128)], 'conv0pairs'),
		convolution(0, 'trailing', [0, 1], 'conv0trailing'),
	];
	const first = graph.node('Concat', positions, 'conv0', { axis: 1 });
	const matrix = bothPositions(convolutionMatrix(weight(1), [1, 2]), convolutionMatrix(weight(1), [0, 1, 2]), 64);
	const second = product(first, { key: 1, rows: 4 * 128, matrix, biases: Float32Array.of(...bias(1), ...bias(1)) }, 'conv1');
	return convolution(3, convolution(2, second, [1, 2], 'conv2'), [1], 'conv3');
}

function addDecoder(graph, weights, features) {
	const recurrent = (name) => weights[`decoder.rnn.${name}`].values;
	const gates = [1, 4 * HIDDEN, HIDDEN];
	const w = graph.floats('lstmW', gates, onnxGateOrder(recurrent('weight_ih'), HIDDEN));
	const r = graph.floats('lstmR', gates, onnxGateOrder(recurrent('weight_hh'), HIDDEN));
	const biases = new Float32Array(8 * HIDDEN);
	biases.set(onnxGateOrder(recurrent('bias_ih'), 1));
	biases.set(onnxGateOrder(recurrent('bias_hh'), 1), 4 * HIDDEN);
	const b = graph.floats('lstmB', [1, 8 * HIDDEN], biases);
	const sequence = graph.node('Reshape', [features, graph.ints(-1, 1, HIDDEN)], 'sequence');
	const outputs = ['hidden', 'h_out', 'c_out'];
	graph.node('LSTM', [sequence, w, r, b, '', 'h', 'c'], outputs, { hidden_size: HIDDEN });
	const rows = graph.node('Reshape', [graph.node('Relu', ['hidden'], 'active'), graph.ints(-1, HIDDEN)], 'rows');
	const weight = graph.floats('outputWeight', [HIDDEN, 1], weights['decoder.decoder.2.weight'].values);
	const bias = graph.floats('outputBias', [1], weights['decoder.decoder.2.bias'].values);
	const logits = graph.node('Gemm', [rows, weight, bias], 'logits');
	const flat = graph.node('Reshape', [graph.node('Sigmoid', [logits], 'column'), graph.ints(-1)], 'probabilities');
	return flat;
}

/**
 * @param {16000 | 8000} sampleRate Hz
 * @returns {Buffer} the ONNX model
 */
function sileroSequenceGraph(sampleRate) {
	const weights = sileroWeights(sampleRate);
	const { bins, window, context } = geometry(sampleRate);
	if (weights['encoder.0.reparam_conv.weight'].dims[1] !== bins) throw new Error('unexpected shape of the first convolution');
	const graph = new OnnxGraph();
	addDecoder(graph, weights, addEncoder(graph, weights));
	const state = [1, 1, HIDDEN];
	return graph.serialise({
		name: `silero_vad_6_2_sequence_${sampleRate}`,
		inputs: { leading: ['chunks', 2 * bins], inner: ['pairs', 3 * bins], trailing: ['chunks', 2 * bins], h: state, c: state },
		outputs: { probabilities: ['chunks'], h_out: state, c_out: state },
		metadata: {
			model: 'silero-vad-6.2',
			sample_rate: String(sampleRate),
			window: String(window),
			context: String(context),
			licence: 'MIT, Copyright (c) 2020-present Silero Team',
		},
	});
}

module.exports = { sileroSequenceGraph };
