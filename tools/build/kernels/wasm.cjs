'use strict';
/**
 * A small assembler for WebAssembly: functions written as JavaScript expressions in, the bytes of a module out. Used at
 * build time only. An expression is an array of bytes that leaves one value on the stack, a statement one that leaves
 * none; JavaScript's own functions and loops are the macros.
 */

/** @param {number} value unsigned */
function leb(value) {
	const bytes = [];
	do {
		const rest = value >>> 7;
		bytes.push((value & 0x7f) | (rest ? 0x80 : 0));
		value = rest;
	} while (value);
	return bytes;
}

/** @param {number} value signed, 32 bits */
function signedLeb(value) {
	const bytes = [];
	for (;;) {
		const byte = value & 0x7f;
		value >>= 7;
		if ((value === 0 && !(byte & 0x40)) || (value === -1 && byte & 0x40)) return [...bytes, byte];
		bytes.push(byte | 0x80);
	}
}

const TYPES = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
const NO_RESULT = 0x40;

/** Bytes of a vector of what is already bytes. */
const vector = (items) => [...leb(items.length), ...items.flat()];
const section = (id, bytes) => [id, ...leb(bytes.length), ...bytes];
const name = (text) => vector([...Buffer.from(text)]);

const double = (value) => [0x44, ...Buffer.from(Float64Array.of(value).buffer)];
const float = (value) => [0x43, ...Buffer.from(Float32Array.of(value).buffer)];
const int = (value) => (typeof value === 'number' ? [0x41, ...signedLeb(value)] : value);
const binary = (opcode) => (a, b) => [...int(a), ...int(b), opcode];
const simd = (opcode) => (...operands) => [...operands.flat(), 0xfd, ...leb(opcode)];
/** Addresses are expressions or numbers; alignment is only a hint. */
const access = (opcode, lane) => (address, offset, ...values) => [
	...int(address),
	...values.flatMap((value) => (Array.isArray(value) ? value : [])),
	...opcode,
	0,
	...leb(offset ?? 0),
	...(lane ? [values.at(-1)] : []),
];
const simdAccess = (opcode, lane) => access([0xfd, ...leb(opcode)], lane);

/** Instructions, by the names of WebAssembly's text format. */
const op = {
	i32: {
		add: binary(0x6a),
		sub: binary(0x6b),
		mul: binary(0x6c),
		shl: binary(0x74),
		shr: binary(0x76),
		lt: binary(0x48),
		load: access([0x28]),
	},
	f32: {
		load: access([0x2a]),
		store: access([0x38]),
		add: binary(0x92),
	},
	v128: {
		load: simdAccess(0x00),
		/** Half a vector, zeros behind it. */
		load64: simdAccess(0x5d),
		store: simdAccess(0x0b),
		splat: simdAccess(0x09),
		/** (address, offset, vector, lane) */
		storeLane: simdAccess(0x5a, true),
		/** Of two lanes. */
		storeHalf: simdAccess(0x5b, true),
		and: simd(0x4e),
		/** @param {number[]} lanes four of 0 to 7: those of the first vector, then those of the second */
		shuffle: (a, b, lanes) => [...a, ...b, 0xfd, 0x0d, ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte))],
	},
	i16x8: {
		/** The first four lanes, and the last four, to whole numbers of 32 bits. */
		extendLow: simd(0xa7),
		extendHigh: simd(0xa8),
	},
	i32x4: {
		splat: (value) => [...int(value), 0xfd, 0x11],
		shl: (a, bits) => [...a, ...int(bits), 0xfd, ...leb(0xab)],
		/** The sign is kept. */
		shr: (a, bits) => [...a, ...int(bits), 0xfd, ...leb(0xac)],
		add: simd(0xae),
		sub: simd(0xb1),
	},
	f32x4: {
		splat: (value) => [...(typeof value === 'number' ? float(value) : value), 0xfd, 0x13],
		lane: (a, lane) => [...a, 0xfd, 0x1f, lane],
		/** Of whole numbers. */
		convert: simd(0xfa),
		abs: simd(0xe0),
		neg: simd(0xe1),
		sqrt: simd(0xe3),
		add: simd(0xe4),
		sub: simd(0xe5),
		mul: simd(0xe6),
		div: simd(0xe7),
		pmin: simd(0xea),
		pmax: simd(0xeb),
		/** a * b + c, rounded once or twice, as the machine is faster */
		relaxedMadd: simd(0x105),
	},
	f64x2: {
		splat: (value) => [...double(value), 0xfd, 0x14],
		/** Two lanes of 0 to 3: those of the first vector, then those of the second. */
		pair: (a, b, one, other) => op.v128.shuffle(a, b, [one, other].flatMap((lane) => [2 * lane, 2 * lane + 1])),
		/** Of the first two floats. */
		promote: simd(0x5f),
		gt: simd(0x4a),
		abs: simd(0xec),
		add: simd(0xf0),
		sub: simd(0xf1),
		mul: simd(0xf2),
	},
};

/** A function's body while it is written. */
class Body {
	constructor(parameters) {
		this.types = [...parameters];
	}

	/** A variable: `get` is an expression, `set(expression)` a statement. */
	local(type) {
		this.types.push(type);
		return this.variable(this.types.length - 1);
	}

	variable(index) {
		return { get: [0x20, ...leb(index)], set: (value) => [...int(value), 0x21, ...leb(index)] };
	}

	/** A variable that holds a value: [the variable, the statement that sets it]. */
	let(type, value) {
		const variable = this.local(type);
		return [variable, variable.set(value)];
	}
}

/** Repeats statements while the condition that is looked at behind them holds: at least once. */
const repeatWhile = (condition, ...statements) => [0x03, NO_RESULT, ...statements.flat(), ...condition, 0x0d, 0, 0x0b];
const when = (condition, ...statements) => [...condition, 0x04, NO_RESULT, ...statements.flat(), 0x0b];

/** For a variable from `start` below `end` in steps; the body is left out where there is none. */
const loop = (variable, start, end, step, ...statements) => [
	...variable.set(start),
	...when(
		op.i32.lt(variable.get, end),
		repeatWhile(op.i32.lt(variable.get, end), ...statements, variable.set(op.i32.add(variable.get, step))),
	),
];

class WasmModule {
	constructor() {
		this.types = [];
		this.bodies = [];
		this.globals = [];
		this.exports = [];
		this.contents = [];
	}

	/** Numbers that lie in the memory from the start. @param {Float32Array | Int32Array} values */
	data(address, values) {
		this.contents.push([0, ...int(address), 0x0b, ...vector([...Buffer.from(values.buffer, values.byteOffset, values.byteLength)])]);
	}

	/** Makes a whole number readable from outside. */
	constant(text, value) {
		this.exports.push([...name(text), 0x03, ...leb(this.globals.length)]);
		this.globals.push([TYPES.i32, 0, ...int(value), 0x0b]);
	}

	/**
	 * @param {string[]} parameters types
	 * @param {(body: Body, ...parameters: object[]) => number[][]} write statements
	 * @returns a macro that calls the function
	 */
	func(parameters, write) {
		const index = this.bodies.length;
		const body = new Body(parameters);
		const code = write(body, ...parameters.map((_, i) => body.variable(i))).flat();
		const locals = vector(body.types.slice(parameters.length).map((type) => [1, TYPES[type]]));
		const bytes = [...locals, ...code, 0x0b];
		this.types.push([0x60, ...vector(parameters.map((type) => [TYPES[type]])), ...vector([])]);
		this.bodies.push([...leb(bytes.length), ...bytes]);
		return (...operands) => [...operands.flatMap(int), 0x10, ...leb(index)];
	}

	/** Makes the function that was written last callable from outside. */
	export(text) {
		this.exports.push([...name(text), 0x00, ...leb(this.bodies.length - 1)]);
	}

	/** @param {number} pages of memory, 64 KiB each @returns {Buffer} */
	bytes(pages) {
		return Buffer.from([
			...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
			...section(1, vector(this.types)),
			...section(3, vector(this.bodies.map((_, index) => leb(index)))),
			...section(5, vector([[0, ...leb(pages)]])),
			...section(6, vector(this.globals)),
			...section(7, vector([...this.exports, [...name('memory'), 0x02, 0]])),
			...section(10, vector(this.bodies)),
			...(this.contents.length > 0 ? section(11, vector(this.contents)) : []),
		]);
	}
}

module.exports = { WasmModule, loop, op, repeatWhile, when };
