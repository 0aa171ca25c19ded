/**
 * The low-pass filters of FFmpeg's default resampler (libswresample: 32 zero crossings, cut-off at 0.97 of the lower
 * Nyquist frequency, Kaiser window of 9), so that our samples are FFmpeg's within rounding.
 */
const ZERO_CROSSINGS = 32;
const CUT_OFF = 0.97;
const KAISER = 9;
/** Filters are as long as a multiple of this, filled up with zeros. */
export const ALIGNMENT = 8;

export interface FilterBank {
	/** One filter of `stride` numbers for each phase. */
	filters: Float32Array;
	phases: number;
	stride: number;
	/** Numbers of a filter that count, and the one in its middle. */
	taps: number;
	centre: number;
	/** Of the input from one output sample to the next: whole samples, and phases. */
	whole: number;
	part: number;
	/** Both rates are the same. */
	isNeedless: boolean;
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function bessel(x: number): number {
	let term = 1;
	let sum = 1;
	for (let k = 1; term > 1e-18 * sum; k++) {
		term *= (x / (2 * k)) ** 2;
		sum += term;
	}
	return sum;
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

/** The one that was made last: most files of a workflow have one rate. */
let latest: { from: number; to: number; bank: FilterBank } | undefined;

/** @param from, to sample rates, Hz @returns what others may have too: it is not to be changed */
export function filterBank(from: number, to: number): FilterBank {
	if (latest?.from !== from || latest.to !== to) latest = { from, to, bank: newFilterBank(from, to) };
	return latest.bank;
}

function newFilterBank(from: number, to: number): FilterBank {
	const common = divisor(from, to);
	const phases = to / common;
	const step = from / common;
	const factor = Math.min(1, (to * CUT_OFF) / from);
	const taps = 2 * Math.ceil(ZERO_CROSSINGS / factor / 2);
	const stride = Math.ceil(taps / ALIGNMENT) * ALIGNMENT;
	const centre = Math.floor((taps - 1) / 2);
	const weight = (phase: number, tap: number) => {
		const x = Math.PI * (tap - centre - phase / phases) * factor;
		const inWindow = (2 * x) / (factor * taps * Math.PI);
		return (x === 0 ? 1 : Math.sin(x) / x) * bessel(KAISER * Math.sqrt(Math.max(0, 1 - inWindow ** 2)));
	};
	let sum = 0;
	for (let tap = 0; tap < taps; tap++) sum += weight(0, tap);
	const filters = new Float32Array(phases * stride);
	for (let phase = 0; phase < phases; phase++) {
		for (let tap = 0; tap < taps; tap++) filters[phase * stride + tap] = weight(phase, tap) / sum;
	}
	return { filters, phases, stride, taps, centre, whole: Math.floor(step / phases), part: step % phases, isNeedless: from === to };
}
