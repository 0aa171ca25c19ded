'use strict';
/**
 * The inner loops of the resampler as WebAssembly: each sample of the output is a sum of products of samples of the input
 * with the filter of its phase. All output samples of one phase are made before those of the next: their filter is loaded
 * for several at once, and all filters together are more than what a processor has at hand. See
 * `engine/process/media/resampling/`.
 *
 * exports  memory
 *          one(input, apart, filters, output, stride, samples, phase, taps, whole, part, phases): `input` is the address of
 *          the first sample that the first output sample is made of, `filters` that of the filters, one for each of the
 *          `phases`; output samples lie `stride` bytes apart, and from one to the next the input moves on by `whole` bytes
 *          and `part` phases. `taps` of a filter: bytes, a multiple of two vectors.
 *          two(…) the same for two channels, whose inputs lie `apart` bytes apart and whose outputs lie side by side
 *          separate(from, to, apart, end): samples of two channels by turns, from one address to before another, to
 *          each channel by itself; in whole vectors, behind which there may be written
 */
const { WasmModule, loop, op, repeatWhile, when } = require('./wasm.cjs');
const { multiplyAdd } = require('./kernelFunctions.cjs');

const { i32, v128, f32x4 } = op;
const FLOAT = 4;
const VECTOR = 16;
const PARAMETERS = 11;
/** Vectors of a filter in one round, which are added up apart so that none waits for the other. */
const AT_ONCE = 2;
/** Sums in one round. */
const MOST_SUMS = 4;

/** The sums of the lanes of each of up to four vectors, side by side in the first. */
function lanesOf(sums) {
	const { add } = f32x4;
	const [a, b = a, c = a, d = b] = sums;
	const halves = (one, other) => add(v128.shuffle(one.get, other.get, [0, 4, 1, 5]), v128.shuffle(one.get, other.get, [2, 6, 3, 7]));
	const quarters = (one, other) => add(v128.shuffle(one.get, other.get, [0, 1, 4, 5]), v128.shuffle(one.get, other.get, [2, 3, 6, 7]));
	return [a.set(halves(a, b)), ...(sums.length > 2 ? [c.set(halves(c, d))] : []), a.set(quarters(a, c))];
}

const moveOn = (address, bytes) => address.set(i32.add(address.get, bytes));

/** @param {number} channels one or two */
function writeResample(module, channels, madd) {
	module.func(Array(PARAMETERS).fill('i32'), (body, input, apart, filters, output, stride, samples, phase, taps, whole, part, phases) => {
		const [i, filter, last, from, to, left, period, again] = Array.from({ length: 8 }, () => body.local('i32'));
		const inputs = Array.from({ length: MOST_SUMS }, () => body.local('i32'));
		const factor = body.local('v128');
		const sums = inputs.map(() => Array.from({ length: AT_ONCE }, () => body.local('v128')));
		/** So many output samples of one phase. */
		const samplesAtOnce = (count) => {
			const used = sums.slice(0, count * channels);
			return [
				...used.flat().map((sum) => sum.set(f32x4.splat(0))),
				...used.flatMap((_, n) => [inputs[n].set(n % channels === 0 ? from.get : i32.add(from.get, apart.get)), ...((n + 1) % channels === 0 ? [moveOn(from, period.get)] : [])]),
				filter.set(i32.add(filters.get, i32.mul(phase.get, taps.get))),
				last.set(i32.add(filter.get, taps.get)),
				repeatWhile(
					i32.lt(filter.get, last.get),
					...Array.from({ length: AT_ONCE }, (_, at) => [
						factor.set(v128.load(filter.get, at * VECTOR)),
						...used.map((sum, n) => sum[at].set(madd(v128.load(inputs[n].get, at * VECTOR), factor.get, sum[at].get))),
					]).flat(),
					...[...inputs.slice(0, used.length), filter].map((address) => moveOn(address, AT_ONCE * VECTOR)),
				),
				...used.map(([a, b]) => a.set(f32x4.add(a.get, b.get))),
				...lanesOf(used.map(([sum]) => sum)),
				...Array.from({ length: count }, (_, n) => [
					(channels === 1 ? v128.storeLane : v128.storeHalf)(to.get, 0, sums[0][0].get, n),
					moveOn(to, i32.mul(stride.get, phases.get)),
				]).flat(),
				left.set(i32.sub(left.get, i32.mul(phases.get, count))),
			];
		};
		const most = MOST_SUMS / channels;
		return [
			period.set(i32.add(i32.mul(phases.get, whole.get), i32.mul(part.get, FLOAT))),
			// From there on the phases come again.
			again.set(samples.get),
			when(i32.lt(phases.get, samples.get), again.set(phases.get)),
			loop(
				...[i, 0, again.get, 1],
				...[from.set(input.get), to.set(output.get), left.set(i32.sub(samples.get, i.get))],
				when(i32.lt(i32.mul(phases.get, most - 1), left.get), repeatWhile(i32.lt(i32.mul(phases.get, most - 1), left.get), ...samplesAtOnce(most))),
				when(i32.lt(0, left.get), repeatWhile(i32.lt(0, left.get), ...samplesAtOnce(1))),
				...[moveOn(output, stride.get), moveOn(input, whole.get), moveOn(phase, part.get)],
				when(i32.lt(i32.sub(phases.get, 1), phase.get), phase.set(i32.sub(phase.get, phases.get)), moveOn(input, FLOAT)),
			),
		];
	});
	module.export(channels === 1 ? 'one' : 'two');
}

function writeSeparate(module) {
	module.func(Array(4).fill('i32'), (body, from, to, apart, end) => {
		const [other, a, b] = [body.local('i32'), body.local('v128'), body.local('v128')];
		const at = body.local('i32');
		return [
			other.set(i32.add(to.get, apart.get)),
			loop(
				...[at, from.get, end.get, 2 * VECTOR],
				...[a.set(v128.load(at.get, 0)), b.set(v128.load(at.get, VECTOR))],
				v128.store(to.get, 0, v128.shuffle(a.get, b.get, [0, 2, 4, 6])),
				v128.store(other.get, 0, v128.shuffle(a.get, b.get, [1, 3, 5, 7])),
				...[to, other].map((address) => address.set(i32.add(address.get, VECTOR))),
			),
		];
	});
	module.export('separate');
}

/** @param {boolean} isRelaxed with multiplying and adding at once @returns {Buffer} the WebAssembly module */
function resampleModule(isRelaxed) {
	const module = new WasmModule();
	const madd = multiplyAdd(isRelaxed);
	writeResample(module, 1, madd);
	writeResample(module, 2, madd);
	writeSeparate(module);
	return module.bytes(1);
}

module.exports = { resampleModule };
