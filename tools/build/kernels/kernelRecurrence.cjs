'use strict';
/**
 * LSTMs with as many numbers as Silero's, one step at a time, and what follows Silero's. Its weights and biases come
 * multiplied with SIGMOID and TANH, which make powers of 2 of each function.
 */
const { loop, op } = require('./wasm.cjs');
const { FLOAT, GATES, HIDDEN, OUTPUTS, VECTOR } = require('./kernelLayout.cjs');
const { powerOfTwo, SIGMOID, TANH } = require('./kernelFunctions.cjs');

const { i32, f32, v128, f32x4 } = op;
const { add, sub, mul, div } = f32x4;

/** Rows of the state's matrix in one turn of the loop. */
const UNROLLED = 4;

/** What makes powers of 2 of the gates input, forget, cell, output. */
const GATE_SCALES = [SIGMOID, SIGMOID, TANH, SIGMOID];

class Recurrence {
	/**
	 * @param at addresses: `state` (h, then c), `gates`; for `chunk` also `weightState`, `weightOut`, `biasOut`
	 * @param madd (a, b, c): a · b + c
	 */
	constructor(module, at, madd) {
		Object.assign(this, { module, at, madd });
	}

	power(result, x, whole) {
		return powerOfTwo(this.madd, result, x, whole);
	}

	/** The state's part of the gates, added to what is at `from`. */
	addState(body, from, weights) {
		const { at } = this;
		const [j, h, weight] = ['i32', 'i32', 'i32'].map((type) => body.local(type));
		const sums = Array.from({ length: OUTPUTS / 4 }, () => body.local('v128'));
		const x = body.local('v128');
		const row = (n) => [
			x.set(v128.splat(h.get, at.state + n * FLOAT)),
			...sums.map((sum, i) => sum.set(this.madd(x.get, v128.load(weight.get, n * OUTPUTS * FLOAT + i * VECTOR), sum.get))),
		];
		return [
			weight.set(weights),
			...loop(
				...[j, 0, GATES * FLOAT, OUTPUTS * FLOAT],
				...sums.map((sum, i) => sum.set(v128.load(i32.add(from.get, j.get), i * VECTOR))),
				loop(
					...[h, 0, HIDDEN * FLOAT, UNROLLED * FLOAT],
					...Array.from({ length: UNROLLED }, (_, n) => row(n)).flat(),
					weight.set(i32.add(weight.get, UNROLLED * OUTPUTS * FLOAT)),
				),
				...sums.map((sum, i) => v128.store(j.get, at.gates + i * VECTOR, sum.get)),
			),
		];
	}

	/**
	 * The new state from the gates.
	 * @param scales of the gates input, forget, cell and output; absent: they come multiplied
	 * @param use (j, h): statements for each vector of the state, j bytes behind its beginning
	 */
	step(body, use, scales) {
		const { at } = this;
		const j = body.local('i32');
		const [one, input, forget, cell, output, whole, state] = Array.from({ length: 7 }, () => body.local('v128'));
		const gate = (index) => {
			const value = v128.load(j.get, at.gates + index * HIDDEN * FLOAT);
			return scales ? mul(f32x4.splat(scales[index]), value) : value;
		};
		const cells = at.state + HIDDEN * FLOAT;
		const gates = [input, forget, cell, output].flatMap((variable, index) => this.power(variable, gate(index), whole));
		const more = (variable) => add(one.get, variable.get);
		const less = (variable) => sub(one.get, variable.get);
		return [
			one.set(f32x4.splat(1)),
			...loop(
				...[j, 0, HIDDEN * FLOAT, VECTOR],
				...gates,
				// Sigmoids and the hyperbolic tangent with one division: state · 1/(1+f) + (1-c) / ((1+i) (1+c)).
				input.set(mul(more(input), more(cell))),
				state.set(
					div(
						add(mul(v128.load(j.get, cells), input.get), mul(less(cell), more(forget))),
						mul(input.get, more(forget)),
					),
				),
				v128.store(j.get, cells, state.get),
				...this.power(cell, mul(f32x4.splat(TANH), state.get), whole),
				state.set(div(less(cell), mul(more(cell), more(output)))),
				v128.store(j.get, at.state, state.get),
				...use(j, state),
			),
		];
	}

	/** @returns a function (from, weights, to): gates at `from` without the state's part, in the order of GATE_SCALES; h to `to`. */
	hidden() {
		return this.module.func(['i32', 'i32', 'i32'], (body, from, weights, to) => [
			...this.addState(body, from, weights.get),
			...this.step(body, (j, h) => v128.store(i32.add(to.get, j.get), 0, h.get), GATE_SCALES),
		]);
	}

	/** @returns a function (from, to): gates at `from` without the state's part, the probability to `to`. */
	chunk() {
		const { at } = this;
		return this.module.func(['i32', 'i32'], (body, from, to) => {
			const [total, power, whole] = Array.from({ length: 3 }, () => body.local('v128'));
			const sum = [0, 1, 2, 3].map((lane) => f32x4.lane(total.get, lane)).reduce(f32.add);
			return [
				...this.addState(body, from, at.weightState),
				total.set(f32x4.splat(0)),
				...this.step(body, (j, h) => total.set(this.madd(f32x4.pmax(f32x4.splat(0), h.get), v128.load(j.get, at.weightOut), total.get))),
				...this.power(power, f32x4.splat(f32.add(sum, f32.load(0, at.biasOut))), whole),
				f32.store(to.get, 0, f32x4.lane(div(f32x4.splat(1), add(f32x4.splat(1), power.get)), 0)),
			];
		});
	}
}

module.exports = { GATE_SCALES, Recurrence };
