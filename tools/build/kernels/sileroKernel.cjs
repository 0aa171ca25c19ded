'use strict';
/**
 * Silero VAD over runs of chunks as one WebAssembly module: the same numbers as `../sileroGraph.cjs` within rounding, at
 * several times the speed of ONNX Runtime's WASM build, since all of it is written for these sizes: the four frames of a
 * chunk are the four lanes of one real FFT, the convolutions are matrix products over a block of chunks, and nothing is
 * moved between layers. Native ONNX Runtime multiplies faster, and takes the spectra from here.
 *
 * exports  memory
 *          run(chunks, gain, limit)   probabilities of that many chunks of the samples, from the state, which it carries on
 *          magnitudes(chunks, gain, limit)   their spectra, as the first convolution takes them: of frames 0 and 1 to
 *                          `leading`, of 0, 1, 2 and 1, 2, 3 to `inner`, of 2 and 3 to `trailing`
 *          halve(samples, gain, limit)  8 kHz only: so many of the samples are every other one of `wide`, from the 32nd on,
 *                          after a symmetric half-band low-pass: the centre's weight is 0.5, the odd taps are `taps`
 *          and where what they work on lies in the memory: `state` (h, then c), `samples` (the context, then the chunks),
 *          `probabilities`, `wide`, `taps`, and `constants`, to which a file of their own is to be copied before `run`
 *
 * All multiply what they take by the gain first, and bring what is beyond the limit to it.
 */
const { WasmModule, loop, op, when } = require('./wasm.cjs');
const { BLOCK, FLOAT, FRAMES, GATES, geometry, layout, PAGE, PANEL, TAPS, VECTOR } = require('./kernelLayout.cjs');
const { ChunkSpectrum } = require('./chunkSpectrum.cjs');
const { evaluation, interpolation, products } = require('./kernelConvolution.cjs');
const { multiplyAdd } = require('./kernelFunctions.cjs');
const { matrixProduct } = require('./kernelProduct.cjs');
const { Recurrence } = require('./kernelRecurrence.cjs');
const { spectrumTables } = require('./kernelSpectrum.cjs');

const { i32, v128, f32x4 } = op;

/** Writes the functions of one module. */
class Kernel {
	constructor(sampleRate, isRelaxed) {
		this.sampleRate = sampleRate;
		this.at = layout(sampleRate);
		this.size = geometry(sampleRate);
		this.module = new WasmModule();
		this.madd = multiplyAdd(isRelaxed);
		this.amplify = this.amplification();
		this.spectrum = new ChunkSpectrum(this.module, this.at, this.size);
		this.chunkMagnitudes = this.spectrum.magnitudes();
	}

	/** Samples times the gain, within the limit. */
	limited(samples, gain, limit) {
		return f32x4.pmax(f32x4.neg(limit), f32x4.pmin(limit, f32x4.mul(samples, gain)));
	}

	/** @returns a function (chunks, gain, limit): so many of the samples with their context, in place. */
	amplification() {
		const { at, size } = this;
		return this.module.func(['i32', 'f32', 'f32'], (body, chunks, gain, limit) => {
			const i = body.local('i32');
			const [factor, most] = [body.local('v128'), body.local('v128')];
			const put = (place) => v128.store(i.get, at.samples + place, this.limited(v128.load(i.get, at.samples + place), factor.get, most.get));
			const bytes = i32.add(i32.mul(chunks.get, size.window * FLOAT), size.context * FLOAT);
			return [
				...[factor.set(f32x4.splat(gain.get)), most.set(f32x4.splat(limit.get))],
				loop(...[i, 0, bytes, 2 * VECTOR], put(0), put(VECTOR)),
			];
		});
	}

	/** Calls of the layers between the spectrum and the recurrence, as functions of the variable that holds the number of chunks. */
	layers() {
		const { at, size } = this;
		const product = (sizes) => matrixProduct(this.module, this.madd, sizes);
		const first = product({ depth: size.bins, outputs: 128, inputRow: size.row, outputRow: 128 });
		const interpolate = interpolation(this.module, at);
		const rectified = (number, sizes) => product({ ...sizes, bias: at[`bias${number}`], isRectified: true });
		const secondSizes = { panel: 3 * 128, outputs: 64, inputRow: FRAMES * 128, outputRow: 2 * 64 };
		const leading = rectified(2, { ...secondSizes, depth: 2 * 128 });
		const trailing = rectified(2, { ...secondSizes, depth: 3 * 128 });
		const third = rectified(3, { depth: 2 * 64, outputs: 64, inputRow: 2 * 64, outputRow: 64 });
		const fourth = rectified(4, { depth: 64, outputs: 128, inputRow: 64, outputRow: 128 });
		const gates = product({ depth: 128, outputs: GATES, inputRow: 128, outputRow: GATES, bias: at.biasIn });
		return (count) => [
			...products((a, b, c) => first(count.get, a, b, c), size, at),
			interpolate(count.get),
			leading(count.get, at.first, at.weight2 + 128 * PANEL * FLOAT, at.second),
			trailing(count.get, at.first + 128 * FLOAT, at.weight2, at.second + 64 * FLOAT),
			third(count.get, at.second, at.weight3, at.third),
			fourth(count.get, at.third, at.weight4, at.fourth),
			gates(count.get, at.fourth, at.weightIn, at.inputs),
		];
	}

	/** All layers, a block of chunks at a time. */
	run() {
		const { at, size } = this;
		const evaluate = evaluation(this.spectrum);
		const layers = this.layers();
		const recurrence = new Recurrence(this.module, at, this.madd).chunk();
		return this.module.func(['i32', 'f32', 'f32'], (body, chunks, gain, limit) => {
			const [done, count, t, samples] = Array.from({ length: 4 }, () => body.local('i32'));
			return [
				...[this.amplify(chunks.get, gain.get, limit.get), samples.set(at.samples)],
				loop(
					...[done, 0, chunks.get, BLOCK],
					count.set(i32.sub(chunks.get, done.get)),
					when(i32.lt(BLOCK, count.get), count.set(BLOCK)),
					loop(
						...[t, 0, count.get, 1],
						...[this.chunkMagnitudes(samples.get), evaluate(t.get)],
						samples.set(i32.add(samples.get, size.window * FLOAT)),
					),
					...layers(count),
					loop(
						...[t, 0, count.get, 1],
						recurrence(i32.add(i32.mul(t.get, GATES * FLOAT), at.inputs), i32.add(i32.shl(i32.add(t.get, done.get), 2), at.probabilities)),
					),
				),
			];
		});
	}

	magnitudes() {
		const { at, size } = this;
		const spread = this.spectrum.spread();
		const frame = size.bins * FLOAT;
		return this.module.func(['i32', 'f32', 'f32'], (body, chunks, gain, limit) => {
			const [t, samples] = [body.local('i32'), body.local('i32')];
			const place = (start, frames) => i32.add(i32.mul(t.get, frames * frame), start);
			return [
				...[this.amplify(chunks.get, gain.get, limit.get), samples.set(at.samples)],
				loop(
					...[t, 0, chunks.get, 1],
					this.chunkMagnitudes(samples.get),
					spread(place(at.leading, 2), place(at.inner, 6), place(at.trailing, 2)),
					samples.set(i32.add(samples.get, size.window * FLOAT)),
				),
			];
		});
	}

	halve() {
		const { at } = this;
		return this.module.func(['i32', 'f32', 'f32'], (body, samples, gain, limit) => {
			const [i, last] = ['i32', 'i32'].map((type) => body.local(type));
			const [a, b, tap, s0, s1] = Array.from({ length: 5 }, () => body.local('v128'));
			const [factor, most] = [body.local('v128'), body.local('v128')];
			const odd = (place, index) => v128.load(i.get, at.odd + index * FLOAT + place);
			const sides = (k, place) => f32x4.add(odd(place, TAPS - 1 - k), odd(place, TAPS + k));
			const centre = (place) => f32x4.mul(f32x4.splat(0.5), v128.load(i.get, at.even + TAPS * FLOAT + place));
			const sampleAt = (place) => this.limited(v128.load(i32.shl(i.get, 1), at.wide + place), factor.get, most.get);
			return [
				...[factor.set(f32x4.splat(gain.get)), most.set(f32x4.splat(limit.get))],
				last.set(i32.shl(samples.get, 2)),
				loop(
					...[i, 0, i32.add(last.get, 2 * TAPS * FLOAT), VECTOR],
					...[a.set(sampleAt(0)), b.set(sampleAt(VECTOR))],
					v128.store(i.get, at.even, v128.shuffle(a.get, b.get, [0, 2, 4, 6])),
					v128.store(i.get, at.odd, v128.shuffle(a.get, b.get, [1, 3, 5, 7])),
				),
				loop(
					...[i, 0, last.get, 2 * VECTOR],
					...[s0.set(centre(0)), s1.set(centre(VECTOR))],
					...Array.from({ length: TAPS }, (_, k) => [
						...tap.set(v128.splat(0, at.taps + k * FLOAT)),
						...s0.set(this.madd(tap.get, sides(k, 0), s0.get)),
						...s1.set(this.madd(tap.get, sides(k, VECTOR), s1.get)),
					]),
					...[v128.store(i.get, at.samples, s0.get), v128.store(i.get, at.samples + VECTOR, s1.get)],
				),
			];
		});
	}

	bytes() {
		this.run();
		this.module.export('run');
		this.magnitudes();
		this.module.export('magnitudes');
		if (this.sampleRate === 8000) {
			this.halve();
			this.module.export('halve');
		}
		const places = ['state', 'samples', 'probabilities', 'wide', 'taps', 'leading', 'inner', 'trailing'];
		for (const name of places) this.module.constant(name, this.at[name]);
		this.module.constant('constants', this.at.file);
		for (const [name, values] of Object.entries(spectrumTables(this.size, (i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / this.size.fft)))) this.module.data(this.at[name], values);
		return this.module.bytes(Math.ceil(this.at.end / PAGE));
	}
}

/**
 * @param {16000 | 8000} sampleRate Hz
 * @param {boolean} isRelaxed with the instructions of Relaxed SIMD, which not every Node.js knows
 * @returns {Buffer} the WebAssembly module
 */
const kernelModule = (sampleRate, isRelaxed) => new Kernel(sampleRate, isRelaxed).bytes();

module.exports = { kernelModule };
