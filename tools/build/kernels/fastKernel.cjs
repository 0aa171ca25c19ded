'use strict';
/**
 * The layers of the fast model (voiceprint-small-v2) as WebAssembly: see `engine/process/embedding/kernels/fastKernel.ts`, which calls
 * them. An image lies as rows of positions, [time, bands + 2, channels], with zeros around it; what has no bands any more
 * as rows of channels.
 *
 * Convolutions of three times are computed by Winograd's minimal filtering along the time, see `kernelTiles.cjs`: four
 * times at once, the bands beside each other as they lie, so that those of stride 2 skip every other one.
 *
 * exports  memory
 *          emphasize(from, to, bytes, gain)   each number at `from` less a part of the one before it, times the gain
 *          logMels(from, to, frames)   see `frameSpectrum.cjs`
 *          spread(from, to, bytes, row, plane)   six rows, so far apart, transformed to the planes at `to`
 *          tile16(rows, planes, weights, products, plane), halve16, tile32, halve32, mix   of all six places
 *          gather(from, to, origin, bias, positions, channels, row, plane)   the products back to four rows, with the bias,
 *                          plus what is at `origin` in rows as far apart, unless it is 0; not below 0
 *          entry(rows, from, weights, to, bias), shortcut16, shortcut32, flat, down, up, squeeze, stretch, join, context,
 *                          frame, weight, head
 *          excite(from, changes, scales, to, rows)   plus changes times scales, of one column of blocks to the next; not below 0
 *          tanh(from, end)   in place
 *          addColumns(from, rows, row, bytes, to)   sums of so many bytes of each row, and behind them sums of squares
 *          attend(values, logits, rows, to)   means over the rows and means of squares, weighted with each column's softmax
 *          clear(from, times, row, bytes)   zeros: so many bytes in each row
 *          `free`, from where on the memory is free, and, by names, how far into the model's file each tensor lies
 * Sizes of channels, rows and planes are in bytes, so are addresses.
 */
const path = require('node:path');
const { loop, op, when } = require('./wasm.cjs');
const { FrameSpectrum } = require('./frameSpectrum.cjs');
const { multiplyAdd, powerOfTwo, TANH } = require('./kernelFunctions.cjs');
const { FLOAT, PAGE, VECTOR } = require('./kernelLayout.cjs');
const { dataTransform, resultTransform, six, TILE } = require('./kernelTiles.cjs');
const { LayerKernel } = require('./layerKernel.cjs');
const { tensorOffsets } = require('./storedTensors.cjs');

const { i32, v128, f32x4 } = op;
const { add, mul, sub, div } = f32x4;

const FILE = path.join(__dirname, '..', '..', '..', 'models', 'voiceprint-small-v2.onnx');

/** Part of the sample before that each one loses. */
const PRE_EMPHASIS = 0.97;

/** Channels of a block, of its inside, of what scales them, of all blocks' results behind what goes into the first. */
const WIDTH = 256;
const INNER = 128;
const SQUEEZED = 64;
const BLOCKS = 4;
const JOINED = (1 + BLOCKS) * WIDTH;
/** Numbers that are pooled, of the attention that weights them, and of the embedding. */
const POOLED = 512;
const HIDDEN = 96;
const DIMENSION = 192;
/** Bands behind the stem, and positions of a row there. */
const BANDS = 10;
const POSITIONS = BANDS + 2;

/** [inputs, outputs, taken positions from one to the next] of convolutions of three bands. */
const STEM = { tile16: [16, 16, 1], halve16: [16, 32, 2], tile32: [32, 32, 1], halve32: [32, 32, 2] };

const PRODUCTS = {
	// Every other band of three, each of three frames.
	entry: { depth: 9, outputs: 16, inputRow: 6, outputRow: 16, isRectified: true },
	shortcut16: { depth: 16, outputs: 32, inputRow: 2 * 16, outputRow: 32 },
	shortcut32: { depth: 32, outputs: 32, inputRow: 2 * 32, outputRow: 32 },
	flat: { depth: BANDS * 32, outputs: WIDTH, inputRow: POSITIONS * 32, outputRow: JOINED, isRectified: true },
	down: { depth: WIDTH, outputs: INNER, inputRow: JOINED, outputRow: INNER, isRectified: true },
	up: { depth: INNER, outputs: WIDTH, inputRow: INNER, outputRow: WIDTH },
	squeeze: { depth: WIDTH, outputs: SQUEEZED, inputRow: WIDTH, outputRow: SQUEEZED, isRectified: true },
	stretch: { depth: SQUEEZED, outputs: WIDTH, inputRow: SQUEEZED, outputRow: WIDTH },
	join: { depth: BLOCKS * WIDTH, outputs: POOLED, inputRow: JOINED, outputRow: POOLED, isRectified: true },
	context: { depth: 2 * POOLED, outputs: HIDDEN, inputRow: 2 * POOLED, outputRow: HIDDEN },
	frame: { depth: POOLED, outputs: HIDDEN, inputRow: POOLED, outputRow: HIDDEN },
	weight: { depth: HIDDEN, outputs: POOLED, inputRow: HIDDEN, outputRow: POOLED },
	head: { depth: 2 * POOLED, outputs: DIMENSION, inputRow: 2 * POOLED, outputRow: DIMENSION },
};

/** Vectors of a line of the processor's cache: those of a column that are worked on together. */
const ABREAST = 4;

class FastKernel extends LayerKernel {
	emphasize() {
		this.module.func(['i32', 'i32', 'i32', 'f32'], (body, from, to, bytes, gain) => {
			const [i, factor, before] = [body.local('i32'), body.local('v128'), body.local('v128')];
			const at = i32.add(from.get, i.get);
			return [
				...[factor.set(f32x4.splat(gain.get)), before.set(f32x4.splat(PRE_EMPHASIS))],
				loop(
					...[i, 0, bytes.get, VECTOR],
					v128.store(i32.add(to.get, i.get), 0, mul(factor.get, sub(v128.load(at, 0), mul(before.get, v128.load(i32.sub(at, FLOAT), 0))))),
				),
			];
		});
		this.module.export('emphasize');
	}

	spread() {
		this.export('spread', 5, (body, from, to, bytes, row, plane) => {
			const [end, at, place] = ['i32', 'i32', 'i32'].map((type) => body.local(type));
			const values = six(() => body.local('v128'));
			const transform = dataTransform(body);
			return [
				end.set(i32.add(from.get, bytes.get)),
				loop(
					...[from, from.get, end.get, VECTOR],
					at.set(from.get),
					...values.flatMap((value) => [...value.set(v128.load(at.get, 0)), ...at.set(i32.add(at.get, row.get))]),
					place.set(to.get),
					...transform(values.map(({ get }) => get), (_, value) => [...v128.store(place.get, 0, value), ...place.set(i32.add(place.get, plane.get))]).flat(),
					to.set(i32.add(to.get, VECTOR)),
				),
			];
		});
	}

	gather() {
		this.export('gather', 8, (body, from, to, origin, bias, positions, channels, row, plane) => {
			const [position, c, at, place] = ['i32', 'i32', 'i32', 'i32'].map((type) => body.local(type));
			const values = six(() => body.local('v128'));
			const [offset, sum] = [body.local('v128'), body.local('v128')];
			const transform = resultTransform(body);
			const put = (_, value) => [
				...sum.set(add(value, offset.get)),
				...when(i32.lt(0, origin.get), sum.set(add(sum.get, v128.load(i32.add(place.get, i32.sub(origin.get, to.get)), 0)))),
				...v128.store(place.get, 0, f32x4.pmax(f32x4.splat(0), sum.get)),
				...place.set(i32.add(place.get, row.get)),
			];
			return [
				// What lies at `origin` is as far from `to` in every position.
				loop(
					...[position, 0, positions.get, 1],
					loop(
						...[c, 0, channels.get, VECTOR],
						at.set(i32.add(from.get, c.get)),
						...values.flatMap((value) => [...value.set(v128.load(at.get, 0)), ...at.set(i32.add(at.get, plane.get))]),
						...[offset.set(v128.load(i32.add(bias.get, c.get), 0)), place.set(i32.add(to.get, c.get))],
						...transform(values.map(({ get }) => get), put).flat(),
					),
					...[from, to].map((address) => address.set(i32.add(address.get, channels.get))),
					when(i32.lt(0, origin.get), origin.set(i32.add(origin.get, channels.get))),
				),
			];
		});
	}

	excite() {
		this.export('excite', 5, (body, from, changes, scales, to, rows) => {
			const [row, c] = [body.local('i32'), body.local('i32')];
			const at = (address) => v128.load(i32.add(address.get, c.get), 0);
			return [
				loop(
					...[row, 0, rows.get, 1],
					loop(
						...[c, 0, WIDTH * FLOAT, VECTOR],
						v128.store(i32.add(to.get, c.get), 0, f32x4.pmax(f32x4.splat(0), this.madd(at(changes), at(scales), at(from)))),
					),
					...[from, to].map((address) => address.set(i32.add(address.get, JOINED * FLOAT))),
					changes.set(i32.add(changes.get, WIDTH * FLOAT)),
				),
			];
		});
	}

	tanh() {
		this.export('tanh', 2, (body, from, end) => {
			const [power, whole, one] = [body.local('v128'), body.local('v128'), body.local('v128')];
			return [
				one.set(f32x4.splat(1)),
				loop(
					...[from, from.get, end.get, VECTOR],
					...powerOfTwo(this.madd, power, mul(f32x4.splat(TANH), v128.load(from.get, 0)), whole),
					v128.store(from.get, 0, div(sub(one.get, power.get), add(one.get, power.get))),
				),
			];
		});
	}

	addColumns() {
		this.export('addColumns', 5, (body, from, rows, row, bytes, to) => {
			const [c, at, i] = ['i32', 'i32', 'i32'].map((type) => body.local(type));
			const columns = Array.from({ length: ABREAST }, () => ({ sum: body.local('v128'), squares: body.local('v128') }));
			const value = body.local('v128');
			return [
				loop(
					...[c, 0, bytes.get, ABREAST * VECTOR],
					...columns.flatMap(({ sum, squares }) => [...sum.set(f32x4.splat(0)), ...squares.set(f32x4.splat(0))]),
					at.set(i32.add(from.get, c.get)),
					loop(
						...[i, 0, rows.get, 1],
						...columns.flatMap(({ sum, squares }, n) => [
							...value.set(v128.load(at.get, n * VECTOR)),
							...sum.set(add(sum.get, value.get)),
							...squares.set(this.madd(value.get, value.get, squares.get)),
						]),
						at.set(i32.add(at.get, row.get)),
					),
					at.set(i32.add(to.get, c.get)),
					...columns.flatMap(({ sum, squares }, n) => [
						...v128.store(at.get, n * VECTOR, sum.get),
						...v128.store(i32.add(at.get, bytes.get), n * VECTOR, squares.get),
					]),
				),
			];
		});
	}

	attend() {
		const row = POOLED * FLOAT;
		this.export('attend', 4, (body, values, logits, rows, to) => {
			const [c, i, at, place] = ['i32', 'i32', 'i32', 'i32'].map((type) => body.local(type));
			const [most, weight, whole, value, weights, sum, squares] = Array.from({ length: 7 }, () => body.local('v128'));
			const first = i32.add(logits.get, c.get);
			const next = (address) => address.set(i32.add(address.get, row));
			return [
				loop(
					...[c, 0, row, VECTOR],
					...[at.set(first), most.set(v128.load(first, 0))],
					loop(...[i, 0, rows.get, 1], most.set(f32x4.pmax(most.get, v128.load(at.get, 0))), next(at)),
					...[weights, sum, squares].map((total) => total.set(f32x4.splat(0))),
					...[at.set(first), place.set(i32.add(values.get, c.get))],
					loop(
						...[i, 0, rows.get, 1],
						...powerOfTwo(this.madd, weight, mul(f32x4.splat(Math.LOG2E), sub(v128.load(at.get, 0), most.get)), whole),
						...[value.set(v128.load(place.get, 0)), weights.set(add(weights.get, weight.get))],
						...[weight.set(mul(weight.get, value.get)), sum.set(add(sum.get, weight.get))],
						squares.set(this.madd(weight.get, value.get, squares.get)),
						...[next(at), next(place)],
					),
					v128.store(i32.add(to.get, c.get), 0, div(sum.get, weights.get)),
					v128.store(i32.add(to.get, c.get), row, div(squares.get, weights.get)),
				),
			];
		});
	}

	bytes() {
		const spectrum = new FrameSpectrum(this.module, this.madd, VECTOR);
		this.emphasize();
		spectrum.exportLogMels();
		this.spread();
		for (const [name, [inputs, outputs, step]] of Object.entries(STEM)) {
			this.multiply(name, TILE, { depth: 3 * inputs, outputs, inputRow: step * inputs, outputRow: outputs });
		}
		this.multiply('mix', TILE, { depth: INNER, outputs: INNER, inputRow: INNER, outputRow: INNER });
		this.gather();
		for (const [name, sizes] of Object.entries(PRODUCTS)) this.product(name, { ...sizes, bias: true });
		this.excite();
		this.tanh();
		this.addColumns();
		this.attend();
		this.clear();
		this.module.constant('free', spectrum.at.end);
		for (const [name, offset] of Object.entries(tensorOffsets(FILE, namesOf))) this.module.constant(name, offset);
		return this.module.bytes(Math.ceil(spectrum.at.end / PAGE));
	}
}

/** Names of tensors by what each node is called that works with them, as in `training/voiceprint_training/network.py`. */
function namesOf({ node, initializer }) {
	const stored = new Set(initializer.map(({ name }) => name));
	const names = new Map([['centre', 'centre']]);
	const PARTS = { BatchNormalization: ['scale', 'bias', 'mean', 'variance'] };
	for (const { opType, input, output } of node) {
		const layer = /^\/network\/(?:stem\/)?(.+)\/\w+_output_0$/.exec(output[0])?.[1].replace(/\/shortcut\..$/, '');
		if (!layer || !['Conv', 'Gemm', 'MatMul', 'BatchNormalization'].includes(opType)) continue;
		input.slice(1).forEach((name, i) => {
			const part = `${layer}.${(PARTS[opType] ?? ['weight', 'bias'])[i]}`;
			if (stored.has(name)) names.set(name, part);
			if (stored.has(`${name}.half`)) names.set(`${name}.half`, `${part}.half`);
		});
	}
	return names;
}

/** @param {boolean} isRelaxed with multiplying and adding at once @returns {Buffer} the WebAssembly module */
const fastKernel = (isRelaxed) => new FastKernel(multiplyAdd(isRelaxed)).bytes();

module.exports = { fastKernel };
