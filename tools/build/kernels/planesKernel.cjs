'use strict';
/**
 * Samples on their way to blocks of channels, as WebAssembly: JavaScript takes ten times as long for it. See
 * `engine/process/media/planes.ts`.
 *
 * exports  memory
 *          energy(from, end)             to `energies`: sums of squares of the samples from one address to before another
 *          separate(from, end, one, two) samples of two channels by turns to each channel by itself, with the same sums
 *          shorts(from, end, to)         whole numbers of 16 bits to samples of -1 to 1
 *          and where the four sums, of every fourth sample each, and the samples lie. All in rounds of 32 bytes, behind whose
 *          end there is read and written
 */
const { WasmModule, loop, op } = require('./wasm.cjs');

const { i32, i16x8, v128, f32x4 } = op;
const VECTOR = 16;
const ROUND = 2 * VECTOR;
/** One step of 16 bits. */
const STEP = 2 ** -15;

const AT = { energies: 0, samples: VECTOR };

/** The samples' vectors of a round, and their squares to the sums. */
function newRound(body) {
	const [samples, sums] = [0, 1].map(() => [0, 1].map(() => body.local('v128')));
	return {
		samples,
		begin: sums.map((sum) => sum.set(f32x4.splat(0))),
		take: (from) =>
			samples.flatMap((vector, i) => [
				vector.set(v128.load(from.get, i * VECTOR)),
				sums[i].set(f32x4.add(sums[i].get, f32x4.mul(vector.get, vector.get))),
			]),
		end: v128.store(AT.energies, 0, f32x4.add(sums[0].get, sums[1].get)),
	};
}

function writeEnergy(module) {
	module.func(['i32', 'i32'], (body, from, end) => {
		const [at, round] = [body.local('i32'), newRound(body)];
		return [...round.begin, loop(at, from.get, end.get, ROUND, ...round.take(at)), round.end];
	});
	module.export('energy');
}

function writeSeparate(module) {
	module.func(Array(4).fill('i32'), (body, from, end, one, two) => {
		const [at, round] = [body.local('i32'), newRound(body)];
		const [a, b] = round.samples;
		return [
			...round.begin,
			loop(
				...[at, from.get, end.get, ROUND],
				...round.take(at),
				v128.store(one.get, 0, v128.shuffle(a.get, b.get, [0, 2, 4, 6])),
				v128.store(two.get, 0, v128.shuffle(a.get, b.get, [1, 3, 5, 7])),
				...[one, two].map((address) => address.set(i32.add(address.get, VECTOR))),
			),
			round.end,
		];
	});
	module.export('separate');
}

function writeShorts(module) {
	module.func(Array(3).fill('i32'), (body, from, end, to) => {
		const [at, numbers] = [body.local('i32'), body.local('v128')];
		const sample = (whole) => f32x4.mul(f32x4.convert(whole), f32x4.splat(STEP));
		return [
			loop(
				...[at, from.get, end.get, ROUND],
				...[0, 1].flatMap((half) => [
					numbers.set(v128.load(at.get, half * VECTOR)),
					v128.store(to.get, 2 * half * VECTOR, sample(i16x8.extendLow(numbers.get))),
					v128.store(to.get, (2 * half + 1) * VECTOR, sample(i16x8.extendHigh(numbers.get))),
				]),
				to.set(i32.add(to.get, 2 * ROUND)),
			),
		];
	});
	module.export('shorts');
}

/** @returns {Buffer} the WebAssembly module */
function planesModule() {
	const module = new WasmModule();
	writeEnergy(module);
	writeSeparate(module);
	writeShorts(module);
	for (const [name, address] of Object.entries(AT)) module.constant(name, address);
	return module.bytes(1);
}

module.exports = { planesModule };
