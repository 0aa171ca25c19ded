/**
 * Logarithmic mel spectra ("fbank") as Kaldi, torchaudio's Kaldi functions and NeMo compute them, for models whose
 * graph starts behind them. Float64 inside, without dither.
 */
import { SAMPLE_RATE } from '../audio';
import { RealFft } from '../fft';
import { countFrames, readFrame, windowWeights, type Edges, type Framing, type WindowType } from './framing';
import { melBanks, type MelBank, type MelOptions } from './mel';

export interface FbankOptions extends MelOptions {
	/** What samples of -1 to 1 are multiplied with: 32768 for models trained on 16-bit numbers, else 1. */
	sampleScale: number;
	/** Milliseconds. */
	frameLength: number;
	/** Milliseconds. */
	frameShift: number;
	edges: Edges;
	/** Subtract the mean of each frame. */
	removeDcOffset: boolean;
	/** Share of the sample before that is subtracted from each sample; 0 for none. */
	preemphasis: number;
	/** Kaldi does it frame by frame, NeMo over the whole signal. */
	preemphasisOver: 'frame' | 'signal';
	window: WindowType;
	spectrum: 'power' | 'magnitude';
	/** Keeps the logarithm finite. */
	energyFloor: number;
	/** `clamp`: energies below the floor are raised to it. `add`: the floor is added to all. */
	floorMode: 'clamp' | 'add';
}

/** Feature vectors in time order. */
export interface Features {
	frames: number;
	mels: number;
	/** `[frames, mels]` */
	data: Float32Array;
}

export const samplesOfMs = (milliseconds: number): number => Math.floor((milliseconds * SAMPLE_RATE) / 1000);

/** Subtracts a share of the sample before from each sample, in place. @param first what stands before the first one */
function preemphasize(samples: Float64Array, length: number, share: number, first: number): void {
	for (let i = length - 1; i > 0; i--) samples[i] = samples[i]! - share * samples[i - 1]!;
	if (length > 0) samples[0] = samples[0]! - share * first;
}

function removeMean(samples: Float64Array, length: number): void {
	let sum = 0;
	for (let i = 0; i < length; i++) sum += samples[i]!;
	for (let i = 0; i < length; i++) samples[i] = samples[i]! - sum / length;
}

export class Fbank {
	private readonly framing: Framing;

	private readonly weights: Float64Array;

	private readonly banks: MelBank[];

	private readonly fft: RealFft;

	/** One frame, zeros behind it: `[fftSize]`. */
	private readonly frame: Float64Array;

	private readonly spectrum: Float64Array;

	constructor(private readonly options: FbankOptions) {
		const { frameLength, frameShift, fftSize, edges, window } = options;
		this.framing = { length: samplesOfMs(frameLength), shift: samplesOfMs(frameShift), fftSize, edges };
		this.weights = windowWeights(window, this.framing.length);
		this.banks = melBanks(options);
		this.fft = new RealFft(fftSize);
		this.frame = new Float64Array(fftSize);
		this.spectrum = new Float64Array(fftSize / 2 + 1);
	}

	/** @param samples mono, 16 kHz, -1 to 1 */
	compute(samples: Float32Array): Features {
		const signal = this.prepare(samples);
		const mels = this.banks.length;
		const frames = countFrames(signal.length, this.framing);
		const data = new Float32Array(frames * mels);
		for (let f = 0; f < frames; f++) this.computeFrame(signal, f, data.subarray(f * mels, (f + 1) * mels));
		return { frames, mels, data };
	}

	private prepare(samples: Float32Array): Float64Array {
		const { sampleScale, preemphasis, preemphasisOver } = this.options;
		const signal = new Float64Array(samples);
		for (let i = 0; i < signal.length; i++) signal[i] = signal[i]! * sampleScale;
		if (preemphasisOver === 'signal') preemphasize(signal, signal.length, preemphasis, 0);
		return signal;
	}

	private computeFrame(signal: Float64Array, index: number, target: Float32Array): void {
		const { frame, weights, framing } = this;
		const { removeDcOffset, preemphasis, preemphasisOver } = this.options;
		readFrame(signal, index, framing, frame);
		if (removeDcOffset) removeMean(frame, framing.length);
		// Kaldi takes the first sample of a frame as its own predecessor.
		if (preemphasisOver === 'frame') preemphasize(frame, framing.length, preemphasis, frame[0]!);
		for (let i = 0; i < framing.length; i++) frame[i] = frame[i]! * weights[i]!;
		this.fft.power(frame, this.spectrum);
		if (this.options.spectrum === 'magnitude') this.spectrum.forEach((power, k) => (this.spectrum[k] = Math.sqrt(power)));
		this.banks.forEach((bank, mel) => (target[mel] = Math.log(this.floored(this.energy(bank)))));
	}

	private energy({ first, weights }: MelBank): number {
		let energy = 0;
		for (let k = 0; k < weights.length; k++) energy += weights[k]! * this.spectrum[first + k]!;
		return energy;
	}

	private floored(energy: number): number {
		const { energyFloor, floorMode } = this.options;
		return floorMode === 'add' ? energy + energyFloor : Math.max(energy, energyFloor);
	}
}
