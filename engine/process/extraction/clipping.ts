/**
 * How much of a waveform was cut off at the top, by the shape of what is left. Where nothing was changed since, the samples
 * lie at one value; a change of the sample rate or a lossy codec has spread them around it, so that they are a heap in the
 * histogram of sizes, with little above and less below; of speech that was cut by half, nothing stands out any more.
 * Speech as it is has ever fewer samples the larger they are.
 */
import { nthSmallest } from '../quantile';

/** Within this share of the largest sample one that was cut off untouched is. */
const AT_THE_PEAK = 0.98;
/** Share of the samples that are not at the peak by chance. */
const MANY = 0.005;
/** Different sizes between half of the peak and the peak that make it one: few bits make heaps of their own. */
const FINE = 8;
/** A peak of fewer quantization steps cannot be told from one that was cut off. */
const STEPS = 16;

/** Histogram of sizes: bins of 0.05 dB from -100 dBFS up. */
const BINS_PER_DB = 20;
const LOWEST_DB = -100;
const BINS = 130 * BINS_PER_DB;
/**
 * What a heap is: half its width; the share of its size from which it is compared with what lies below; how many times it
 * has to have what any stretch of its width has there; how much of it may lie above. All are shares.
 */
const HEAPS: ReadonlyArray<[width: number, from: number, times: number, above: number]> = [
	[0.01, 0.45, 1.25, 0.5],
	[0.03, 0.45, 1.25, 0.4],
	[0.1, 0.45, 1.25, 0.2],
	[0.2, 0.3, 2.2, 0.1],
];
/** How far below the largest sample a heap can lie: a filter's ripple reaches above it. */
const RIPPLE = 1.6;
/** Bins below that hold something; fewer are quantization. */
const FEWEST_BINS = 6;

/** From its upper quartile to its peaks, speech has 9 to 13 dB, noise 7; below this it has been cut off, dB. */
const FLAT_DB = 4.5;
/** Samples below this share of the largest are pauses; from this share of the peaks on they are cut off. */
const PAUSE = 0.05;
const CUT = 0.8;

const inBins = (ratio: number) => Math.round(20 * Math.log10(ratio) * BINS_PER_DB);

/** Samples up to each bin of size, in sum. */
function cumulated(sizes: Float32Array): { sums: Float64Array; top: number } {
	const sums = new Float64Array(BINS + 1);
	for (let i = 0; i < sizes.length; i++) {
		const bin = Math.floor((20 * Math.log10(sizes[i] as number) - LOWEST_DB) * BINS_PER_DB);
		if (bin >= 0) sums[Math.min(BINS - 1, bin) + 1]! += 1;
	}
	let top = 0;
	for (let bin = 1; bin <= BINS; bin++) {
		if (sums[bin] as number) top = bin - 1;
		sums[bin]! += sums[bin - 1] as number;
	}
	return { sums, top };
}

/** Samples of one sign that are in the heap at their top, beyond what lies there anyway. */
function heap(sizes: Float32Array): number {
	const { sums, top } = cumulated(sizes);
	const upTo = (bin: number) => sums[Math.max(0, Math.min(BINS, bin))] as number;
	let most = 0;
	for (const [width, from, times, above] of HEAPS) {
		const half = inBins(1 + width);
		const around = (bin: number) => upTo(bin + half + 1) - upTo(bin - half);
		for (let bin = top; bin >= top - inBins(RIPPLE); bin--) {
			const samples = around(bin);
			if (samples <= most || upTo(BINS) - upTo(bin + Math.round(1.5 * half) + 1) > above * samples) continue;
			let [below, largest, filled, count] = [0, 0, 0, 0];
			for (let lower = bin + inBins(from); lower < bin - Math.round(2.5 * half); lower++) {
				const others = around(lower);
				below += others;
				largest = Math.max(largest, others);
				if (upTo(lower + 1) > upTo(lower)) filled++;
				count++;
			}
			if (filled >= FEWEST_BINS && samples > times * largest) most = Math.max(most, samples - below / count);
		}
	}
	return most;
}

/** Samples that are as large as the largest one, where sizes are fine enough to tell. */
function atThePeak(sizes: Float32Array): number {
	const peak = largestOf(sizes);
	const different = new Set<number>();
	let count = 0;
	for (let i = 0; i < sizes.length; i++) {
		const size = sizes[i] as number;
		if (size >= AT_THE_PEAK * peak) count++;
		else if (size > peak / 2 && different.size < FINE) different.add(size);
	}
	return different.size >= FINE ? count : 0;
}

/** Samples at the top of a wave that is flat as a whole. @param peak the largest */
function flat(wave: Float32Array, peak: number): number {
	const sizes = new Float32Array(wave.length);
	for (let i = 0; i < wave.length; i++) sizes[i] = Math.abs(wave[i] as number);
	const loud = those(sizes, PAUSE * peak);
	const at = (share: number) => nthSmallest(loud, Math.floor(share * (loud.length - 1)));
	const high = at(0.995);
	if (20 * Math.log10(high / at(0.75)) >= FLAT_DB) return 0;
	let count = 0;
	for (let i = 0; i < loud.length; i++) if ((loud[i] as number) >= CUT * high) count++;
	return count;
}

function largestOf(sizes: Float32Array): number {
	let most = 0;
	for (let i = 0; i < sizes.length; i++) most = Math.max(most, sizes[i] as number);
	return most;
}

/** The samples times the sign that are above a bound. */
function those(samples: Float32Array, bound: number, sign = 1): Float32Array {
	const found = new Float32Array(samples.length);
	let count = 0;
	for (let i = 0; i < samples.length; i++) {
		const size = sign * (samples[i] as number);
		if (size > bound) found[count++] = size;
	}
	return found.subarray(0, count);
}

/** The samples around their mean. */
function withoutOffset(samples: Float32Array): Float32Array {
	let sum = 0;
	for (let i = 0; i < samples.length; i++) sum += samples[i] as number;
	const offset = sum / samples.length;
	const wave = new Float32Array(samples.length);
	for (let i = 0; i < wave.length; i++) wave[i] = (samples[i] as number) - offset;
	return wave;
}

/**
 * @param speech some seconds
 * @param step between two samples of the recording, of full scale 1
 * @returns how many samples were cut off, about
 */
export function clippedSamples(speech: Float32Array, step: number): number {
	const wave = withoutOffset(speech);
	const [above, below] = [those(wave, 0), those(wave, 0, -1)];
	const peak = Math.max(largestOf(above), largestOf(below));
	if (!(peak >= STEPS * step)) return 0;
	const untouched = atThePeak(above) + atThePeak(below);
	if (untouched >= MANY * speech.length) return untouched;
	return Math.max(heap(above) + heap(below), untouched, flat(wave, peak));
}

/** Between two samples of a recording, of full scale 1. @param codec FFmpeg's name */
export function quantizationStep(codec: string): number {
	return /^pcm_[su]8/.test(codec) ? 2 ** -7 : 2 ** -15;
}
