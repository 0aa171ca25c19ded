/**
 * What the samples of a recording are counted in, and which of them are no sound. Floating-point files may hold numbers
 * as large as integers, which is a recording like any other; a few numbers far beyond all others are damage.
 */
import type { Audio } from '../audio';

/** Samples that are looked at together: 0.5 s. */
const WINDOW = 8000;
/** So many of its samples are its sound rather than damage: 50 ms. */
const SOUND = 800;
/** Octaves above full scale that are told apart. */
const OCTAVES = 32;
/** A sample this many times as large as the recording's sound is none; as a power of two: 24 dB. */
const BEYOND = 4;
/** Beyond this, a recording's numbers are integers. */
const HOT = 4;
const INTEGERS = 32768;
/** Samples before and behind an absurd one that are silenced with it: a resampler has smeared it over them. */
const SMEAR = 48;

export class SampleScale {
	/** Samples from 2^n up to 2^(n+1), all of them and those of the window. */
	private readonly over = new Float64Array(OCTAVES);

	private readonly ofWindow = new Uint32Array(OCTAVES);

	private seen = 0;

	private overInWindow = 0;

	/** The octave that the sound reaches for more than a moment; 0: it stays within full scale. */
	private octave = 0;

	/** @param peak the largest size of the samples, where it is known */
	add(samples: Float32Array, peak = Infinity): void {
		for (let from = 0; from < samples.length; ) {
			const to = Math.min(samples.length, from + WINDOW - this.seen);
			if (peak > 1) this.countAll(samples, from, to);
			this.seen += to - from;
			from = to;
			if (this.seen === WINDOW) this.finish();
		}
	}

	/** Behind the last sample. */
	finish(): void {
		if (this.overInWindow > 0) this.closeWindow();
		this.seen = 0;
	}

	private countAll(samples: Float32Array, from: number, to: number): void {
		for (let i = from; i < to; i++) {
			const sample = samples[i] as number;
			if (sample > 1 || sample < -1) this.count(Math.abs(sample));
		}
	}

	private count(size: number): void {
		const octave = 31 - Math.clz32(size);
		this.over[octave]! += 1;
		this.ofWindow[octave]! += 1;
		this.overInWindow += 1;
	}

	private closeWindow(): void {
		let samples = 0;
		for (let octave = OCTAVES - 1; octave >= this.octave; octave--) {
			samples += this.ofWindow[octave] as number;
			if (samples < SOUND) continue;
			this.octave = octave + 1;
			break;
		}
		this.ofWindow.fill(0);
		this.overInWindow = 0;
	}

	/** Factor that brings full scale to 1: 1, but for files of integers. */
	get unit(): number {
		const size = 2 ** this.octave;
		return size > HOT ? 1 / Math.max(INTEGERS, size) : 1;
	}

	/** From this size on a sample is no sound. */
	get ceiling(): number {
		return 2 ** (this.octave + BEYOND);
	}

	/** Samples that are no sound. */
	get absurd(): number {
		return this.over.subarray(this.octave + BEYOND).reduce((sum, count) => sum + count, 0);
	}
}

/** The audio with silence in place of samples from a size on, and of what a resampler made of them. */
export function withoutAbsurd(audio: Audio, ceiling: number): Audio {
	return {
		length: audio.length,
		read(start, target) {
			const samples = new Float32Array(target.length + 2 * SMEAR);
			audio.read(start - SMEAR, samples);
			target.set(samples.subarray(SMEAR, SMEAR + target.length));
			samples.forEach((sample, i) => {
				if (sample >= ceiling || sample <= -ceiling) target.fill(0, Math.max(0, i - 2 * SMEAR), i + 1);
			});
		},
	};
}
