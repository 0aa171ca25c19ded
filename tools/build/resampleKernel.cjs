'use strict';
/**
 * The inner loop of the resampler as WebAssembly: each sample of the output is a sum of products of samples of the input
 * with the filter of its phase. See `engine/process/media/resampling/`.
 *
 * exports  memory
 *          resample(input, filters, output, stride, samples, phase, taps, whole, part, phases): `input` is the address of
 *          the first sample that the first output sample is made of, `filters` that of the filters, one for each of the
 *          `phases`; output samples lie `stride` bytes apart, and from one to the next the input moves on by `whole` bytes
 *          and `part` phases. `taps` of a filter: bytes, a multiple of two vectors.
 */
const { WasmModule, loop, op, repeatWhile, when } = require('./wasm.cjs');

const { i32, f32, v128, f32x4 } = op;
const FLOAT = 4;
const VECTOR = 16;
const PARAMETERS = 10;

/** @returns {Buffer} the WebAssembly module */
function resampleModule() {
	const module = new WasmModule();
	module.func(Array(PARAMETERS).fill('i32'), (body, input, filters, output, stride, samples, phase, taps, whole, part, phases) => {
		const [i, from, filter, last] = Array.from({ length: 4 }, () => body.local('i32'));
		const [s0, s1] = [body.local('v128'), body.local('v128')];
		const add = (sum, place) => sum.set(f32x4.add(sum.get, f32x4.mul(v128.load(from.get, place), v128.load(filter.get, place))));
		const sum = f32x4.add(s0.get, s1.get);
		return [
			loop(
				...[i, 0, samples.get, 1],
				...[s0.set(f32x4.splat(0)), s1.set(f32x4.splat(0)), from.set(input.get)],
				filter.set(i32.add(filters.get, i32.mul(phase.get, taps.get))),
				last.set(i32.add(filter.get, taps.get)),
				repeatWhile(
					i32.lt(filter.get, last.get),
					...[add(s0, 0), add(s1, VECTOR)],
					...[from, filter].map((address) => address.set(i32.add(address.get, 2 * VECTOR))),
				),
				s0.set(sum),
				f32.store(output.get, 0, [0, 1, 2, 3].map((lane) => f32x4.lane(s0.get, lane)).reduce(f32.add)),
				output.set(i32.add(output.get, stride.get)),
				input.set(i32.add(input.get, whole.get)),
				phase.set(i32.add(phase.get, part.get)),
				when(i32.lt(i32.sub(phases.get, 1), phase.get), phase.set(i32.sub(phase.get, phases.get)), input.set(i32.add(input.get, FLOAT))),
			),
		];
	});
	module.export('resample');
	return module.bytes(1);
}

module.exports = { resampleModule };
