/**
 * Speech level of a whole recording, for bringing quiet and loud recordings to the level the model knows best.
 * A Silero model misses most speech 40 dB below its usual level; normalised, it hears it as well as any other.
 */

/** Frame of the level measurement, samples at 16 kHz (20 ms). */
const FRAME = 320;
/** Histogram of frame levels: 0.5 dB bins from -120 dBFS up. */
const BINS_PER_DB = 2;
const LOWEST_DB = -120;
const BINS = 150 * BINS_PER_DB;
/** Frames this far below the loudest ones do not count: long silence must not pass for quiet speech. */
const GATE_DB = 35;
const LOUDEST = 0.999;
const SPEECH = 0.95;

/** Level that speech is brought to, dBFS: measured best for the joined models on labelled speech. */
const TARGET_DB = -23;
/** At most this much gain, dB: beyond it there is only the noise of the recording itself. */
const MAXIMUM_GAIN_DB = 50;
/** Recordings that never get louder hold no usable signal, dBFS. */
const SILENT_DB = -85;

/** The value below which `share` of the histogram lies, as a bin index. */
function quantile(histogram: Uint32Array, from: number, share: number): number {
	let total = 0;
	for (let bin = from; bin < BINS; bin++) total += histogram[bin] ?? 0;
	let seen = 0;
	for (let bin = from; bin < BINS; bin++) {
		seen += histogram[bin] ?? 0;
		if (seen > share * total) return bin;
	}
	return from;
}

const binOf = (power: number) => {
	const db = power > 0 ? 10 * Math.log10(power) : LOWEST_DB;
	return Math.max(0, Math.min(BINS - 1, Math.floor((db - LOWEST_DB) * BINS_PER_DB)));
};

const dbOf = (bin: number) => (bin + 0.5) / BINS_PER_DB + LOWEST_DB;

/** Collects the levels of a recording block by block; bounded memory. */
export class LevelMeter {
	private readonly histogram = new Uint32Array(BINS);

	private energy = 0;

	private count = 0;

	/** @param samples mono, 16 kHz, -1 to 1 */
	add(samples: Float32Array): void {
		for (let i = 0; i < samples.length; i++) {
			const sample = samples[i] as number;
			this.energy += sample * sample;
			if (++this.count === FRAME) this.closeFrame();
		}
	}

	private closeFrame(): void {
		const bin = binOf(this.energy / this.count);
		this.histogram[bin] = (this.histogram[bin] ?? 0) + 1;
		this.energy = 0;
		this.count = 0;
	}

	/** Speech level in dBFS (RMS of 20 ms frames, 95th percentile of the frames that are not silence). */
	get level(): number {
		const loudest = quantile(this.histogram, 0, LOUDEST);
		const gate = Math.max(0, loudest - GATE_DB * BINS_PER_DB);
		return dbOf(quantile(this.histogram, gate, SPEECH));
	}

	/** True when there is no signal at all, not even a quiet one. */
	get silent(): boolean {
		return this.level < SILENT_DB;
	}

	/** Factor that brings the recording to the level the models know. */
	get gain(): number {
		if (this.silent) return 1;
		return 10 ** (Math.min(TARGET_DB - this.level, MAXIMUM_GAIN_DB) / 20);
	}
}
