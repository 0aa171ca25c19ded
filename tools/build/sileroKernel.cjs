'use strict';
/**
 * Silero VAD over runs of chunks as one WebAssembly module: the same numbers as `sileroGraph.cjs` within rounding, at
 * two to four times the speed of ONNX Runtime's WASM build, since all of it is written for these sizes: the four
 * frames of a chunk are the four lanes of one real FFT, the convolutions are matrix products over a block of chunks,
 * and nothing is moved between layers.
 *
 * exports  memory
 *          run(chunks)   probabilities of that many chunks of the samples, from the state, which it carries on
 *          halve(samples)  8 kHz only: so many of the samples are every other one of `wide`, from the 32nd on, after a
 *                          symmetric half-band low-pass: the centre's weight is 0.5, the odd taps are `taps`
 *          and where what they work on lies in the memory: `state` (h, then c), `samples` (the context, then the chunks),
 *          `probabilities`, `wide`, `taps`, and `constants`, to which a file of their own is to be copied at the start
 */
const { WasmModule, loop, op, repeatWhile, when } = require('./wasm.cjs');
const { BLOCK, FLOAT, FRAMES, GATES, geometry, HIDDEN, layout, OUTPUTS, PAGE, PANEL, TAPS, VECTOR } = require('./kernelLayout.cjs');

const { i32, f32, v128, i32x4, f32x4, memory } = op;

/** Writes the functions of one module. */
class Kernel {
	constructor(sampleRate, isRelaxed) {
		this.sampleRate = sampleRate;
		this.at = layout(sampleRate);
		this.size = geometry(sampleRate);
		this.module = new WasmModule();
		this.madd = isRelaxed ? f32x4.relaxedMadd : (a, b, c) => f32x4.add(f32x4.mul(a, b), c);
	}

	/** C = A · B + bias, and not below 0 where it is rectified; B is one panel. Row lengths in bytes, `depth` too. */
	product(isRectified) {
		const floor = (value) => (isRectified ? f32x4.pmax(f32x4.splat(0), value) : value);
		const parameters = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'];
		return this.module.func(parameters, (body, a, aRow, b, bias, c, cRow, rows, depth) => {
			const [left, matrix, last] = ['i32', 'i32', 'i32'].map((type) => body.local(type));
			const [b0, b1, x] = ['v128', 'v128', 'v128'].map((type) => body.local(type));
			const heads = [0, 1, 2, 3].map(() => body.local('i32'));
			const sums = heads.map(() => [body.local('v128'), body.local('v128')]);
			/** So many rows at once. */
			const strip = (count) => [
				...heads.slice(0, count).map((head, row) => head.set(row === 0 ? a.get : i32.add(heads[row - 1].get, aRow.get))),
				...sums.slice(0, count).flatMap(([s0, s1]) => [s0.set(v128.load(bias.get, 0)), s1.set(v128.load(bias.get, VECTOR))]),
				matrix.set(b.get),
				last.set(i32.add(a.get, depth.get)),
				repeatWhile(
					i32.lt(heads[0].get, last.get),
					b0.set(v128.load(matrix.get, 0)),
					b1.set(v128.load(matrix.get, VECTOR)),
					...heads.slice(0, count).flatMap((head, row) => [
						x.set(v128.splat(head.get, 0)),
						sums[row][0].set(this.madd(x.get, b0.get, sums[row][0].get)),
						sums[row][1].set(this.madd(x.get, b1.get, sums[row][1].get)),
						head.set(i32.add(head.get, FLOAT)),
					]),
					matrix.set(i32.add(matrix.get, PANEL * FLOAT)),
				),
				...sums.slice(0, count).flatMap(([s0, s1]) => [
					v128.store(c.get, 0, floor(s0.get)),
					v128.store(c.get, VECTOR, floor(s1.get)),
					c.set(i32.add(c.get, cRow.get)),
				]),
				a.set(i32.add(a.get, i32.mul(aRow.get, count))),
				left.set(i32.sub(left.get, count)),
			];
			return [
				left.set(rows.get),
				when(i32.lt(3, left.get), repeatWhile(i32.lt(3, left.get), ...strip(4))),
				when(i32.lt(0, left.get), repeatWhile(i32.lt(0, left.get), ...strip(1))),
			];
		});
	}

	re(address) {
		return v128.load(address, this.at.re);
	}

	im(address) {
		return v128.load(address, this.at.im);
	}

	put(address, offset, re, im) {
		return [v128.store(address, this.at.re + offset, re), v128.store(address, this.at.im + offset, im)];
	}

	/** The complex FFT of what lies at `re` and `im` in reversed order. What it is given are variables to work with. */
	transform({ i, j, points: [ar, ai, br, bi, cr, ci, dr, di], sums: [s0r, s0i, s1r, s1i, s2r, s2i, s3r, s3i], turn: [wr, wi] }) {
		const { at } = this;
		const { half } = this.size;
		const { add, sub, mul } = f32x4;
		const firstStages = loop(
			...[i, 0, half * VECTOR, 4 * VECTOR],
			...[[ar, ai], [br, bi], [cr, ci], [dr, di]].flatMap(([re, im], n) => [
				re.set(v128.load(i.get, at.re + n * VECTOR)),
				im.set(v128.load(i.get, at.im + n * VECTOR)),
			]),
			...[[s0r, add, ar, br], [s0i, add, ai, bi], [s1r, sub, ar, br], [s1i, sub, ai, bi]].map(([to, f, a, b]) => to.set(f(a.get, b.get))),
			...[[s2r, add, cr, dr], [s2i, add, ci, di], [s3r, sub, cr, dr], [s3i, sub, ci, di]].map(([to, f, a, b]) => to.set(f(a.get, b.get))),
			...this.put(i.get, 0, add(s0r.get, s2r.get), add(s0i.get, s2i.get)),
			...this.put(i.get, VECTOR, add(s1r.get, s3i.get), sub(s1i.get, s3r.get)),
			...this.put(i.get, 2 * VECTOR, sub(s0r.get, s2r.get), sub(s0i.get, s2i.get)),
			...this.put(i.get, 3 * VECTOR, sub(s1r.get, s3i.get), add(s1i.get, s3r.get)),
		);
		/** Butterflies over `length` points. */
		const stage = (length) =>
			loop(
				...[j, 0, (length / 2) * VECTOR, VECTOR],
				wr.set(v128.splat(i32.shr(i32.mul(j.get, half / length), 2), at.twiddleRe)),
				wi.set(v128.splat(i32.shr(i32.mul(j.get, half / length), 2), at.twiddleIm)),
				i.set(j.get),
				repeatWhile(
					i32.lt(i.get, half * VECTOR),
					cr.set(v128.load(i.get, at.re + (length / 2) * VECTOR)),
					ci.set(v128.load(i.get, at.im + (length / 2) * VECTOR)),
					dr.set(sub(mul(cr.get, wr.get), mul(ci.get, wi.get))),
					di.set(add(mul(cr.get, wi.get), mul(ci.get, wr.get))),
					ar.set(this.re(i.get)),
					ai.set(this.im(i.get)),
					...this.put(i.get, 0, add(ar.get, dr.get), add(ai.get, di.get)),
					...this.put(i.get, (length / 2) * VECTOR, sub(ar.get, dr.get), sub(ai.get, di.get)),
					i.set(i32.add(i.get, length * VECTOR)),
				),
			);
		const stages = [];
		for (let length = 8; length <= half; length *= 2) stages.push(stage(length));
		return [firstStages, ...stages];
	}

	/** Magnitudes of the four frames of the chunk at `x` (with its context), to `out`. */
	spectrum() {
		const { at, size } = this;
		const { half, fft, bins, window, context, reflected } = size;
		return this.module.func(['i32', 'i32'], (body, x, out) => {
			const [i, j, from, p] = ['i32', 'i32', 'i32', 'i32'].map((type) => body.local(type));
			const vectors = (count) => Array.from({ length: count }, () => body.local('v128'));
			const [ar, ai, br, bi, cr, ci, dr, di] = vectors(8);
			const sums = vectors(8);
			const [s0r, s0i, s1r, s1i, s2r, s2i] = sums;
			const [wr, wi, magnitude] = vectors(3);
			const { add, sub, mul, splat } = f32x4;
			/** The last frame reaches beyond the chunk, and is reflected there. */
			const makeTail = [
				memory.copy(at.tail, i32.add(x.get, FLOAT * 3 * half), FLOAT * (fft - reflected)),
				loop(i, 0, reflected * FLOAT, FLOAT, f32.store(i.get, at.tail + FLOAT * (fft - reflected), f32.load(i32.sub(i32.add(x.get, FLOAT * (window + context - 2)), i.get)))),
			];
			/** Sample `part` (0, 1) of a pair of each frame, windowed. */
			const gather = (part) => {
				let lanes = v128.splat(i32.add(x.get, from.get), part);
				lanes = v128.loadLane(i32.add(x.get, from.get), FLOAT * half + part, lanes, 1);
				lanes = v128.loadLane(i32.add(x.get, from.get), 2 * FLOAT * half + part, lanes, 2);
				lanes = v128.loadLane(from.get, at.tail + part, lanes, 3);
				return mul(lanes, v128.splat(from.get, at.window + part));
			};
			const load = loop(i, 0, half * VECTOR, VECTOR, from.set(i32.load(i32.shr(i.get, 2), at.order)), ...this.put(i.get, 0, gather(0), gather(FLOAT)));
			/** A real signal's bin from those of the complex transform of its pairs, at i and at the mirrored place p. */
			const split = (k) => [
				...[ar.set(this.re(i.get)), ai.set(this.im(i.get)), br.set(this.re(p.get)), bi.set(this.im(p.get))],
				s0r.set(mul(wr.get, add(ar.get, br.get))),
				s0i.set(mul(wr.get, sub(ai.get, bi.get))),
				s1r.set(mul(wr.get, add(ai.get, bi.get))),
				s1i.set(mul(wr.get, sub(br.get, ar.get))),
				...[cr.set(v128.splat(k, at.splitRe)), ci.set(v128.splat(k, at.splitIm))],
				s2r.set(add(s0r.get, sub(mul(s1r.get, cr.get), mul(s1i.get, ci.get)))),
				s2i.set(add(s0i.get, add(mul(s1r.get, ci.get), mul(s1i.get, cr.get)))),
				magnitude.set(f32x4.sqrt(add(mul(s2r.get, s2r.get), mul(s2i.get, s2i.get)))),
				...[0, 1, 2, 3].map((lane) => v128.storeLane(i32.add(out.get, k), lane * FLOAT * bins, magnitude.get, lane)),
			];
			const between = loop(
				...[j, FLOAT, half * FLOAT, FLOAT],
				...[i.set(i32.shl(j.get, 2)), p.set(i32.sub(half * VECTOR, i.get)), ...split(j.get)],
			);
			const edge = (k) => [j.set(k * FLOAT), i.set(0), p.set(0), ...split(j.get)];
			const transform = this.transform({ i, j, points: [ar, ai, br, bi, cr, ci, dr, di], sums, turn: [wr, wi] });
			return [...makeTail, load, ...transform, wr.set(splat(0.5)), ...edge(0), between, ...edge(half)];
		});
	}

	/** e^x for each lane; `x` and `scale` are variables to work with. Cephes' polynomial. */
	exponential(value, x, scale) {
		const constant = (number) => f32x4.splat(number);
		let sum = constant(1.987569150e-4);
		for (const term of [1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1]) {
			sum = this.madd(sum, x.get, constant(term));
		}
		return {
			statements: [
				x.set(f32x4.pmax(constant(-87.3365447504), f32x4.pmin(constant(88.3762626647949), value))),
				scale.set(f32x4.nearest(f32x4.mul(x.get, constant(1.4426950408889634)))),
				x.set(f32x4.sub(x.get, f32x4.mul(scale.get, constant(0.693359375)))),
				x.set(f32x4.sub(x.get, f32x4.mul(scale.get, constant(-2.12194440e-4)))),
				scale.set(i32x4.shl(i32x4.add(i32x4.truncate(scale.get), i32x4.splat(127)), 23)),
				x.set(f32x4.add(this.madd(f32x4.mul(x.get, x.get), sum, x.get), constant(1))),
			],
			value: f32x4.mul(x.get, scale.get),
		};
	}

	/** One chunk of the recurrence: gates at `from` without the state's part, probability to `to`. */
	recurrence() {
		const { at } = this;
		return this.module.func(['i32', 'i32'], (body, from, to) => {
			const [j, weight, h] = ['i32', 'i32', 'i32'].map((type) => body.local(type));
			const sums = Array.from({ length: OUTPUTS / 4 }, () => body.local('v128'));
			const [one, x, scale, input, forget, cell, output, total] = Array.from({ length: 8 }, () => body.local('v128'));
			const sigmoid = (result, value) => {
				const { statements, value: power } = this.exponential(f32x4.neg(value), x, scale);
				return [...statements, result.set(f32x4.div(one.get, f32x4.add(one.get, power)))];
			};
			const tanh = (result, value) => {
				const { statements, value: power } = this.exponential(f32x4.mul(f32x4.splat(-2), value), x, scale);
				return [...statements, x.set(power), result.set(f32x4.div(f32x4.sub(one.get, x.get), f32x4.add(one.get, x.get)))];
			};
			const addState = loop(
				...[j, 0, GATES * FLOAT, OUTPUTS * FLOAT],
				...sums.map((sum, i) => sum.set(v128.load(i32.add(from.get, j.get), i * VECTOR))),
				loop(
					...[h, 0, HIDDEN * FLOAT, FLOAT],
					x.set(v128.splat(h.get, at.state)),
					...sums.map((sum, i) => sum.set(this.madd(x.get, v128.load(weight.get, i * VECTOR), sum.get))),
					weight.set(i32.add(weight.get, OUTPUTS * FLOAT)),
				),
				...sums.map((sum, i) => v128.store(j.get, at.gates + i * VECTOR, sum.get)),
			);
			const gate = (index) => v128.load(j.get, at.gates + index * HIDDEN * FLOAT);
			const cells = at.state + HIDDEN * FLOAT;
			const step = loop(
				...[j, 0, HIDDEN * FLOAT, VECTOR],
				...[...sigmoid(input, gate(0)), ...sigmoid(forget, gate(1)), ...tanh(cell, gate(2)), ...sigmoid(output, gate(3))],
				cell.set(f32x4.add(f32x4.mul(forget.get, v128.load(j.get, cells)), f32x4.mul(input.get, cell.get))),
				v128.store(j.get, cells, cell.get),
				...tanh(input, cell.get),
				input.set(f32x4.mul(output.get, input.get)),
				v128.store(j.get, at.state, input.get),
				total.set(this.madd(f32x4.pmax(f32x4.splat(0), input.get), v128.load(j.get, at.weightOut), total.get)),
			);
			const sum = [0, 1, 2, 3].map((lane) => f32x4.lane(total.get, lane)).reduce(f32.add);
			return [
				...[one.set(f32x4.splat(1)), weight.set(at.weightState), total.set(f32x4.splat(0)), addState, step],
				...sigmoid(output, f32x4.splat(f32.add(sum, f32.load(0, at.biasOut)))),
				f32.store(to.get, 0, f32x4.lane(output.get, 0)),
			];
		});
	}

	/** All layers, a block of chunks at a time. */
	run() {
		const { at } = this;
		const { bins, window } = this.size;
		const [spectrum, recurrence] = [this.spectrum(), this.recurrence()];
		const [rectified, plain] = [this.product(true), this.product(false)];
		const frame = bins * FLOAT;
		return this.module.func(['i32'], (body, chunks) => {
			const [done, count, t, j, samples] = Array.from({ length: 5 }, () => body.local('i32'));
			/** A layer over all its panels. @param positions [input, row of the panel it begins with, rows, output] each */
			const layer = (product, [weight, bias, output], [depth, outputs], [inputRow, outputRow], positions) =>
				loop(
					...[j, 0, outputs * FLOAT, PANEL * FLOAT],
					...positions.map(([input, first, rows, place]) =>
						product(
							...[input, inputRow, i32.add(i32.mul(j.get, depth), weight + first * PANEL * FLOAT), i32.add(j.get, bias)],
							...[i32.add(j.get, output + place), outputRow, count.get, rows * FLOAT],
						),
					),
				);
			const [wide, half, row] = [128 * FLOAT, 64 * FLOAT, GATES * FLOAT];
			return [
				samples.set(at.samples),
				loop(
					...[done, 0, chunks.get, BLOCK],
					count.set(i32.sub(chunks.get, done.get)),
					when(i32.lt(BLOCK, count.get), count.set(BLOCK)),
					loop(t, 0, count.get, 1, spectrum(samples.get, i32.add(i32.mul(t.get, FRAMES * frame), at.magnitudes)), samples.set(i32.add(samples.get, window * FLOAT))),
					layer(rectified, [at.weight1, at.bias1, at.first], [3 * bins, 128], [FRAMES * frame, 4 * wide], [
						[at.magnitudes, bins, 2 * bins, 0],
						[at.magnitudes, 0, 3 * bins, wide],
						[at.magnitudes + frame, 0, 3 * bins, 2 * wide],
						[at.magnitudes + 2 * frame, 0, 2 * bins, 3 * wide],
					]),
					layer(rectified, [at.weight2, at.bias2, at.second], [3 * 128, 64], [4 * wide, 2 * half], [
						[at.first, 128, 2 * 128, 0],
						[at.first + wide, 0, 3 * 128, half],
					]),
					layer(rectified, [at.weight3, at.bias3, at.third], [2 * 64, 64], [2 * half, half], [[at.second, 0, 2 * 64, 0]]),
					layer(rectified, [at.weight4, at.bias4, at.fourth], [64, 128], [half, wide], [[at.third, 0, 64, 0]]),
					layer(plain, [at.weightIn, at.biasIn, at.inputs], [128, GATES], [wide, row], [[at.fourth, 0, 128, 0]]),
					loop(t, 0, count.get, 1, recurrence(i32.add(i32.mul(t.get, row), at.inputs), i32.add(i32.shl(i32.add(t.get, done.get), 2), at.probabilities))),
				),
			];
		});
	}

	halve() {
		const { at } = this;
		return this.module.func(['i32'], (body, samples) => {
			const [i, last] = ['i32', 'i32'].map((type) => body.local(type));
			const [a, b, tap, s0, s1] = Array.from({ length: 5 }, () => body.local('v128'));
			const odd = (place, index) => v128.load(i.get, at.odd + index * FLOAT + place);
			const sides = (k, place) => f32x4.add(odd(place, TAPS - 1 - k), odd(place, TAPS + k));
			const centre = (place) => f32x4.mul(f32x4.splat(0.5), v128.load(i.get, at.even + TAPS * FLOAT + place));
			const sampleAt = (place) => v128.load(i32.shl(i.get, 1), at.wide + place);
			return [
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
		if (this.sampleRate === 8000) {
			this.halve();
			this.module.export('halve');
		}
		for (const name of ['state', 'samples', 'probabilities', 'wide', 'taps']) this.module.constant(name, this.at[name]);
		this.module.constant('constants', this.at.file);
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
