'use strict';
/** Products of matrices as functions of WebAssembly, each written for its sizes: tiles of six rows and a panel of columns. */
const { op, repeatWhile } = require('./wasm.cjs');
const { FLOAT, PANEL, ROWS, VECTOR } = require('./kernelLayout.cjs');

const { i32, v128, f32x4 } = op;
/** Terms of the sums in one turn of the loop. */
const UNROLLED = 4;

/**
 * C = A · B + bias. Rows are made up to whole tiles: behind those that are asked for, A is read and C written.
 * @param madd (a, b, c): a · b + c
 * @param {object} sizes
 * @param {number} sizes.depth columns of A and rows of B
 * @param {number} sizes.panel rows of a panel of B in the memory, where it has more than take part
 * @param {number} sizes.outputs columns of B and C
 * @param {number} sizes.inputRow from one row of A to the next, floats
 * @param {number} sizes.outputRow likewise of C
 * @param {number | true} [sizes.bias] its address; true: the function takes it, behind the others
 * @param {boolean} [sizes.isRectified] not below 0
 * @returns a function (rows, a, b, c) of addresses, or (rows, a, b, c, bias)
 */
function matrixProduct(module, madd, { depth, panel = depth, outputs, inputRow, outputRow, bias, isRectified = false }) {
	const columns = PANEL / 4;
	const [stepIn, stepOut] = [inputRow * FLOAT, outputRow * FLOAT];
	const floor = (value) => (isRectified ? f32x4.pmax(f32x4.splat(0), value) : value);
	const parameters = Array(bias === true ? 5 : 4).fill('i32');
	return module.func(parameters, (body, rows, a, b, c, given) => {
		const [j, row, end, x, matrix, last, out] = Array.from({ length: 7 }, () => body.local('i32'));
		const lefts = Array.from({ length: columns }, () => body.local('v128'));
		const value = body.local('v128');
		const sums = Array.from({ length: ROWS }, () => Array.from({ length: columns }, () => body.local('v128')));
		const term = (n) => [
			...lefts.map((left, i) => left.set(v128.load(matrix.get, n * PANEL * FLOAT + i * VECTOR))),
			...sums.flatMap((sum, r) => [
				value.set(v128.splat(x.get, r * stepIn + n * FLOAT)),
				...sum.map((part, i) => part.set(madd(value.get, lefts[i].get, part.get))),
			]),
		];
		const terms = (count) => Array.from({ length: count }, (_, n) => term(n)).flat();
		const rest = depth % UNROLLED;
		const start = (i) => {
			if (bias === undefined) return f32x4.splat(0);
			return bias === true ? v128.load(i32.add(given.get, j.get), i * VECTOR) : v128.load(j.get, bias + i * VECTOR);
		};
		const tile = [
			...sums.flatMap((sum) => sum.map((part, i) => part.set(start(i)))),
			...[x.set(row.get), matrix.set(b.get), last.set(i32.add(row.get, (depth - rest) * FLOAT))],
			...repeatWhile(
				i32.lt(x.get, last.get),
				...terms(UNROLLED),
				...[x.set(i32.add(x.get, UNROLLED * FLOAT)), matrix.set(i32.add(matrix.get, UNROLLED * PANEL * FLOAT))],
			),
			...terms(rest),
			...sums.flatMap((sum, r) => sum.map((part, i) => v128.store(out.get, r * stepOut + i * VECTOR, floor(part.get)))),
		];
		return [
			...[j.set(0), end.set(i32.add(a.get, i32.mul(rows.get, stepIn)))],
			...repeatWhile(
				i32.lt(j.get, outputs * FLOAT),
				...[row.set(a.get), out.set(i32.add(c.get, j.get))],
				...repeatWhile(
					i32.lt(row.get, end.get),
					...tile,
					...[row.set(i32.add(row.get, ROWS * stepIn)), out.set(i32.add(out.get, ROWS * stepOut))],
				),
				...[b.set(i32.add(b.get, panel * PANEL * FLOAT)), j.set(i32.add(j.get, PANEL * FLOAT))],
			),
		];
	});
}

module.exports = { matrixProduct };
