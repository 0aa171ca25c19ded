'use strict';
/** What the kernels of the voiceprint models have in common: modules of layers, which are called from outside one by one. */
const { WasmModule, loop, op } = require('./wasm.cjs');
const { FLOAT, VECTOR } = require('./kernelLayout.cjs');
const { matrixProduct } = require('./kernelProduct.cjs');

const { i32, v128, f32x4 } = op;

class LayerKernel {
	/** @param madd (a, b, c): a · b + c */
	constructor(madd) {
		this.module = new WasmModule();
		this.madd = madd;
	}

	/** @param {number} parameters how many whole numbers it takes @param write as that of `WasmModule.func` */
	export(name, parameters, write) {
		this.module.func(Array(parameters).fill('i32'), write);
		this.module.export(name);
	}

	/** A product as it is: (rows, from, weights, to), or (rows, from, weights, to, bias). @param sizes see `matrixProduct` */
	product(name, sizes) {
		const product = matrixProduct(this.module, this.madd, sizes);
		this.export(name, sizes.bias ? 5 : 4, (_, ...parameters) => [product(...parameters.map(({ get }) => get))]);
	}

	/** The products of all places of a tile: (rows, planes, weights, products, plane), from one plane to the next so many bytes. */
	multiply(name, places, sizes) {
		const product = matrixProduct(this.module, this.madd, sizes);
		this.export(name, 5, (body, rows, planes, weights, products, plane) => {
			const place = body.local('i32');
			return [
				loop(
					...[place, 0, places, 1],
					product(rows.get, planes.get, weights.get, products.get),
					...[planes, products].map((address) => address.set(i32.add(address.get, plane.get))),
					weights.set(i32.add(weights.get, sizes.depth * sizes.outputs * FLOAT)),
				),
			];
		});
	}

	/** Zeros: (from, times, row, bytes), so many bytes in each row. */
	clear() {
		this.export('clear', 4, (body, from, times, row, bytes) => {
			const [i, at] = [body.local('i32'), body.local('i32')];
			return [
				loop(
					...[i, 0, times.get, 1],
					loop(...[at, from.get, i32.add(from.get, bytes.get), VECTOR], v128.store(at.get, 0, f32x4.splat(0))),
					from.set(i32.add(from.get, row.get)),
				),
			];
		});
	}
}

module.exports = { LayerKernel };
