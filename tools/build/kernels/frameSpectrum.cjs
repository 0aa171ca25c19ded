'use strict';
/**
 * Logarithmic mel spectra of the fast model as a function of WebAssembly, of four frames at once. As in its graph: frames of
 * 25 ms every 10 ms with a Hamming window, triangles on the mel scale of 1127 ln(1 + f / 700), and a floor that is added.
 */
const { loop, op } = require('./wasm.cjs');
const { FLOAT, FRAMES, Places, VECTOR } = require('./kernelLayout.cjs');
const { logarithm } = require('./kernelFunctions.cjs');
const { Spectrum, spectrumTables } = require('./kernelSpectrum.cjs');

const { i32, v128, f32x4 } = op;

const RATE = 16_000;
const HOP = 160;
const FRAME = 400;
const SIZE = { fft: 512, half: 256 };
const MELS = 80;
const LOW_HZ = 20;
const HIGH_HZ = 7600;
/** Added to each mel band's power. */
const FLOOR = 1e-5;

const melOf = (hz) => 1127 * Math.log1p(hz / 700);

/** @returns of each triangle its first bin, and the weights from there on */
function melBank() {
	const [low, step] = [melOf(LOW_HZ), (melOf(HIGH_HZ) - melOf(LOW_HZ)) / (MELS + 1)];
	const bins = Array.from({ length: SIZE.half + 1 }, (_, bin) => (melOf((bin * RATE) / SIZE.fft) - low) / step);
	return Array.from({ length: MELS }, (_, mel) => {
		const weights = bins.map((bin) => Math.max(0, 1 - Math.abs(bin - mel - 1)));
		const first = weights.findIndex((weight) => weight > 0);
		return { first, weights: weights.slice(first).filter((weight) => weight > 0) };
	});
}

/** @param at first free address @returns addresses, and the tables that lie there from the start */
function layout(at) {
	const places = new Places(at);
	const { place } = places;
	const bank = melBank();
	const starts = Int32Array.from(bank.flatMap(({ first, weights }) => [first * VECTOR, (first + weights.length) * VECTOR]));
	const hamming = (i) => (i < FRAME ? 0.54 - 0.46 * Math.cos((2 * Math.PI * i) / (FRAME - 1)) : 0);
	const tables = { ...spectrumTables(SIZE, hamming), starts, weights: Float32Array.from(bank.flatMap(({ weights }) => weights)) };
	const addresses = Object.fromEntries(Object.entries(tables).map(([name, { length }]) => [name, place(length)]));
	const points = (SIZE.half + 1) * FRAMES;
	const spectra = { re: place(points), im: place(points), spectrum: place(points) };
	return { ...addresses, ...spectra, tables, end: places.end };
}

class FrameSpectrum extends Spectrum {
	/**
	 * @param {import('./wasm.cjs').WasmModule} module
	 * @param madd (a, b, c): a · b + c
	 * @param start first free address; `at.end` is the one behind what is used
	 */
	constructor(module, madd, start) {
		super(module, layout(start), SIZE);
		this.madd = madd;
		for (const [name, values] of Object.entries(this.at.tables)) module.data(this.at[name], values);
	}

	/** The points of four frames, of which the first begins at `x`. */
	gather(body, x, i) {
		const [from, to] = [body.local('i32'), body.local('i32')];
		const frames = Array.from({ length: FRAMES }, () => body.local('v128'));
		const mixed = Array.from({ length: FRAMES }, () => body.local('v128'));
		const samples = Array.from({ length: FRAMES }, (_, n) => v128.load(from.get, n * HOP * FLOAT));
		const zeros = samples.map(() => f32x4.splat(0));
		return [
			...loop(i, 0, FRAME * FLOAT, VECTOR, from.set(i32.add(x.get, i.get)), ...this.gatherFour(i, to, frames, mixed, samples)),
			...loop(i, FRAME * FLOAT, SIZE.fft * FLOAT, VECTOR, ...this.gatherFour(i, to, frames, mixed, zeros)),
		];
	}

	/** The mel bands of what lies at `spectrum` to four rows at `to`. */
	bands(body, to) {
		const [mel, bin, weight, last] = ['i32', 'i32', 'i32', 'i32'].map((type) => body.local(type));
		const [sum, exponent, square] = [body.local('v128'), body.local('v128'), body.local('v128')];
		return [
			weight.set(this.at.weights),
			...loop(
				...[mel, 0, MELS * FLOAT, FLOAT],
				...[sum.set(f32x4.splat(FLOOR)), last.set(i32.load(i32.shl(mel.get, 1), this.at.starts + FLOAT))],
				loop(
					...[bin, i32.load(i32.shl(mel.get, 1), this.at.starts), last.get, VECTOR],
					sum.set(this.madd(v128.splat(weight.get, 0), v128.load(bin.get, this.at.spectrum), sum.get)),
					weight.set(i32.add(weight.get, FLOAT)),
				),
				...logarithm(this.madd, sum, sum.get, exponent, square),
				...Array.from({ length: FRAMES }, (_, n) => v128.storeLane(i32.add(to.get, mel.get), n * MELS * FLOAT, sum.get, n)),
			),
		];
	}

	/** Exports `logMels(from, to, frames)`: so many frames of the samples at `from` to rows of MELS; whole fours are written. */
	exportLogMels() {
		const four = this.module.func(['i32', 'i32'], (body, x, to) => {
			const [i, j] = [body.local('i32'), body.local('i32')];
			return [...this.gather(body, x, i), ...this.transform(body, i, j), ...this.split(body, i, j), ...this.bands(body, to)];
		});
		this.module.func(['i32', 'i32', 'i32'], (body, from, to, frames) => {
			const frame = body.local('i32');
			return [
				loop(
					...[frame, 0, frames.get, FRAMES],
					four(from.get, to.get),
					from.set(i32.add(from.get, FRAMES * HOP * FLOAT)),
					to.set(i32.add(to.get, FRAMES * MELS * FLOAT)),
				),
			];
		});
		this.module.export('logMels');
	}
}

module.exports = { FrameSpectrum };
