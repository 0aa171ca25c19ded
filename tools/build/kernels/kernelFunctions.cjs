'use strict';
/** Functions of four numbers at once, as statements of WebAssembly. */
const { op } = require('./wasm.cjs');

const { i32x4, f32x4 } = op;
const { add, sub, mul, div } = f32x4;

/** What makes a power of 2 of the exponentials in both functions: e^-x = 2^(x · SIGMOID), e^-2x = 2^(x · TANH). */
const SIGMOID = -Math.LOG2E;
const TANH = -2 * Math.LOG2E;

/** Powers of 2 beyond this make no difference, and three of them can be multiplied. */
const MOST = 40;
/** Added to a number and taken off again, rounds it; its last bits are then the whole number. */
const ROUNDER = 1.5 * 2 ** 23;
/** Polynomial of 2^x from -0.5 to 0.5, highest power first, the last being 1: least relative error, 2e-9. */
const POWER = [1.53533616e-4, 1.33988745e-3, 9.61843736e-3, 5.55033247e-2, 2.40226479e-1, 6.93147203e-1, 1];
/** log(m) = 2 artanh(s), s = (m - 1) / (m + 1): terms behind the first of its series in s², highest power first; 2e-9 here. */
const ARTANH = [1 / 9, 1 / 7, 1 / 5, 1 / 3, 1];
/** The bits of the square root of 0.5, and of those how many are the fraction's. */
const ROOT = 0x3f3504f3;
const FRACTION = 23;

/** @param {boolean} isRelaxed at once, where Node.js knows the instruction @returns (a, b, c): a · b + c, what kernels call `madd` */
const multiplyAdd = (isRelaxed) => (isRelaxed ? f32x4.relaxedMadd : (a, b, c) => add(mul(a, b), c));

/** The value of a polynomial, highest power first. */
const polynomial = (madd, x, terms) => terms.slice(1).reduce((sum, term) => madd(sum, x, f32x4.splat(term)), f32x4.splat(terms[0]));

/**
 * 2^x for each lane.
 * @param madd (a, b, c): a · b + c
 * @param result a variable that is set
 * @param whole a variable to work with
 */
function powerOfTwo(madd, result, x, whole) {
	const rounder = f32x4.splat(ROUNDER);
	return [
		result.set(f32x4.pmax(f32x4.splat(-MOST), f32x4.pmin(f32x4.splat(MOST), x))),
		whole.set(add(result.get, rounder)),
		result.set(sub(result.get, sub(whole.get, rounder))),
		result.set(i32x4.add(polynomial(madd, result.get, POWER), i32x4.shl(whole.get, FRACTION))),
	];
}

/**
 * The natural logarithm of each lane, which is above 0 and not so small that it has no exponent of its own.
 * @param result a variable that is set; `x` may be what it holds
 * @param exponent, square variables to work with
 */
function logarithm(madd, result, x, exponent, square) {
	const one = f32x4.splat(1);
	return [
		result.set(x),
		exponent.set(i32x4.shr(i32x4.sub(result.get, i32x4.splat(ROOT)), FRACTION)),
		// From the root of 0.5 to that of 2.
		result.set(i32x4.sub(result.get, i32x4.shl(exponent.get, FRACTION))),
		result.set(div(sub(result.get, one), add(result.get, one))),
		square.set(mul(result.get, result.get)),
		result.set(mul(add(result.get, result.get), polynomial(madd, square.get, ARTANH))),
		result.set(madd(f32x4.convert(exponent.get), f32x4.splat(Math.LN2), result.get)),
	];
}

module.exports = { logarithm, multiplyAdd, powerOfTwo, SIGMOID, TANH };
