'use strict';
/**
 * The layers of the accurate model (ResNet34) as WebAssembly: see `engine/process/embedding/kernels/accurateKernel.ts`, which
 * calls them. An image lies as rows of positions, [time + 2, bands + 2 or more, channels], with zeros around it and behind
 * it up to whole tiles.
 *
 * Convolutions of 3 x 3 positions and stride 1 are computed by Winograd's minimal filtering F(4x4, 3x3) [Lavin and Gray, Fast
 * Algorithms for Convolutional Neural Networks, 2015]: tiles of 6 x 6 are transformed, multiplied with transformed weights,
 * one matrix for each of the 36 places, and transformed back to 4 x 4.
 *
 * exports  memory
 *          prepare(from, to, rows, plane)   weights of `multiply…`: of each row nine taps, by time, then by bands, each of a
 *                          panel's columns, to the planes at `to`
 *          spread(from, to, tiles, channels, row, plane)   so many tiles beside each other at `from` to the planes at `to`
 *          multiply32(rows, planes, weights, products, plane) … multiply256   of all 36 places
 *          gather(from, to, origin, bias, tiles, channels, row, plane)   the products back to the image at `to`, with the bias,
 *                          plus what is at `origin` in an image of the same size, unless it is 0; not below 0
 *          collect(from, to, rows, channels, row)  what a convolution of stride 2 meets, each position's 9 · channels after another
 *          stride32(rows, from, weights, to) … stride128   convolutions of what was collected, to positions beside each other,
 *                          without bias
 *          stem(rows, from, weights, to)   likewise, of three frames, of which those of a band lie beside each other
 *          shortcut32(rows, from, weights, to) … shortcut128   of every other position, likewise
 *          finish(at, bias, positions, channels, floor)   the bias added, and what is below the floor brought to it
 *          head(rows, from, weights, to, bias)   of the statistics over what the trunk gave
 *          clear(from, times, row, bytes)  zeros: so many bytes in each row
 *          `free`, from where on the memory is free, and, by the names of the tensors, how far each lies into the trunk's file,
 *          or, where `head.` stands before them, into the head's
 * Sizes of channels, rows of an image and planes are in bytes, so are addresses.
 */
const path = require('node:path');
const { loop, op, when } = require('./wasm.cjs');
const { multiplyAdd } = require('./kernelFunctions.cjs');
const { FLOAT, PAGE, PANEL, VECTOR } = require('./kernelLayout.cjs');
const { dataTransform, OUTPUTS, resultTransform, six, TILE, weightTransform } = require('./kernelTiles.cjs');
const { LayerKernel } = require('./layerKernel.cjs');
const { tensorOffsets } = require('./storedTensors.cjs');

const { i32, v128, f32x4 } = op;
const { add } = f32x4;

const fileOf = (part) => path.join(__dirname, '..', '..', '..', 'models', `voiceprint-resnet34-v1.${part}.onnx`);

const PLACES = TILE * TILE;
const WIDTHS = [32, 64, 128, 256];
/** Statistics over the trunk's rows, and numbers of a voiceprint. */
const HEAD = { depth: 5120, outputs: 256, inputRow: 5120, outputRow: 256, bias: true };

/** A tile between its two transforms. */
const SCRATCH = 64;
const FREE = SCRATCH + PLACES * VECTOR;

const scratch = (line, place) => SCRATCH + (line * TILE + place) * VECTOR;

class AccurateKernel extends LayerKernel {
	prepare() {
		const panel = PANEL * FLOAT;
		this.export('prepare', 4, (body, from, to, rows, plane) => {
			const [row, half, at] = ['i32', 'i32', 'i32'].map((type) => body.local(type));
			const values = [0, 1, 2].map(() => body.local('v128'));
			const transform = weightTransform(body);
			const got = values.map(({ get }) => get);
			const load = (address) => values.flatMap((value, i) => value.set(v128.load(...address(i))));
			return [
				loop(
					...[row, 0, rows.get, 1],
					loop(
						...[half, 0, panel, VECTOR],
						at.set(i32.add(from.get, half.get)),
						...[0, 1, 2].flatMap((band) => [
							...load((time) => [at.get, (3 * time + band) * panel]),
							...transform(got, (i, value) => v128.store(scratch(i, band), 0, value)).flat(),
						]),
						at.set(i32.add(to.get, half.get)),
						...six((line) => [
							...load((band) => [scratch(line, band), 0]),
							...transform(got, (i, value) => [
								...v128.store(at.get, 0, value),
								...at.set(i32.add(at.get, plane.get)),
							]).flat(),
						]).flat(),
					),
					...[from.set(i32.add(from.get, 9 * panel)), to.set(i32.add(to.get, panel))],
				),
			];
		});
	}

	spread() {
		this.export('spread', 6, (body, from, to, tiles, channels, row, plane) => {
			const [tile, c, at, place] = ['i32', 'i32', 'i32', 'i32'].map((type) => body.local(type));
			const values = six(() => body.local('v128'));
			const transform = dataTransform(body);
			const got = values.map(({ get }) => get);
			return [
				loop(
					...[tile, 0, tiles.get, 1],
					loop(
						...[c, 0, channels.get, VECTOR],
						at.set(i32.add(from.get, c.get)),
						// Each line of the tile, then each column of what that gives.
						...six((line) => [
							...values.flatMap((value, i) => value.set(v128.load(i32.add(at.get, i32.mul(channels.get, i)), 0))),
							...transform(got, (i, value) => v128.store(scratch(line, i), 0, value)).flat(),
							...at.set(i32.add(at.get, row.get)),
						]).flat(),
						place.set(i32.add(to.get, c.get)),
						...six((column) => [
							...values.flatMap((value, line) => value.set(v128.load(scratch(line, column), 0))),
							...transform(got, (line, value) => v128.store(i32.add(place.get, i32.mul(plane.get, line * TILE + column)), 0, value)).flat(),
						]).flat(),
					),
					...[from.set(i32.add(from.get, i32.mul(channels.get, OUTPUTS))), to.set(i32.add(to.get, channels.get))],
				),
			];
		});
	}

	gather() {
		this.export('gather', 8, (body, from, to, origin, bias, tiles, channels, row, plane) => {
			const [tile, c, at, place, step] = ['i32', 'i32', 'i32', 'i32', 'i32'].map((type) => body.local(type));
			const values = six(() => body.local('v128'));
			const [offset, sum] = [body.local('v128'), body.local('v128')];
			const transform = resultTransform(body);
			const got = values.map(({ get }) => get);
			const address = i32.add(place.get, i32.add(c.get, step.get));
			/** Beside each other in a line of the image. */
			const put = (i, value) => [
				...sum.set(add(value, offset.get)),
				...step.set(i32.mul(channels.get, i)),
				...when(i32.lt(0, origin.get), sum.set(add(sum.get, v128.load(i32.add(address, i32.sub(origin.get, to.get)), 0)))),
				...v128.store(address, 0, f32x4.pmax(f32x4.splat(0), sum.get)),
			];
			return [
				loop(
					...[tile, 0, tiles.get, 1],
					loop(
						...[c, 0, channels.get, VECTOR],
						at.set(i32.add(from.get, c.get)),
						...six((column) => [
							...values.flatMap((value, line) => value.set(v128.load(i32.add(at.get, i32.mul(plane.get, line * TILE + column)), 0))),
							...transform(got, (line, value) => v128.store(scratch(line, column), 0, value)).flat(),
						]).flat(),
						...[offset.set(v128.load(i32.add(bias.get, c.get), 0)), place.set(to.get)],
						...Array.from({ length: OUTPUTS }, (_, line) => [
							...values.flatMap((value, column) => value.set(v128.load(scratch(line, column), 0))),
							...transform(got, put).flat(),
							...place.set(i32.add(place.get, row.get)),
						]).flat(),
					),
					...[from.set(i32.add(from.get, channels.get)), to.set(i32.add(to.get, i32.mul(channels.get, OUTPUTS)))],
					when(i32.lt(0, origin.get), origin.set(i32.add(origin.get, i32.mul(channels.get, OUTPUTS)))),
				),
			];
		});
	}

	collect() {
		this.export('collect', 5, (body, from, to, rows, channels, row) => {
			const [position, c, end, at] = ['i32', 'i32', 'i32', 'i32'].map((type) => body.local(type));
			return [
				end.set(i32.mul(channels.get, 3)),
				loop(
					...[position, 0, rows.get, 1],
					at.set(from.get),
					...Array.from({ length: 3 }, () => [
						...loop(...[c, 0, end.get, VECTOR], v128.store(i32.add(to.get, c.get), 0, v128.load(i32.add(at.get, c.get), 0))),
						...to.set(i32.add(to.get, end.get)),
						...at.set(i32.add(at.get, row.get)),
					]).flat(),
					from.set(i32.add(from.get, i32.mul(channels.get, 2))),
				),
			];
		});
	}

	finish() {
		this.module.func(['i32', 'i32', 'i32', 'i32', 'f32'], (body, at, bias, positions, channels, floor) => {
			const [position, c, least] = [body.local('i32'), body.local('i32'), body.local('v128')];
			return [
				least.set(f32x4.splat(floor.get)),
				loop(
					...[position, 0, positions.get, 1],
					loop(
						...[c, 0, channels.get, VECTOR],
						v128.store(i32.add(at.get, c.get), 0, f32x4.pmax(least.get, add(v128.load(i32.add(at.get, c.get), 0), v128.load(i32.add(bias.get, c.get), 0)))),
					),
					at.set(i32.add(at.get, channels.get)),
				),
			];
		});
		this.module.export('finish');
	}

	bytes() {
		this.prepare();
		this.spread();
		for (const width of WIDTHS) this.multiply(`multiply${width}`, PLACES, { depth: width, outputs: width, inputRow: width, outputRow: width });
		this.gather();
		this.collect();
		// Three bands of three frames.
		this.product('stem', { depth: 9, outputs: 32, inputRow: 3, outputRow: 32 });
		for (const width of WIDTHS.slice(0, -1)) {
			this.product(`stride${width}`, { depth: 9 * width, outputs: 2 * width, inputRow: 9 * width, outputRow: 2 * width });
			this.product(`shortcut${width}`, { depth: width, outputs: 2 * width, inputRow: 2 * width, outputRow: 2 * width });
		}
		this.product('head', HEAD);
		this.finish();
		this.clear();
		this.module.constant('free', FREE);
		const offsets = { ...tensorOffsets(fileOf('trunk'), namesAfter('')), ...tensorOffsets(fileOf('head'), namesAfter('head.')) };
		for (const [name, offset] of Object.entries(offsets)) this.module.constant(name, offset);
		return this.module.bytes(Math.ceil(FREE / PAGE));
	}
}

/** Tensors by their own names behind a prefix. */
const namesAfter = (prefix) => ({ initializer }) =>
	new Map(initializer.filter(({ name }) => /weight|bias/.test(name)).map(({ name }) => [name, `${prefix}${name}`]));

/** @param {boolean} isRelaxed with multiplying and adding at once @returns {Buffer} the WebAssembly module */
const accurateKernel = (isRelaxed) => new AccurateKernel(multiplyAdd(isRelaxed)).bytes();

module.exports = { accurateKernel };
