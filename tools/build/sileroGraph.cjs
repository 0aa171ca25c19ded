'use strict';
/**
 * Silero VAD as a graph over a whole run of chunks. The published graph takes one chunk (32 ms) at a time, which
 * spends most of its time outside the arithmetic; here every layer but the LSTM is one matrix product over all chunks
 * of a block, and the LSTM is one operator over the sequence. Same numbers, many times faster.
 *
 * inputs   audio [context + chunks * window] samples: the last `context` samples of the block before, then the block
 *          h, c  [1, 1, 128] LSTM state
 * outputs  probabilities [chunks], h_out, c_out [1, 1, 128]
 *
 * Layers per chunk (16 kHz sizes; n = 256, 4 frames with hop 128, the last reflected at the right edge):
 *   STFT magnitude 4 x 129 -> conv 129->128 (3 taps) -> conv 128->64 (stride 2) -> conv 64->64 (stride 2)
 *   -> conv 64->128 -> LSTM 128 -> ReLU -> linear -> sigmoid
 */
const { OnnxGraph } = require('./onnxGraph.cjs');
const { sileroWeights } = require('./sileroWeights.cjs');

const HIDDEN = 128;
const FRAMES = 4;

/** Sizes in samples for one sample rate. */
const geometry = (sampleRate) => {
	const fft = sampleRate === 16000 ? 256 : 128;
	return { fft, hop: fft / 2, bins: fft / 2 + 1, window: fft * 2, context: fft / 4, reflected: fft / 4 };
};

/** [rows, columns] row-major → [columns, rows]. */
function transpose(values, rows, columns) {
	const out = new Float32Array(values.length);
	for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c];
	return out;
}

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

/** PyTorch orders LSTM gates input, forget, cell, output; ONNX input, output, forget, cell. */
function onnxGateOrder(values, rowLength) {
	const gate = (index) => values.subarray(index * HIDDEN * rowLength, (index + 1) * HIDDEN * rowLength);
	const out = new Float32Array(values.length);
	[0, 3, 1, 2].forEach((index, position) => out.set(gate(index), position * HIDDEN * rowLength));
	return out;
}

/** Splits the audio into chunks with their context: [chunks, context + window]. */
function addChunks(graph, { window, context }) {
	const slice = (from, to, name) => graph.node('Slice', ['audio', graph.ints(from), graph.ints(to)], name);
	const rows = (input, name) => graph.node('Reshape', [input, graph.ints(-1, window)], name);
	const before = graph.columns(rows(slice(0, -context, 'early'), 'earlyRows'), 0, context, 'contexts');
	const now = rows(slice(context, 2 ** 40, 'late'), 'windows');
	return graph.node('Concat', [before, now], 'chunks', { axis: 1 });
}

/**
 * The Fourier basis of the last frame with the right-edge reflection folded in, so that the frame needs only the
 * samples that exist: [fft - reflected, columns].
 */
function foldReflection(basis, columns, { fft, reflected }) {
	const rows = fft - reflected;
	const folded = basis.slice(0, rows * columns);
	for (let k = 0; k < reflected; k++) {
		for (let c = 0; c < columns; c++) folded[(rows - 2 - k) * columns + c] += basis[(rows + k) * columns + c];
	}
	return folded;
}

/** Magnitudes of the four frames side by side: [chunks, 4 * bins]. */
function addMagnitudes(graph, weights, sizes) {
	const { fft, hop, bins, reflected } = sizes;
	const stft = weights['stft.forward_basis_buffer'];
	const square = (part, first, name) => {
		const basis = transpose(stft.values.subarray(first * fft, (first + bins) * fft), bins, fft);
		const whole = graph.floats(`${part}Basis`, [fft, bins], basis);
		const last = graph.floats(`${part}BasisLast`, [fft - reflected, bins], foldReflection(basis, bins, sizes));
		return (frame, index) => {
			const product = graph.node('MatMul', [frame, index < FRAMES - 1 ? whole : last], `${name}${index}`);
			return graph.node('Mul', [product, product], `${name}${index}Squared`);
		};
	};
	const real = square('real', 0, 're');
	const imaginary = square('imaginary', bins, 'im');
	const magnitudes = [];
	for (let index = 0; index < FRAMES; index++) {
		const end = index < FRAMES - 1 ? hop * index + fft : hop * index + fft - reflected;
		const frame = graph.columns('chunks', hop * index, end, `frame${index}`);
		const power = graph.node('Add', [real(frame, index), imaginary(frame, index)], `power${index}`);
		magnitudes.push(graph.node('Sqrt', [power], `magnitude${index}`));
	}
	return graph.node('Concat', magnitudes, 'magnitudes', { axis: 1 });
}

/** The four convolutions as matrix products: [chunks, 128]. */
function addEncoder(graph, weights, magnitudes, { bins }) {
	const weight = (layer) => weights[`encoder.${layer}.reparam_conv.weight`];
	const bias = (layer) => {
		const { values } = weights[`encoder.${layer}.reparam_conv.bias`];
		return graph.floats(`bias${layer}`, [values.length], values);
	};
	/** One output position of a convolution: the columns [from, to) of `input` against the taps that meet them. */
	const position = (layer, input, from, to, taps, name) => {
		const [outputs, inputs] = weight(layer).dims;
		const key = `weight${layer}taps${taps.join('')}`;
		const matrix = graph.floats(key, [taps.length * inputs, outputs], convolutionMatrix(weight(layer), taps));
		const columns = graph.columns(input, from * inputs, to * inputs, `${name}In`);
		return graph.node('Gemm', [columns, matrix, bias(layer)], name);
	};
	const relu = (parts, name) => {
		const joined = parts.length > 1 ? graph.node('Concat', parts, `${name}Linear`, { axis: 1 }) : parts[0];
		return graph.node('Relu', [joined], name);
	};
	if (weight(0).dims[1] !== bins) throw new Error('unexpected shape of the first convolution');
	const first = relu(
		[
			position(0, magnitudes, 0, 2, [1, 2], 'conv0at0'),
			position(0, magnitudes, 0, 3, [0, 1, 2], 'conv0at1'),
			position(0, magnitudes, 1, 4, [0, 1, 2], 'conv0at2'),
			position(0, magnitudes, 2, 4, [0, 1], 'conv0at3'),
		],
		'conv0',
	);
	const second = relu(
		[position(1, first, 0, 2, [1, 2], 'conv1at0'), position(1, first, 1, 4, [0, 1, 2], 'conv1at1')],
		'conv1',
	);
	const third = relu([position(2, second, 0, 2, [1, 2], 'conv2at0')], 'conv2');
	return relu([position(3, third, 0, 1, [1], 'conv3at0')], 'conv3');
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
	const sizes = geometry(sampleRate);
	const graph = new OnnxGraph();
	addChunks(graph, sizes);
	const magnitudes = addMagnitudes(graph, weights, sizes);
	addDecoder(graph, weights, addEncoder(graph, weights, magnitudes, sizes));
	const state = [1, 1, HIDDEN];
	return graph.serialise({
		name: `silero_vad_6_2_sequence_${sampleRate}`,
		inputs: { audio: ['samples'], h: state, c: state },
		outputs: { probabilities: ['chunks'], h_out: state, c_out: state },
		metadata: {
			model: 'silero-vad-6.2',
			sample_rate: String(sampleRate),
			window: String(sizes.window),
			context: String(sizes.context),
			licence: 'MIT, Copyright (c) 2020-present Silero Team',
		},
	});
}

module.exports = { sileroSequenceGraph };
