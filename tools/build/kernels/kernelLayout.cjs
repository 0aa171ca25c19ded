'use strict';
/** Where everything lies in the memory of the kernel that `sileroKernel.cjs` writes, and the sizes of what it works on. */

const HIDDEN = 128;
const GATES = 4 * HIDDEN;
const FRAMES = 4;
/** Bytes. */
const FLOAT = 4;
const VECTOR = 16;
const PAGE = 65_536;

/** Chunks per call, and chunks that go through the layers together: a multiple of the rows of a tile. */
const MOST_CHUNKS = 256;
const BLOCK = 48;
/** Rows that are multiplied together. */
const ROWS = 6;
/** Odd taps of the half-band filter to each side. */
const TAPS = 16;
/** Columns of a panel of a matrix, and outputs of the recurrence that are added up together. */
const PANEL = 8;
const OUTPUTS = 32;
/** Products that the first convolution is made of, see `kernelConvolution.cjs`. */
const PRODUCTS = 7;

/** Sizes for one sample rate: `half` the points of the complex FFT, `row` the floats from one row of bins to the next, others in samples. */
function geometry(sampleRate) {
	const half = sampleRate === 16000 ? 128 : 64;
	const bins = half + 1;
	return { half, fft: 2 * half, bins, row: bins + 3, window: 4 * half, context: half / 2, reflected: half / 2 };
}

/** Gives out room in a kernel's memory, in whole vectors, from an address on. */
class Places {
	/** @param {number} end first address that is free: bytes */
	constructor(end) {
		this.end = end;
	}

	/** @returns the address of so many numbers of 32 bits */
	place = (numbers) => {
		const at = this.end;
		this.end += Math.ceil((numbers * FLOAT) / VECTOR) * VECTOR;
		return at;
	};
}

/** Addresses in bytes. `constants` have their order in the file that goes to `file`, `tables` are part of the module. */
function layout(sampleRate) {
	const { half, fft, bins, row, window, context, reflected } = geometry(sampleRate);
	const places = new Places(1024);
	const { place } = places;
	const tables = {
		window: place(fft),
		twiddleRe: place(half),
		twiddleIm: place(half),
		splitRe: place(half / 2 + 1),
		splitIm: place(half / 2 + 1),
		order: place(half / 2),
	};
	const samples = context + window * MOST_CHUNKS;
	const halves = sampleRate === 8000;
	const data = {
		state: place(2 * HIDDEN),
		probabilities: place(MOST_CHUNKS),
		samples: place(samples + PANEL),
		taps: place(halves ? TAPS : 0),
		wide: place(halves ? 2 * (samples + 2 * TAPS) + PANEL : 0),
		even: place(halves ? samples + 2 * TAPS + PANEL : 0),
		odd: place(halves ? samples + 2 * TAPS + PANEL : 0),
		tail: place(reflected),
		re: place(4 * bins),
		im: place(4 * bins),
		spectrum: place(FRAMES * row),
		evaluated: place(PRODUCTS * BLOCK * row),
		products: place(PRODUCTS * BLOCK * 128),
		first: place(BLOCK * FRAMES * 128),
		second: place(BLOCK * 2 * 64),
		third: place(BLOCK * 64),
		fourth: place(BLOCK * 128),
		inputs: place(BLOCK * GATES),
		gates: place(GATES),
	};
	const file = places.end;
	const constants = {
		weight1: place(PRODUCTS * bins * 128),
		bias1: place(128),
		weight2: place(3 * 128 * 64),
		bias2: place(64),
		weight3: place(2 * 64 * 64),
		bias3: place(64),
		weight4: place(64 * 128),
		bias4: place(128),
		weightIn: place(128 * GATES),
		biasIn: place(GATES),
		weightState: place(HIDDEN * GATES),
		weightOut: place(HIDDEN),
		biasOut: place(1),
	};
	const fileEnd = places.end;
	// Behind all else, since only native ONNX Runtime has use for them: pages that nothing touches take no memory.
	const magnitudes = {
		leading: place(MOST_CHUNKS * 2 * bins),
		inner: place(MOST_CHUNKS * 6 * bins),
		trailing: place(MOST_CHUNKS * 2 * bins),
	};
	return { ...tables, ...data, ...constants, ...magnitudes, tables, constants, file, fileEnd, end: places.end };
}

module.exports = { BLOCK, FLOAT, FRAMES, GATES, geometry, HIDDEN, layout, OUTPUTS, PAGE, PANEL, Places, PRODUCTS, ROWS, TAPS, VECTOR };
