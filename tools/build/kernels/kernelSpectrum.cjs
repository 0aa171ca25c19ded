'use strict';
/**
 * Spectra as functions of WebAssembly: four frames are the four lanes of one real FFT, that is of a complex one of half the
 * points, each a pair of samples.
 */
const { loop, op, repeatWhile } = require('./wasm.cjs');
const { VECTOR } = require('./kernelLayout.cjs');

const { i32, v128, f32x4 } = op;
const { add, sub, mul } = f32x4;

/** Four frames of any kind. */
class Spectrum {
	/**
	 * @param {import('./wasm.cjs').WasmModule} module the functions are added to it
	 * @param at addresses: `re`, `im`, `spectrum`, and of the tables that `spectrumTables` makes
	 * @param size `fft`, samples of a frame, and `half` of it
	 */
	constructor(module, at, size) {
		Object.assign(this, { module, at, size });
	}

	put(address, offset, re, im) {
		return [v128.store(address, this.at.re + offset, re), v128.store(address, this.at.im + offset, im)];
	}

	/** Variables for complex numbers, as pairs. */
	pairs(body, count) {
		return Array.from({ length: count }, () => [body.local('v128'), body.local('v128')]);
	}

	/** Loads complex numbers that lie `step` bytes apart. */
	take(pairs, address, step) {
		return pairs.flatMap(([re, im], n) => [
			re.set(v128.load(address, this.at.re + n * step)),
			im.set(v128.load(address, this.at.im + n * step)),
		]);
	}

	/**
	 * Four samples of each frame to where the FFT takes them, in the order of reversed bits and windowed.
	 * @param i their place in the frame and in the window, bytes
	 * @param to, frames, mixed variables to work with: an address, and two for each frame
	 * @param loads what is loaded of each frame
	 */
	gatherFour(i, to, frames, mixed, loads) {
		const { at, size } = this;
		const [f0, f1, f2, f3] = frames.map(({ get }) => get);
		const [m0, m1, m2, m3] = mixed.map(({ get }) => get);
		return [
			to.set(i32.load(i32.shr(i.get, 2), at.order)),
			...frames.map((frame, n) => frame.set(mul(loads[n], v128.load(i.get, at.window)))),
			...[[f0, f1, 0], [f0, f1, 2], [f2, f3, 0], [f2, f3, 2]].map(([a, b, lane], n) => mixed[n].set(v128.shuffle(a, b, [lane, lane + 4, lane + 1, lane + 5]))),
			...this.put(to.get, 0, v128.shuffle(m0, m2, [0, 1, 4, 5]), v128.shuffle(m0, m2, [2, 3, 6, 7])),
			...this.put(to.get, (size.half / 2) * VECTOR, v128.shuffle(m1, m3, [0, 1, 4, 5]), v128.shuffle(m1, m3, [2, 3, 6, 7])),
		];
	}

	/** Butterflies over four points each. */
	firstStages(body, i) {
		const { half } = this.size;
		const points = this.pairs(body, 4);
		const sums = this.pairs(body, 4);
		const [[ar, ai], [br, bi], [cr, ci], [dr, di]] = points.map((pair) => pair.map(({ get }) => get));
		const [[s0r, s0i], [s1r, s1i], [s2r, s2i], [s3r, s3i]] = sums.map((pair) => pair.map(({ get }) => get));
		const set = (n, re, im) => [sums[n][0].set(re), sums[n][1].set(im)];
		return loop(
			...[i, 0, half * VECTOR, 4 * VECTOR],
			...this.take(points, i.get, VECTOR),
			...[...set(0, add(ar, br), add(ai, bi)), ...set(1, sub(ar, br), sub(ai, bi))],
			...[...set(2, add(cr, dr), add(ci, di)), ...set(3, sub(cr, dr), sub(ci, di))],
			...this.put(i.get, 0, add(s0r, s2r), add(s0i, s2i)),
			...this.put(i.get, VECTOR, add(s1r, s3i), sub(s1i, s3r)),
			...this.put(i.get, 2 * VECTOR, sub(s0r, s2r), sub(s0i, s2i)),
			...this.put(i.get, 3 * VECTOR, sub(s1r, s3i), add(s1i, s3r)),
		);
	}

	/** Loads the turn of one step at j in butterflies over `length` points. */
	turn([re, im], j, length) {
		const index = i32.shr(i32.mul(j.get, this.size.half / length), 2);
		return [re.set(v128.splat(index, this.at.twiddleRe)), im.set(v128.splat(index, this.at.twiddleIm))];
	}

	/** Butterflies over `length` points. */
	stage(body, i, j, length) {
		const { half } = this.size;
		const [a, b, turn] = this.pairs(body, 3);
		const d = this.pairs(body, 1)[0];
		const [[ar, ai], [br, bi], [wr, wi], [dr, di]] = [a, b, turn, d].map((pair) => pair.map(({ get }) => get));
		return loop(
			...[j, 0, (length / 2) * VECTOR, VECTOR],
			...this.turn(turn, j, length),
			i.set(j.get),
			repeatWhile(
				i32.lt(i.get, half * VECTOR),
				...this.take([a, b], i.get, (length / 2) * VECTOR),
				...[d[0].set(sub(mul(br, wr), mul(bi, wi))), d[1].set(add(mul(br, wi), mul(bi, wr)))],
				...this.put(i.get, 0, add(ar, dr), add(ai, di)),
				...this.put(i.get, (length / 2) * VECTOR, sub(ar, dr), sub(ai, di)),
				i.set(i32.add(i.get, length * VECTOR)),
			),
		);
	}

	/** Butterflies over `length` points and those over twice as many at once, so that half as much is loaded and stored. */
	twoStages(body, i, j, length) {
		const { half } = this.size;
		const step = (length / 2) * VECTOR;
		const points = this.pairs(body, 4);
		const turned = this.pairs(body, 2);
		const sums = this.pairs(body, 4);
		const turns = this.pairs(body, 2);
		const values = (pairs) => pairs.map((pair) => pair.map(({ get }) => get));
		const [[ar, ai], b, [cr, ci], d] = values(points);
		const [[br, bi], [dr, di]] = values(turned);
		const [[s0r, s0i], [s1r, s1i], s2, s3] = values(sums);
		const [w1, w2] = values(turns);
		const product = ([re, im], [pr, pi], [qr, qi]) => [re.set(sub(mul(pr, qr), mul(pi, qi))), im.set(add(mul(pr, qi), mul(pi, qr)))];
		const set = ([re, im], r, m) => [re.set(r), im.set(m)];
		return loop(
			...[j, 0, step, VECTOR],
			...[...this.turn(turns[0], j, length), ...this.turn(turns[1], j, 2 * length)],
			i.set(j.get),
			repeatWhile(
				i32.lt(i.get, half * VECTOR),
				...this.take(points, i.get, step),
				...[...product(turned[0], b, w1), ...product(turned[1], d, w1)],
				...[...set(sums[0], add(ar, br), add(ai, bi)), ...set(sums[1], sub(ar, br), sub(ai, bi))],
				...[...set(sums[2], add(cr, dr), add(ci, di)), ...set(sums[3], sub(cr, dr), sub(ci, di))],
				...[...product(turned[0], s2, w2), ...product(turned[1], s3, w2)],
				...[...this.put(i.get, 0, add(s0r, br), add(s0i, bi)), ...this.put(i.get, 2 * step, sub(s0r, br), sub(s0i, bi))],
				...[...this.put(i.get, step, add(s1r, di), sub(s1i, dr)), ...this.put(i.get, 3 * step, sub(s1r, di), add(s1i, dr))],
				i.set(i32.add(i.get, 2 * length * VECTOR)),
			),
		);
	}

	/** The complex FFT of what lies at `re` and `im` in reversed order. */
	transform(body, i, j) {
		const { half } = this.size;
		const stages = [];
		let length = 8;
		for (; 2 * length <= half; length *= 4) stages.push(...this.twoStages(body, i, j, length));
		if (length <= half) stages.push(...this.stage(body, i, j, length));
		return [...this.firstStages(body, i), ...stages];
	}

	/** What becomes of a bin's power. */
	sized(power) {
		return power;
	}

	/** A real signal's bins from those of the complex transform of its pairs, two by two: i and the mirrored place p. */
	split(body, i, p) {
		const { at, size } = this;
		const { half } = size;
		const pairs = this.pairs(body, 6);
		const [[ar, ai], [br, bi], [er, ei], [or, oi], [wr, wi], [tr, ti]] = pairs.map((pair) => pair.map(({ get }) => get));
		const [a, b, e, o, w, t] = pairs;
		const set = ([re, im], r, m) => [re.set(r), im.set(m)];
		const sizeOf = (re, im) => this.sized(add(mul(re, re), mul(im, im)));
		const k = i32.shr(i.get, 2);
		return [
			...this.put(0, half * VECTOR, v128.load(0, at.re), v128.load(0, at.im)),
			...loop(
				...[i, 0, (half / 2 + 1) * VECTOR, VECTOR],
				p.set(i32.sub(half * VECTOR, i.get)),
				...[...this.take([a], i.get, 0), ...this.take([b], p.get, 0)],
				...[...set(e, add(ar, br), sub(ai, bi)), ...set(o, add(ai, bi), sub(br, ar))],
				...set(w, v128.splat(k, at.splitRe), v128.splat(k, at.splitIm)),
				...set(t, sub(mul(or, wr), mul(oi, wi)), add(mul(or, wi), mul(oi, wr))),
				v128.store(i.get, at.spectrum, sizeOf(add(er, tr), add(ei, ti))),
				v128.store(p.get, at.spectrum, sizeOf(sub(er, tr), sub(ei, ti))),
			),
		];
	}
}

/** Index of each point of an FFT after its bits were reversed. */
function bitReversed(points) {
	const bits = Math.log2(points);
	return Array.from({ length: points }, (_, i) => {
		let reversed = 0;
		for (let bit = 0; bit < bits; bit++) if (i & (1 << bit)) reversed |= 1 << (bits - 1 - bit);
		return reversed;
	});
}

/**
 * Tables of the FFT, by the names of their addresses.
 * @param size as that of the spectrum
 * @param {(i: number) => number} window weight of a sample in the frame
 */
function spectrumTables({ half, fft }, window) {
	const angles = (count, points, wave) => Float32Array.from({ length: count }, (_, i) => wave((2 * Math.PI * i) / points));
	return {
		// A bin is half of a sum of two, see Spectrum.split: halved here.
		window: Float32Array.from({ length: fft }, (_, i) => window(i) / 2),
		twiddleRe: angles(half, half, Math.cos),
		twiddleIm: angles(half, half, (angle) => -Math.sin(angle)),
		splitRe: angles(half / 2 + 1, fft, Math.cos),
		splitIm: angles(half / 2 + 1, fft, (angle) => -Math.sin(angle)),
		// Where every other point goes; the one behind it goes half of them further.
		order: Int32Array.from(bitReversed(half).filter((_, i) => i % 2 === 0), (index) => VECTOR * index),
	};
}

module.exports = { Spectrum, spectrumTables };
