'use strict';
/**
 * The sums of the level measurement as WebAssembly: what is in parts of 40 samples, as they are and without what lies below
 * the voice. See `engine/process/vad/levelKernel.ts`.
 *
 * The filter is a high-pass of the second order: differences of the samples' differences go in, and each output y[n] is
 * f[n] - a1 y[n-1] - a2 y[n-2]. Four outputs are made at once, of the four that go in and of the last two outputs alone, so
 * that none waits for the one before it: with the filter's response h to a click,
 * y[k] = h[k] f[0] + … + h[0] f[k] + h[k+1] y[-1] - a2 h[k] y[-2].
 *
 * exports  memory
 *          measure(parts)  sums of squares of so many parts of the samples from `samples` on, before which the two samples
 *                          before lie, to `energies`: for each part two doubles, as it is and filtered. Two outputs at
 *                          `state` are carried on
 *          peak(from, to)  the largest sizes of the samples from one address to before another, in whole vectors, to `peaks`
 *          and where all that lies; `factors` are six pairs of doubles: (0, h1), (h1, h2), (h2, h3), (h3, h4) and
 *          (-a2, -a2 h1), (-a2 h2, -a2 h3)
 */
const { WasmModule, loop, op, repeatWhile } = require('./wasm.cjs');

const { i32, v128, f32x4, f64x2 } = op;
const FLOAT = 4;
const VECTOR = 16;
const PAGE = 65_536;
const PART = 40;
/** Samples that there is room for, those included that are left of a part. */
const MOST = 16_384;
const FACTORS = 6;
/** Smaller outputs are none: they would stay for ever, where a processor is a hundred times as slow. */
const NOTHING = 1e-60;

const AT = { factors: 0, state: FACTORS * VECTOR };
AT.peaks = AT.state + VECTOR;
AT.energies = AT.peaks + VECTOR;
AT.samples = AT.energies + Math.ceil(MOST / PART) * VECTOR + VECTOR;
const PAGES = Math.ceil((AT.samples + (MOST + PART) * FLOAT) / PAGE);

/** Statements that filter the four samples at `from`. */
function fourSamples(body, [zeroOne, oneTwo, twoThree, threeFour, early, late], from, { before, steps, state, asIs, filtered }) {
	const [all, x0, x2, d0, d2, f0, f2, y0] = Array.from({ length: 8 }, () => body.local('v128'));
	const { add, sub, mul, pair, promote } = f64x2;
	const square = (sum, value) => sum.set(add(sum.get, mul(value.get, value.get)));
	const times = (factor, { get }, lane) => mul(factor.get, pair(get, get, lane, lane));
	const between = (one, other) => pair(one.get, other.get, 1, 2);
	return [
		...[all.set(v128.load(from.get, 0)), x0.set(promote(all.get)), x2.set(promote(v128.shuffle(all.get, all.get, [2, 3, 2, 3])))],
		...[d0.set(sub(x0.get, between(before, x0))), d2.set(sub(x2.get, between(x0, x2)))],
		...[f0.set(sub(d0.get, between(steps, d0))), f2.set(sub(d2.get, between(d0, d2)))],
		...[square(asIs, x0), square(asIs, x2), before.set(x2.get), steps.set(d2.get)],
		y0.set(add(add(f0.get, times(zeroOne, f0, 0)), add(times(oneTwo, state, 1), times(early, state, 0)))),
		state.set(
			add(
				add(add(f2.get, times(zeroOne, f2, 0)), add(times(oneTwo, f0, 1), times(twoThree, f0, 0))),
				add(times(threeFour, state, 1), times(late, state, 0)),
			),
		),
		...[square(filtered, y0), square(filtered, state)],
	];
}

function writeMeasure(module) {
	module.func(['i32'], (body, parts) => {
		const [from, to, energies, end] = Array.from({ length: 4 }, () => body.local('i32'));
		const factors = Array.from({ length: FACTORS }, () => body.local('v128'));
		const [before, steps, state, asIs, filtered] = Array.from({ length: 5 }, () => body.local('v128'));
		const { add, sub, pair } = f64x2;
		return [
			...factors.map((factor, index) => factor.set(v128.load(AT.factors, index * VECTOR))),
			state.set(v128.load(AT.state, 0)),
			before.set(f64x2.promote(v128.load64(AT.samples - 2 * FLOAT, 0))),
			steps.set(sub(before.get, pair(before.get, before.get, 0, 0))),
			...[from.set(AT.samples), end.set(i32.add(AT.energies, i32.mul(parts.get, VECTOR)))],
			loop(
				...[energies, AT.energies, end.get, VECTOR],
				...[asIs, filtered].map((sum) => sum.set(f32x4.splat(0))),
				to.set(i32.add(from.get, PART * FLOAT)),
				repeatWhile(
					i32.lt(from.get, to.get),
					...fourSamples(body, factors, from, { before, steps, state, asIs, filtered }),
					from.set(i32.add(from.get, 4 * FLOAT)),
				),
				v128.store(energies.get, 0, add(pair(asIs.get, filtered.get, 0, 2), pair(asIs.get, filtered.get, 1, 3))),
				state.set(v128.and(state.get, f64x2.gt(f64x2.abs(state.get), f64x2.splat(NOTHING)))),
			),
			v128.store(AT.state, 0, state.get),
		];
	});
	module.export('measure');
}

function writePeak(module) {
	module.func(['i32', 'i32'], (body, from, to) => {
		const [at, most] = [body.local('i32'), body.local('v128')];
		return [
			most.set(f32x4.splat(0)),
			// What is no number is never the largest.
			loop(at, from.get, to.get, VECTOR, most.set(f32x4.pmax(most.get, f32x4.abs(v128.load(at.get, 0))))),
			v128.store(AT.peaks, 0, most.get),
		];
	});
	module.export('peak');
}

/** @returns {Buffer} the WebAssembly module */
function levelModule() {
	const module = new WasmModule();
	writeMeasure(module);
	writePeak(module);
	for (const [name, address] of Object.entries(AT)) module.constant(name, address);
	return module.bytes(PAGES);
}

module.exports = { levelModule };
