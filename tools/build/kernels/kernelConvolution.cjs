'use strict';
/**
 * The first convolution with seven products instead of ten. Its four outputs are coefficients 1 to 4 of the product of
 * two polynomials: the frames d0 + d1 x + d2 x² + d3 x³, and the taps g0 + g1 x + g2 x² (tap 2 is g0). Their values at 1,
 * -1 and i, which takes three products, give the coefficients modulo x⁴ - 1; those that fall together there are told
 * apart by the outermost, d0 g0 and d3 g2. All factors are sums and differences: nothing is lost to rounding.
 */
const { loop, op } = require('./wasm.cjs');
const { BLOCK, FLOAT, FRAMES, PRODUCTS, VECTOR } = require('./kernelLayout.cjs');

const { i32, v128, f32x4 } = op;
const { add, sub } = f32x4;

/** The frames' sides of the products, from vectors of bins of each frame. */
function frameValues(d0, d1, d2, d3) {
	const [even, odd] = [add(d0, d2), add(d1, d3)];
	const [re, im] = [sub(d0, d2), sub(d1, d3)];
	return [d0, d3, add(even, odd), sub(even, odd), add(re, im), re, im];
}

/** The taps' sides, for each weight of the taps in the order of the frames. */
const tapValues = (w0, w1, w2) => {
	const [g0, g1, g2] = [w2, w1, w0];
	const [re, im] = [g0 - g2, g1];
	return [g0, g2, (g0 + g1 + g2) / 4, (g0 - g1 + g2) / 4, re / 2, (im - re) / 2, (re + im) / 2];
};

/** @returns a function (chunk): what lies at `spectrum` to the chunk's rows of `evaluated`. */
function evaluation(spectrum) {
	const { at, size } = spectrum;
	const row = size.row * FLOAT;
	return spectrum.module.func(['i32'], (body, chunk) => {
		const [i, to] = [body.local('i32'), body.local('i32')];
		const { statements, frames } = spectrum.turned(body, i);
		const values = frameValues(...frames.map(({ get }) => get));
		return loop(
			...[i, 0, row * FRAMES, FRAMES * VECTOR],
			...statements,
			to.set(i32.add(i32.mul(chunk.get, row), i32.shr(i.get, 2))),
			...values.map((value, n) => v128.store(to.get, at.evaluated + n * BLOCK * row, value)),
		);
	});
}

/** @returns a function (chunks): the products to the four outputs of each chunk, with bias and rectified, at `first`. */
function interpolation(module, at) {
	const wide = 128 * FLOAT;
	return module.func(['i32'], (body, chunks) => {
		const [t, j, from, to] = ['i32', 'i32', 'i32', 'i32'].map((type) => body.local(type));
		const [bias, sum, difference, re, im] = Array.from({ length: 5 }, () => body.local('v128'));
		const product = (n) => v128.load(from.get, at.products + n * BLOCK * wide);
		const put = (n, value) => v128.store(to.get, at.first + n * wide, f32x4.pmax(f32x4.splat(0), add(value, bias.get)));
		return loop(
			...[t, 0, chunks.get, 1],
			...loop(
				...[j, 0, wide, VECTOR],
				from.set(i32.add(i32.mul(t.get, wide), j.get)),
				to.set(i32.add(i32.mul(t.get, FRAMES * wide), j.get)),
				bias.set(v128.load(j.get, at.bias1)),
				...[sum.set(add(product(2), product(3))), difference.set(sub(product(2), product(3)))],
				...[re.set(sub(product(4), product(6))), im.set(add(product(4), product(5)))],
				put(0, sub(add(difference.get, im.get), product(1))),
				put(1, sub(sum.get, re.get)),
				put(2, sub(difference.get, im.get)),
				put(3, sub(add(sum.get, re.get), product(0))),
			),
		);
	});
}

/** Calls of the products, one matrix each. */
const products = (call, { bins, row }, at) =>
	Array.from({ length: PRODUCTS }, (_, n) =>
		call(at.evaluated + n * BLOCK * row * FLOAT, at.weight1 + n * bins * 128 * FLOAT, at.products + n * BLOCK * 128 * FLOAT),
	);

module.exports = { evaluation, interpolation, products, tapValues };
