/**
 * Speech level of a whole recording, for bringing quiet and loud recordings to the level the model knows best.
 * A Silero model misses most speech 40 dB below its usual level; normalised, it hears it as well as any other.
 *
 * Nothing that is short, absurd or below the voice sets the level: a DC offset and hum are filtered out, a click fills no
 * frame, a burst of less than 0.1 s no window. Whatever lasts longer, such as a beep, is told from speech by listening
 * (`speechLevel.ts`), for which levels are kept apart by the loudness of the half second around them.
 */
import { VOICE_ONLY } from '../highPass';
import { once } from '../../../once';
import { LevelKernel, LevelState, MOST_MEASURED, PART, type Sums } from './levelKernel';
import { SampleScale } from './sampleScale';

/** Parts of a frame (2.5 ms each, at 16 kHz), and samples of a frame of the level measurement (20 ms). */
const PARTS = 8;
const FRAME = PART * PARTS;
/** A frame counts as this much louder than the median of its parts at most: a click is in one part, a voice in all. */
const CREST = 10;
/** Frames of a window (0.5 s), and which of them says how loud it is: a shorter burst than 5 frames does not. */
const FRAMES = 25;
const LOUD_FRAME = FRAMES - 1 - 5;
export const WINDOW_SAMPLES = FRAME * FRAMES;

/** Histograms of levels: bins of 0.5 dB from -100 dBFS up to that of the largest sample; below is silence. */
const BINS_PER_DB = 2;
const LOWEST_DB = -100;
const BINS = 230 * BINS_PER_DB;
/** A frame counts as so much louder than its window at most: 10 dB. */
const HEADROOM = 10 * BINS_PER_DB;
/** Classes of windows: 5 dB each. */
const CLASS_DB = 5;
const CLASS_BINS = CLASS_DB * BINS_PER_DB;
const CLASSES = BINS / CLASS_BINS;
/** Places that are remembered of each class, at most. */
const PLACES = 8;

/** Frames this far below the loudest ones do not count: long silence must not pass for quiet speech. */
const GATE_DB = 35;
const LOUDEST = 0.999;
const SPEECH = 0.95;

/** Level that speech is brought to, dBFS: measured best for the joined models on labelled speech. */
export const TARGET_DB = -23;
/** At most this much gain, dB: beyond it there is only the noise of the recording itself. */
const MAXIMUM_GAIN_DB = 50;
/** Recordings that never get louder hold no usable signal, dBFS. */
const SILENT_DB = -90;
/** A window with this much more power below the voice than in it rumbles. */
const RUMBLE = 16;
/** Windows this far below the level are pauses, where rumble does no harm. */
const NEAR_DB = 15;

/** The value below which `share` of the histogram lies, as a bin index. */
function quantile(histogram: Float64Array, from: number, share: number): number {
	let total = 0;
	for (let bin = from; bin < BINS; bin++) total += histogram[bin] ?? 0;
	let seen = 0;
	for (let bin = from; bin < BINS; bin++) {
		seen += histogram[bin] ?? 0;
		if (seen > share * total) return bin;
	}
	return from;
}

/** -1 for silence. */
function binOf(power: number): number {
	if (power <= 0) return -1;
	return Math.min(BINS - 1, Math.floor((10 * Math.log10(power) - LOWEST_DB) * BINS_PER_DB));
}

/** In place; for so few numbers several times as fast as what is built in. */
function sortFew(values: Float64Array): void {
	for (let i = 1; i < values.length; i++) {
		const value = values[i] as number;
		let at = i;
		for (; at > 0 && (values[at - 1] as number) > value; at--) values[at] = values[at - 1] as number;
		values[at] = value;
	}
}

const dbOf = (bin: number) => (bin + 0.5) / BINS_PER_DB + LOWEST_DB;

/** Windows of about one loudness. */
interface LevelClass {
	/** Frames in each bin of level. */
	frames: Float64Array;
	windows: number;
	/** Windows with much more below the voice than in it. */
	rumbling: number;
	/** Where some of the windows begin, in samples, spread over the recording. */
	places: number[];
	/** Every so many windows are remembered. */
	stride: number;
}

/** Windows of about one loudness, as others see them. */
export interface Loudness {
	/** Middle of the class, dBFS. */
	level: number;
	windows: number;
	/** Where some of them begin, in samples; each is WINDOW_SAMPLES long. */
	places: readonly number[];
}

/** Sums of parts of one channel: see the class below. */
const kernel = once(async () => await LevelKernel.load(VOICE_ONLY));

/** @param position samples of silence before the first ones */
export type MakeLevelMeter = (position?: number) => LevelMeter;

/** Collects the levels of a recording block by block; bounded memory. */
export class LevelMeter {
	private readonly classes: Array<LevelClass | undefined> = [];

	/** What its samples are counted in. */
	readonly scale = new SampleScale();

	private readonly state = new LevelState();

	/** Energies of the frame's parts. */
	private readonly parts = new Float64Array(PARTS);
	private partCount = 0;

	/** The window at work: levels of its frames, and its energy before and after the filter. */
	private readonly bins: number[] = [];
	private readonly sorted = new Float64Array(FRAMES);
	private before = 0;
	private after = 0;

	/** @param position of the next part: samples */
	private constructor(
		private readonly kernel: LevelKernel,
		private position: number,
	) {}

	/** @throws VoiceprintError RUNTIME_UNAVAILABLE where the kernel's file is missing or damaged */
	static async prepare(): Promise<MakeLevelMeter> {
		const loaded = await kernel();
		return (position = 0) => new LevelMeter(loaded, position);
	}

	/** @param samples mono, 16 kHz; -1 to 1 or, in odd files, as large as integers */
	add(samples: Float32Array): void {
		for (let from = 0; from < samples.length; from += MOST_MEASURED) {
			const some = samples.subarray(from, from + MOST_MEASURED);
			const sums = this.kernel.measure(some, this.state);
			this.addSums(sums);
			this.scale.add(some, sums.peak);
		}
	}

	/** Digital silence. */
	skip(samples: number): void {
		this.leave();
		this.partCount = this.state.left = 0;
		this.state.began = false;
		this.position += samples;
	}

	/** To be called behind the last sample, before anything is asked. */
	finish(): void {
		this.leave();
		this.scale.finish();
	}

	private addSums({ parts, energies }: Sums): void {
		for (let part = 0; part < parts; part++) {
			this.position += PART;
			this.closePart(energies[2 * part]!, energies[2 * part + 1]!);
		}
	}

	/** Closes the window before it is full. */
	private leave(): void {
		this.before += this.state.energyLeft;
		this.position += this.state.left;
		this.closeWindow();
	}

	private closePart(before: number, after: number): void {
		this.parts[this.partCount] = after;
		this.partCount += 1;
		this.before += before;
		this.after += after;
		if (this.partCount === PARTS) this.closeFrame();
	}

	private closeFrame(): void {
		const { parts } = this;
		let sum = 0;
		for (let i = 0; i < PARTS; i++) sum += parts[i] as number;
		sortFew(parts);
		const median = (parts[PARTS / 2] as number) / PART;
		this.bins.push(binOf(Math.min(sum / FRAME, CREST * median)));
		this.partCount = 0;
		if (this.bins.length === FRAMES) this.closeWindow();
	}

	private closeWindow(): void {
		const { bins, before, after } = this;
		const start = this.position - WINDOW_SAMPLES;
		const sorted = this.sorted.subarray(0, bins.length);
		sorted.set(bins);
		sortFew(sorted);
		const loudness = sorted[Math.max(0, LOUD_FRAME - FRAMES + bins.length)] ?? -1;
		if (loudness >= 0) {
			const one = (this.classes[Math.floor(loudness / CLASS_BINS)] ??= {
				frames: new Float64Array(BINS),
				windows: 0,
				rumbling: 0,
				places: [],
				stride: 1,
			});
			for (const bin of bins) if (bin >= 0) one.frames[Math.min(bin, loudness + HEADROOM)]! += 1;
			if (before > RUMBLE * after) one.rumbling += 1;
			this.remember(one, Math.max(0, start));
		}
		bins.length = 0;
		this.before = this.after = 0;
	}

	private remember(one: LevelClass, place: number): void {
		if (one.windows % one.stride === 0) one.places.push(place);
		if (one.places.length > PLACES) {
			one.places = one.places.filter((_, i) => i % 2 === 0);
			one.stride *= 2;
		}
		one.windows += 1;
	}

	/** Speech level in dBFS (RMS of 20 ms frames, 95th percentile of the frames that are not silence). */
	get level(): number {
		return this.levelUpTo(Infinity);
	}

	/** The same of the windows that are not louder than a level. */
	levelUpTo(decibels: number): number {
		const histogram = new Float64Array(BINS);
		for (const one of this.classesUpTo(decibels)) one.frames.forEach((frames, bin) => (histogram[bin]! += frames));
		const loudest = quantile(histogram, 0, LOUDEST);
		const gate = Math.max(0, loudest - GATE_DB * BINS_PER_DB);
		return dbOf(quantile(histogram, gate, SPEECH));
	}

	/** The windows by loudness, the loudest first, silence left out. */
	*loudnesses(): Generator<Loudness, void, void> {
		for (let index = this.classes.length - 1; index >= 0; index--) {
			const one = this.classes[index];
			const level = LOWEST_DB + (index + 0.5) * CLASS_DB;
			if (one && level >= SILENT_DB) yield { level, windows: one.windows, places: one.places };
		}
	}

	/** Of the loudest windows, dBFS; -Infinity for silence. */
	get loudest(): number {
		const { value } = this.loudnesses().next();
		return value ? value.level + CLASS_DB / 2 : -Infinity;
	}

	/** True when there is no signal at all, not even a quiet one. */
	get silent(): boolean {
		return this.loudnesses().next().done === true;
	}

	/** Whether what lies below the voice is much louder than the voice, where the recording is as loud as its speech. */
	get rumbles(): boolean {
		const lowest = this.level - NEAR_DB;
		let windows = 0;
		let rumbling = 0;
		this.classes.forEach((one, index) => {
			if (!one || LOWEST_DB + (index + 1) * CLASS_DB < lowest) return;
			windows += one.windows;
			rumbling += one.rumbling;
		});
		return rumbling > windows / 4;
	}

	/** Factor that brings the recording to the level the models know. */
	get gain(): number {
		return this.silent ? 1 : gainFor(this.level);
	}

	private classesUpTo(decibels: number): LevelClass[] {
		const last = Math.min(CLASSES, Math.ceil((decibels - LOWEST_DB) / CLASS_DB));
		return this.classes.slice(0, last).filter((one) => one !== undefined);
	}
}

/** Factor that brings speech of a level (dBFS) to the one that the models know. */
export function gainFor(level: number): number {
	return 10 ** (Math.min(TARGET_DB - level, MAXIMUM_GAIN_DB) / 20);
}
