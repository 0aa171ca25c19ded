'use strict';
/**
 * Winograd's minimal filtering F(4, 3) [Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015]: four outputs
 * of a convolution of three taps from six inputs with six multiplications instead of twelve.
 */
const { op } = require('./wasm.cjs');

const { f32x4 } = op;
const { add, sub, mul } = f32x4;

/** Inputs of a tile in one direction, and outputs. */
const TILE = 6;
const OUTPUTS = 4;

const six = (make) => Array.from({ length: TILE }, (_, i) => make(i));
const times = (factor, value) => mul(f32x4.splat(factor), value);

/** The data's transform of six numbers, of the points 0, 1, -1, 2, -2 and infinity. */
function dataTransform(body) {
	const [a, b, c, d] = Array.from({ length: 4 }, () => body.local('v128'));
	return ([d0, d1, d2, d3, d4, d5], put) => [
		a.set(sub(d4, times(4, d2))),
		b.set(sub(d3, times(4, d1))),
		c.set(sub(d4, d2)),
		d.set(times(2, sub(d3, d1))),
		put(0, add(sub(times(4, d0), times(5, d2)), d4)),
		put(1, add(a.get, b.get)),
		put(2, sub(a.get, b.get)),
		put(3, add(c.get, d.get)),
		put(4, sub(c.get, d.get)),
		put(5, add(sub(times(4, d1), times(5, d3)), d5)),
	];
}

/** Six numbers of products to four of the result. */
function resultTransform(body) {
	const [a, b, c, d] = Array.from({ length: 4 }, () => body.local('v128'));
	return ([m0, m1, m2, m3, m4, m5], put) => [
		...[a.set(add(m1, m2)), b.set(sub(m1, m2)), c.set(add(m3, m4)), d.set(sub(m3, m4))],
		put(0, add(add(m0, a.get), c.get)),
		put(1, add(b.get, times(2, d.get))),
		put(2, add(a.get, times(4, c.get))),
		put(3, add(add(b.get, times(8, d.get)), m5)),
	];
}

/** Three taps to what each place of a tile is multiplied with. */
function weightTransform(body) {
	const [even, odd] = [body.local('v128'), body.local('v128')];
	return ([a, b, c], put) => [
		put(0, times(1 / 4, a)),
		...[even.set(times(-1 / 6, add(a, c))), odd.set(times(1 / 6, b))],
		...[put(1, sub(even.get, odd.get)), put(2, add(even.get, odd.get))],
		...[even.set(times(1 / 24, add(a, times(4, c)))), odd.set(times(1 / 12, b))],
		...[put(3, add(even.get, odd.get)), put(4, sub(even.get, odd.get))],
		put(5, c),
	];
}

module.exports = { dataTransform, OUTPUTS, resultTransform, six, TILE, weightTransform };
