'use strict';
/** Sizes of the speaker segmentation model, and where everything lies in the memory of its kernel. */
const { GATES, HIDDEN, PANEL, Places, ROWS } = require('./kernelLayout.cjs');

/** Samples of a window, samples from output to output of the first convolution, and of a filter. */
const WINDOW = 160_000;
const STRIDE = 10;
const TAPS = 251;
/** Rows of the other convolutions, and rows of which the largest is taken. */
const REACH = 5;
const POOLED = 3;

/** Numbers of a row, filled up to whole panels: behind each convolution, of both directions of an LSTM, and behind it. */
const WIDTHS = { first: 80, second: 64, third: 64, both: 2 * HIDDEN, dense: 128, scores: PANEL };

const pooled = (rows) => Math.floor(rows / POOLED);
const filtered = Math.floor((WINDOW - TAPS) / STRIDE) + 1;
const first = pooled(filtered);
const second = pooled(first - REACH + 1);
const third = pooled(second - REACH + 1);
/** Rows behind each convolution: the third one's are the frames. */
const COUNTS = { filtered, first, second, third };

const LAYERS = [0, 1, 2, 3];
const DIRECTIONS = [0, 1];
const ofEachLstm = (make) => Object.fromEntries(LAYERS.flatMap((layer) => DIRECTIONS.map((direction) => make(layer, direction))));
/** Rows of the matrix of what goes into an LSTM. */
const depthOf = (layer) => (layer === 0 ? WIDTHS.third : WIDTHS.both);

/** Addresses in bytes. What is in `floats` and `halves` has its order in the file, numbers of 4, then of 2 bytes. */
const AT = (() => {
	const places = new Places(64);
	const { place } = places;
	/** Behind them there is room for those that make them up to whole tiles. */
	const rows = (count, width) => place((count + ROWS + REACH) * width);
	const frames = (width) => rows(third, width);
	const data = {
		scales: place(WIDTHS.first),
		offsets: place(WIDTHS.first),
		state: place(2 * HIDDEN),
		gates: place(GATES),
		samples: place(WINDOW + STRIDE * ROWS + TAPS),
		filtered: rows(filtered, WIDTHS.first),
		first: rows(first, WIDTHS.first),
		convolved: rows(first, WIDTHS.second),
		second: rows(second, WIDTHS.second),
		third: frames(WIDTHS.third),
		inputs: frames(GATES),
		even: frames(WIDTHS.both),
		odd: frames(WIDTHS.both),
		dense: frames(WIDTHS.dense),
		denser: frames(WIDTHS.dense),
		scores: frames(WIDTHS.scores),
	};
	const norm = (width) => place(2 * width);
	const floats = {
		bias2: place(WIDTHS.second),
		bias3: place(WIDTHS.third),
		sums: place(WIDTHS.first),
		norm0: norm(1),
		norm1: norm(WIDTHS.first),
		norm2: norm(WIDTHS.second),
		norm3: norm(WIDTHS.third),
		...ofEachLstm((layer, direction) => [`biasIn${layer}${direction}`, place(GATES)]),
		biasDense: place(WIDTHS.dense),
		biasDenser: place(WIDTHS.dense),
		biasScores: place(WIDTHS.scores),
	};
	const halvesAt = places.end;
	const halves = {
		weight1: place(TAPS * WIDTHS.first),
		weight2: place(REACH * WIDTHS.first * WIDTHS.second),
		weight3: place(REACH * WIDTHS.second * WIDTHS.third),
		...ofEachLstm((layer, direction) => [`weightIn${layer}${direction}`, place(depthOf(layer) * GATES)]),
		...ofEachLstm((layer, direction) => [`weightState${layer}${direction}`, place(HIDDEN * GATES)]),
		weightDense: place(WIDTHS.both * WIDTHS.dense),
		weightDenser: place(WIDTHS.dense * WIDTHS.dense),
		weightScores: place(WIDTHS.dense * WIDTHS.scores),
	};
	return { ...data, ...floats, ...halves, parts: { floats, halves }, floatsAt: floats.bias2, halvesAt, end: places.end };
})();

module.exports = { AT, COUNTS, depthOf, DIRECTIONS, LAYERS, POOLED, REACH, STRIDE, TAPS, WIDTHS };
