'use strict';
/** Functions of WebAssembly on rows in the memory, which more than one kernel has. Sizes are in bytes, multiples of a vector. */
const { loop, op } = require('./wasm.cjs');
const { VECTOR } = require('./kernelLayout.cjs');

const { i32, v128, f32x4 } = op;

/** Exports `clear(from, times, row, bytes)`: zeros, so many bytes in each row. */
function exportClear(module) {
	module.func(['i32', 'i32', 'i32', 'i32'], (body, from, times, row, bytes) => {
		const [i, at] = [body.local('i32'), body.local('i32')];
		return [
			loop(
				...[i, 0, times.get, 1],
				loop(...[at, from.get, i32.add(from.get, bytes.get), VECTOR], v128.store(at.get, 0, f32x4.splat(0))),
				from.set(i32.add(from.get, row.get)),
			),
		];
	});
	module.export('clear');
}

module.exports = { exportClear };
