/**
 * The mel spectra written down once more as plain formulas: a discrete Fourier transform term by term, windows and
 * triangles by their textbook definitions. Slow, and made of other steps than the code it measures.
 */
import type { FbankOptions } from '../../../../../dist/engine/process/embedding/fbank.js';

const SAMPLE_RATE = 16000;

const HANN = (i: number, period: number) => Math.sin((Math.PI * i) / period) ** 2;

const WINDOWS: Record<FbankOptions['window'], (i: number, length: number) => number> = {
	rectangular: () => 1,
	hann_periodic: (i, length) => HANN(i, length),
	hanning: (i, length) => HANN(i, length - 1),
	hamming: (i, length) => 0.08 + 0.92 * HANN(i, length - 1),
	povey: (i, length) => HANN(i, length - 1) ** 0.85,
	blackman: (i, length) => {
		const hann = HANN(i, length - 1);
		// 0.42 - 0.5 cos + 0.08 cos 2x with cos = 1 - 2 hann
		return 0.42 - 0.5 * (1 - 2 * hann) + 0.08 * (2 * (1 - 2 * hann) ** 2 - 1);
	},
};

/** The signal on all whole numbers. */
function extended(signal: number[], edges: FbankOptions['edges']): (index: number) => number {
	const n = signal.length;
	const period = edges === 'mirror' ? 2 * n : 2 * n - 2;
	return (index) => {
		if (edges === 'snip' || edges === 'center_zeros') return signal[index] ?? 0;
		const place = ((index % period) + period) % period;
		return signal[place < n ? place : edges === 'mirror' ? period - 1 - place : period - place];
	};
}

/** First sample of each frame's window. */
function starts(samples: number, { edges, fftSize }: FbankOptions, length: number, shift: number): number[] {
	const all = Array.from({ length: samples }, (_, f) => f * shift);
	if (edges === 'snip') return all.filter((start) => start + length <= samples);
	if (edges === 'mirror') return all.slice(0, Math.round(samples / shift)).map((start) => start + shift / 2 - length / 2);
	return all.filter((start) => start <= samples).map((start) => start - fftSize / 2 + (fftSize - length) / 2);
}

const MEL = {
	kaldi: { from: (hz: number) => 2595 * Math.log10(1 + hz / 700), to: (mel: number) => 700 * (10 ** (mel / 2595) - 1) },
	slaney: {
		from: (hz: number) => (hz < 1000 ? (3 * hz) / 200 : 15 + (27 * Math.log(hz / 1000)) / Math.log(6.4)),
		to: (mel: number) => (mel < 15 ? (200 * mel) / 3 : 1000 * 6.4 ** ((mel - 15) / 27)),
	},
};

function triangle(x: number, [left, centre, right]: number[]): number {
	if (x <= left || x >= right) return 0;
	return x < centre ? (x - left) / (centre - left) : (right - x) / (right - centre);
}

/** Weight of a frequency in a mel bin. */
function weight(hz: number, bin: number, { melScale, melBins, lowFrequency, highFrequency }: FbankOptions): number {
	const { from, to } = MEL[melScale];
	const corners = [bin, bin + 1, bin + 2].map(
		(i) => from(lowFrequency) + (i * (from(highFrequency) - from(lowFrequency))) / (melBins + 1),
	);
	if (melScale === 'kaldi') return triangle(from(hz), corners);
	const hertz = corners.map(to);
	return (2 * triangle(hz, hertz)) / (hertz[2] - hertz[0]);
}

/** Squared magnitude of the frequency `k / size`. */
function power(frame: number[], k: number, size: number): number {
	let re = 0;
	let im = 0;
	frame.forEach((value, i) => {
		re += value * Math.cos((2 * Math.PI * k * i) / size);
		im += value * Math.sin((2 * Math.PI * k * i) / size);
	});
	return re ** 2 + im ** 2;
}

/** @returns `[frames][mels]` */
export function slowFbank(samples: Float32Array, options: FbankOptions): number[][] {
	const length = (options.frameLength * SAMPLE_RATE) / 1000;
	const shift = (options.frameShift * SAMPLE_RATE) / 1000;
	const share = options.preemphasis;
	const scaled = Array.from(samples, (sample) => sample * options.sampleScale);
	const whole =
		options.preemphasisOver === 'signal' ? scaled.map((value, i) => value - share * (i > 0 ? scaled[i - 1] : 0)) : scaled;
	const at = extended(whole, options.edges);
	return starts(samples.length, options, length, shift).map((start) => {
		const cut = Array.from({ length }, (_, i) => at(start + i));
		const mean = options.removeDcOffset ? cut.reduce((sum, value) => sum + value, 0) / length : 0;
		const flat = cut.map((value) => value - mean);
		const sharp = options.preemphasisOver === 'frame' ? flat.map((value, i) => value - share * flat[Math.max(0, i - 1)]) : flat;
		const frame = sharp.map((value, i) => value * WINDOWS[options.window](i, length));
		const spectrum = Array.from({ length: options.fftSize / 2 + 1 }, (_, k) => power(frame, k, options.fftSize));
		return Array.from({ length: options.melBins }, (_, bin) => {
			const energy = spectrum.reduce((sum, value, k) => {
				const amount = options.spectrum === 'power' ? value : Math.sqrt(value);
				return sum + amount * weight((k * SAMPLE_RATE) / options.fftSize, bin, options);
			}, 0);
			return Math.log(options.floorMode === 'add' ? energy + options.energyFloor : Math.max(energy, options.energyFloor));
		});
	});
}
