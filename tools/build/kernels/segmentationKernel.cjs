'use strict';
/**
 * The speaker segmentation model as WebAssembly: see `engine/process/speakers/segmentationKernel.ts`. A convolution is a
 * product of matrices whose rows overlap: the samples of an output lie where they are. Channels lie side by side, filled up
 * with zeros to whole panels.
 *
 * exports  memory
 *          filter(rows, to)  the first convolution of the samples, every 10th, to rows at an address within `filtered`
 *          poolFirst(scale)  the largest of each three rows of `filtered` to `first`: the sizes of what they are times the
 *                            scale, plus `offsets`
 *          convolveSecond(), convolveThird()  convolution and the largest of each three, from `first` to `second`, from
 *                            `second` to `third`
 *          normalizeFirst(), normalizeSecond(), normalizeThird()  in place: times `scales`, plus `offsets`, and of what is
 *                            below 0 a hundredth
 *          decide()          four LSTMs in both directions and three layers, from `third` to `scores`
 *          and where that lies, `sums` of the first convolution's filters, scales and offsets of the normalizations (`norm0`
 *          to `norm3`), and `floats` and `halves`, to which a file of their own is to be copied, up to `end`
 */
const { WasmModule, loop, op } = require('./wasm.cjs');
const { multiplyAdd } = require('./kernelFunctions.cjs');
const { FLOAT, GATES, HIDDEN, PAGE, VECTOR } = require('./kernelLayout.cjs');
const { matrixProduct } = require('./kernelProduct.cjs');
const { Recurrence } = require('./kernelRecurrence.cjs');
const { AT, COUNTS, depthOf, DIRECTIONS, LAYERS, POOLED, REACH, STRIDE, TAPS, WIDTHS } = require('./segmentationLayout.cjs');

const { i32, v128, f32x4 } = op;

/** Part of what is below 0 that stays. */
const LEAK = 0.01;
const FRAMES = COUNTS.third;

const EXPORTED = ['samples', 'filtered', 'first', 'second', 'third', 'scales', 'offsets', 'sums', 'norm0', 'norm1', 'norm2', 'norm3', 'scores'];

const capital = (name) => `${name[0].toUpperCase()}${name.slice(1)}`;
const endOf = (name) => AT[name] + COUNTS[name] * WIDTHS[name] * FLOAT;
const leaking = (value) => f32x4.pmax(value, f32x4.mul(value, f32x4.splat(LEAK)));

/** Writes the functions of one module. */
class SegmentationKernel {
	/** @param madd (a, b, c): a · b + c */
	constructor(madd) {
		this.module = new WasmModule();
		this.madd = madd;
	}

	product(sizes) {
		return matrixProduct(this.module, this.madd, sizes);
	}

	/** @returns a function (to, end, …): the largest of each three rows at `from`, as `change` makes them */
	pooling(from, width, change = () => [[], (value) => value], parameters = []) {
		const row = width * FLOAT;
		return this.module.func(['i32', 'i32', ...parameters], (body, to, end, ...factors) => {
			const [source, j] = [body.local('i32'), body.local('i32')];
			const [begin, changed] = change(body, j, ...factors);
			const part = (n) => changed(v128.load(i32.add(source.get, j.get), n * row));
			return [
				...[...begin, source.set(from)],
				loop(
					...[to, to.get, end.get, row],
					loop(...[j, 0, row, VECTOR], v128.store(i32.add(to.get, j.get), 0, f32x4.pmax(f32x4.pmax(part(0), part(1)), part(2)))),
					source.set(i32.add(source.get, POOLED * row)),
				),
			];
		});
	}

	hearing() {
		const filter = this.product({ depth: TAPS, outputs: WIDTHS.first, inputRow: STRIDE, outputRow: WIDTHS.first });
		this.module.func(['i32', 'i32'], (_, rows, to) => filter(rows.get, AT.samples, AT.weight1, to.get));
		this.module.export('filter');
		const sized = (body, j, scale) => {
			const factor = body.local('v128');
			const changed = (value) => f32x4.abs(f32x4.add(f32x4.mul(value, factor.get), v128.load(j.get, AT.offsets)));
			return [factor.set(f32x4.splat(scale.get)), changed];
		};
		const pool = this.pooling(AT.filtered, WIDTHS.first, sized, ['f32']);
		this.module.func(['f32'], (_, scale) => pool(AT.first, endOf('first'), scale.get));
		this.module.export('poolFirst');
		this.convolution('first', 'second', AT.weight2, AT.bias2);
		this.convolution('second', 'third', AT.weight3, AT.bias3);
		for (const name of ['first', 'second', 'third']) this.normalization(name);
	}

	/** Of five rows, and the largest of each three. */
	convolution(from, to, weight, bias) {
		const sizes = { depth: REACH * WIDTHS[from], outputs: WIDTHS[to], inputRow: WIDTHS[from], outputRow: WIDTHS[to], bias };
		const product = this.product(sizes);
		const pool = this.pooling(AT.convolved, WIDTHS[to]);
		this.module.func([], () => [product(COUNTS[from] - REACH + 1, AT[from], weight, AT.convolved), pool(AT[to], endOf(to))]);
		this.module.export(`convolve${capital(to)}`);
	}

	normalization(name) {
		const row = WIDTHS[name] * FLOAT;
		this.module.func([], (body) => {
			const [at, j, value] = [body.local('i32'), body.local('i32'), body.local('v128')];
			const place = i32.add(at.get, j.get);
			return [
				loop(
					...[at, AT[name], endOf(name), row],
					loop(
						...[j, 0, row, VECTOR],
						value.set(f32x4.add(f32x4.mul(v128.load(place, 0), v128.load(j.get, AT.scales)), v128.load(j.get, AT.offsets))),
						v128.store(place, 0, leaking(value.get)),
					),
				),
			];
		});
		this.module.export(`normalize${capital(name)}`);
	}

	/** @returns calls: an LSTM in one direction over all frames of `from`, to its half of the rows of `to`. */
	lstm(layer, direction, from, to) {
		const [weightIn, weightState, bias] = ['weightIn', 'weightState', 'biasIn'].map((name) => AT[`${name}${layer}${direction}`]);
		const inputs = this.product({ depth: depthOf(layer), outputs: GATES, inputRow: depthOf(layer), outputRow: GATES, bias });
		return [inputs(FRAMES, from, weightIn, AT.inputs), this.recur(weightState, to + direction * HIDDEN * FLOAT, direction)];
	}

	/** @returns a function (weights, to, direction): from what lies at `inputs`, forwards, or backwards where it is 1. */
	recurrence() {
		const hidden = new Recurrence(this.module, AT, this.madd).hidden();
		return this.module.func(['i32', 'i32', 'i32'], (body, weights, to, direction) => {
			const [t, row, j] = [body.local('i32'), body.local('i32'), body.local('i32')];
			const turn = i32.sub(FRAMES - 1, i32.shl(t.get, 1));
			return [
				loop(...[j, 0, 2 * HIDDEN * FLOAT, VECTOR], v128.store(j.get, AT.state, f32x4.splat(0))),
				loop(
					...[t, 0, FRAMES, 1],
					row.set(i32.add(t.get, i32.mul(direction.get, turn))),
					hidden(i32.add(i32.mul(row.get, GATES * FLOAT), AT.inputs), weights.get, i32.add(i32.mul(row.get, WIDTHS.both * FLOAT), to.get)),
				),
			];
		});
	}

	/** @returns a function (from, end) in place. */
	leak() {
		return this.module.func(['i32', 'i32'], (body, from, end) => {
			const at = body.local('i32');
			return [loop(...[at, from.get, end.get, VECTOR], v128.store(at.get, 0, leaking(v128.load(at.get, 0))))];
		});
	}

	decision() {
		this.recur = this.recurrence();
		const leak = this.leak();
		const places = [AT.third, AT.even, AT.odd, AT.even, AT.odd];
		const lstms = LAYERS.flatMap((layer) => DIRECTIONS.flatMap((direction) => this.lstm(layer, direction, places[layer], places[layer + 1])));
		const dense = (depth, outputs, bias) => this.product({ depth, outputs, inputRow: depth, outputRow: outputs, bias });
		const [first, second, last] = [
			dense(WIDTHS.both, WIDTHS.dense, AT.biasDense),
			dense(WIDTHS.dense, WIDTHS.dense, AT.biasDenser),
			dense(WIDTHS.dense, WIDTHS.scores, AT.biasScores),
		];
		const bytes = FRAMES * WIDTHS.dense * FLOAT;
		this.module.func([], () => [
			...lstms,
			first(FRAMES, places.at(-1), AT.weightDense, AT.dense),
			leak(AT.dense, AT.dense + bytes),
			second(FRAMES, AT.dense, AT.weightDenser, AT.denser),
			leak(AT.denser, AT.denser + bytes),
			last(FRAMES, AT.denser, AT.weightScores, AT.scores),
		]);
		this.module.export('decide');
	}

	bytes() {
		this.hearing();
		this.decision();
		for (const name of EXPORTED) this.module.constant(name, AT[name]);
		this.module.constant('floats', AT.floatsAt);
		this.module.constant('halves', AT.halvesAt);
		this.module.constant('end', AT.end);
		return this.module.bytes(Math.ceil(AT.end / PAGE));
	}
}

/** @param {boolean} isRelaxed with multiplying and adding at once @returns {Buffer} the WebAssembly module */
function segmentationKernel(isRelaxed) {
	return new SegmentationKernel(multiplyAdd(isRelaxed)).bytes();
}

module.exports = { segmentationKernel };
