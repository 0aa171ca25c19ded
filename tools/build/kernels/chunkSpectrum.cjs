'use strict';
/** The spectrum of a chunk of Silero VAD as functions of WebAssembly: of its four frames at once. */
const { loop, op } = require('./wasm.cjs');
const { FLOAT, FRAMES, VECTOR } = require('./kernelLayout.cjs');
const { Spectrum } = require('./kernelSpectrum.cjs');

const { i32, v128, f32x4 } = op;

class ChunkSpectrum extends Spectrum {
	sized(power) {
		return f32x4.sqrt(power);
	}

	/** The points in the order of reversed bits, windowed, from the chunk at `x` with its context. */
	gather(body, x, i) {
		const { at, size } = this;
		const { half, fft, window, context, reflected } = size;
		const [from, to] = [body.local('i32'), body.local('i32')];
		const frames = Array.from({ length: FRAMES }, () => body.local('v128'));
		const mixed = Array.from({ length: FRAMES }, () => body.local('v128'));
		const [{ get: first }] = frames;
		/** The last frame reaches beyond the chunk, and is reflected there. */
		const makeTail = loop(
			...[i, 0, reflected * FLOAT, VECTOR],
			from.set(i32.sub(i32.add(x.get, FLOAT * (window + context - 5)), i.get)),
			frames[0].set(v128.load(from.get, 0)),
			v128.store(i.get, at.tail, v128.shuffle(first, first, [3, 2, 1, 0])),
		);
		const inner = [0, 1, 2].map((n) => v128.load(from.get, n * FLOAT * half));
		/** @param last what is loaded of the last frame */
		const four = (last) => [from.set(i32.add(x.get, i.get)), ...this.gatherFour(i, to, frames, mixed, [...inner, last])];
		const whole = (fft - reflected) * FLOAT;
		return [
			...makeTail,
			...loop(i, 0, whole, VECTOR, ...four(v128.load(from.get, 3 * FLOAT * half))),
			...loop(i, whole, fft * FLOAT, VECTOR, ...four(v128.load(i.get, at.tail - whole))),
		];
	}

	/** @returns a function (x): magnitudes of the chunk at `x` (with its context) to `spectrum`, a vector of four frames for each bin. */
	magnitudes() {
		return this.module.func(['i32'], (body, x) => {
			const [i, j] = [body.local('i32'), body.local('i32')];
			return [...this.gather(body, x, i), ...this.transform(body, i, j), ...this.split(body, i, j)];
		});
	}

	/** Statements that turn four bins at `i` to a vector of bins for each frame. */
	turned(body, i) {
		const bins = Array.from({ length: FRAMES }, () => body.local('v128'));
		const mixed = Array.from({ length: FRAMES }, () => body.local('v128'));
		const frames = Array.from({ length: FRAMES }, () => body.local('v128'));
		const [b0, b1, b2, b3] = bins.map(({ get }) => get);
		const [m0, m1, m2, m3] = mixed.map(({ get }) => get);
		const statements = [
			...bins.map((bin, n) => bin.set(v128.load(i.get, this.at.spectrum + n * VECTOR))),
			...[[b0, b1, 0], [b0, b1, 2], [b2, b3, 0], [b2, b3, 2]].map(([a, b, lane], n) => mixed[n].set(v128.shuffle(a, b, [lane, lane + 4, lane + 1, lane + 5]))),
			...[[m0, m2, 0], [m0, m2, 2], [m1, m3, 0], [m1, m3, 2]].map(([a, b, lane], n) => frames[n].set(v128.shuffle(a, b, [lane, lane + 1, lane + 4, lane + 5]))),
		];
		return { statements, frames };
	}

	/** @returns a function (leading, inner, trailing): what lies at `spectrum` to where the convolution's inputs are side by side. */
	spread() {
		const { at, size } = this;
		const frame = size.bins * FLOAT;
		return this.module.func(['i32', 'i32', 'i32'], (body, leading, inner, trailing) => {
			const [i, k] = [body.local('i32'), body.local('i32')];
			const { statements, frames } = this.turned(body, i);
			const [leadingFrames, innerFrames, trailingFrames] = [[0, 1], [0, 1, 2, 1, 2, 3], [2, 3]];
			const targets = [[leading, leadingFrames], [inner, innerFrames], [trailing, trailingFrames]];
			const places = targets.flatMap(([target, from]) => from.map((index, n) => ({ target, index, offset: n * frame })));
			const last = size.half * FLOAT;
			return [
				loop(
					...[i, 0, size.half * VECTOR, FRAMES * VECTOR],
					...[...statements, k.set(i32.shr(i.get, 2))],
					...places.map(({ target, index, offset }) => v128.store(i32.add(target.get, k.get), offset, frames[index].get)),
				),
				frames[0].set(v128.load(i.get, at.spectrum)),
				...places.map(({ target, index, offset }) => v128.storeLane(target.get, offset + last, frames[0].get, index)),
			];
		});
	}
}

module.exports = { ChunkSpectrum };
