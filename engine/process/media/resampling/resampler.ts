/**
 * Any usual sample rate to 16 kHz, as FFmpeg's resampler does it within rounding, at a third of its time: FFmpeg's is
 * half of what decoding costs, since it was compiled without SIMD. Streams: the samples come in blocks, and memory does
 * not grow.
 */
import path from 'node:path';
import { oncePerKey } from '../../../../once';
import { readPackageFile } from '../../../../models/packageFiles';
import { SAMPLE_RATE } from '../../audio';
import { compileFastest, PAGE, wasm } from '../../webAssembly';
import { ALIGNMENT, filterBank, type FilterBank } from './filterBank';

interface Exports {
	memory: { buffer: ArrayBuffer; grow(pages: number): number };
	one: (...numbers: number[]) => void;
	two: (...numbers: number[]) => void;
	separate(from: number, to: number, apart: number, end: number): void;
}

const FLOAT = 4;
/** Samples of the input per channel that are taken at once, and so many are waited for: they stay near the processor. */
const MOST = 4096;

/**
 * Hz that are resampled here; FFmpeg brings others to the nearest of these. With each of them and 16 kHz there are few
 * enough phases for FFmpeg to be exact too.
 */
const RESAMPLED = [
	...Array.from({ length: 89 }, (_, i) => 4000 + 500 * i),
	...[7350, 9600, 11025, 14700, 18900, 22050, 29400, 37800, 44100, 88200, 96000, 176400, 192000],
];

/** Whether a rate is taken as it is. @param rate Hz */
export const isResampled = (rate: number): boolean => RESAMPLED.includes(rate);

/** FFmpeg filter, to stand last: gives one of the rates that a Resampler takes. */
export const RATE_FILTER = `aformat=sample_rates=${RESAMPLED.join('|')}`;

/** Made by `tools/build/kernels/resampleKernel.cjs`. */
const file = (ending: string) => path.join(__dirname, '..', '..', '..', '..', 'models', `resample.${ending}`);

const compiled = oncePerKey(async (mayRelax: boolean) => await compileFastest(async (ending) => await readPackageFile(file(ending)), mayRelax));

/** Takes interleaved samples, which are valid during the call. */
export type OnResampled = (samples: Float32Array, frames: number) => void;

export type MakeResampler = (rate: number, channels: number, onResampled: OnResampled) => Resampler;

export class Resampler {
	private readonly bank: FilterBank;

	private readonly memory: Float32Array;

	/** Where they begin: filters, output, what came last and lies channel by turns, what is left of the input of each channel. */
	private readonly places: { filters: number; output: number; latest: number; inputs: number };

	/** Samples per channel that there is room for. */
	private readonly room: number;

	/** Samples per channel that are there, and of the next output sample: its first input sample, and its phase. */
	private filled = 0;

	private next = 0;

	private phase = 0;

	private began = false;

	/** Samples per channel so far: of the input, and of the output. */
	private taken = 0;

	private given = 0;

	private constructor(
		private readonly exports: Exports,
		private readonly rate: number,
		private readonly channels: number,
		private readonly onResampled: OnResampled,
	) {
		this.bank = filterBank(rate, SAMPLE_RATE);
		const { filters, stride, whole } = this.bank;
		this.room = 2 * MOST + 4 * stride;
		const outputs = Math.ceil(this.room / Math.max(whole, 0.25)) + 4;
		const latest = filters.length + outputs * channels;
		const inputs = latest + (channels === 2 ? 2 * MOST + ALIGNMENT : 0);
		const floats = inputs + channels * this.room;
		exports.memory.grow(Math.ceil((floats * FLOAT) / PAGE));
		this.memory = new Float32Array(exports.memory.buffer);
		this.memory.set(filters);
		this.places = { filters: 0, output: filters.length, latest, inputs };
	}

	/**
	 * @param mayRelax multiply and add in one step where Node.js knows it
	 * @returns what makes a resampler; `rate` of the input: Hz, as behind RATE_FILTER
	 * @throws VoiceprintError RUNTIME_UNAVAILABLE where its file is missing or damaged
	 */
	static async prepare(mayRelax = true): Promise<MakeResampler> {
		const module = await compiled(mayRelax);
		return (rate, channels, onResampled) =>
			new Resampler(new wasm.Instance(module).exports as Exports, rate, channels, onResampled);
	}

	/** @param samples interleaved */
	onFrames(samples: Float32Array, frames: number): void {
		if (this.bank.isNeedless) {
			this.onResampled(samples, frames);
			return;
		}
		this.taken += frames;
		for (let from = 0; from < frames; from += MOST) {
			const count = Math.min(MOST, frames - from);
			this.append(samples, from, count);
			if (this.filled < MOST) continue;
			this.begin();
			this.run();
		}
	}

	/** Output samples that are still to come for what was taken. */
	get pending(): number {
		return Math.ceil((this.taken * SAMPLE_RATE) / this.rate) - this.given;
	}

	/** Hands on what the last samples give, mirrored at their end. */
	finish(): void {
		this.begin(true);
		if (!this.began) return;
		this.run();
		const { memory, filled } = this;
		const mirrored = (Math.min(filled - this.next, this.bank.taps) + 1) >> 1;
		for (let channel = 0; channel < this.channels; channel++) {
			const end = this.inputOf(channel) + filled;
			for (let i = 0; i < mirrored; i++) memory[end + i] = memory[end - 1 - i]!;
		}
		this.filled += mirrored;
		this.run();
	}

	private inputOf(channel: number): number {
		return this.places.inputs + channel * this.room;
	}

	private append(samples: Float32Array, from: number, count: number): void {
		this.separate(samples.subarray(from * this.channels, (from + count) * this.channels));
		this.filled += count;
	}

	/** Each channel by itself, behind what is left. */
	private separate(samples: Float32Array): void {
		const { channels, memory, places } = this;
		if (channels === 2) {
			memory.set(samples, places.latest);
			const [from, to] = [places.latest * FLOAT, (places.inputs + this.filled) * FLOAT];
			this.exports.separate(from, to, this.room * FLOAT, from + samples.length * FLOAT);
			return;
		}
		for (let channel = 0; channel < channels; channel++) {
			for (let at = this.inputOf(channel) + this.filled, source = channel; source < samples.length; at++, source += channels) memory[at] = samples[source]!;
		}
	}

	/** The beginning is mirrored too. @param isAll no more samples come */
	private begin(isAll = false): void {
		const { centre, taps } = this.bank;
		if (this.began || this.filled === 0 || (this.filled <= taps && !isAll)) return;
		for (let channel = 0; channel < this.channels; channel++) {
			const at = this.inputOf(channel);
			this.memory.copyWithin(at + centre, at, at + this.filled);
			for (let i = 1; i <= centre; i++) this.memory[at + centre - i] = i < this.filled ? this.memory[at + centre + i]! : 0;
		}
		this.filled += centre;
		this.began = true;
	}

	private run(): void {
		if (!this.began) return;
		for (let channel = 0; channel < this.channels; channel++) {
			const end = this.inputOf(channel) + this.filled;
			// Filters are filled up with zeros, which meet what lies behind: it must be a number.
			this.memory.fill(0, end, end + ALIGNMENT);
		}
		const { bank, places, channels, phase } = this;
		const { phases, whole, part, taps, stride } = bank;
		// The last output sample whose filter fits.
		const room = this.filled - taps - this.next;
		const count = room < 0 ? 0 : Math.floor(((room + 1) * phases - 1 - phase) / (whole * phases + part)) + 1;
		if (count > 0) {
			for (let channel = 0; channel < channels; channel += 2) {
				const resample = channel + 1 < channels ? this.exports.two : this.exports.one;
				const from = (this.inputOf(channel) + this.next) * FLOAT;
				const to = (places.output + channel) * FLOAT;
				resample(from, this.room * FLOAT, places.filters, to, channels * FLOAT, count, phase, stride * FLOAT, whole * FLOAT, part, phases);
			}
			const moved = phase + count * (whole * phases + part);
			this.phase = moved % phases;
			this.next += Math.floor(moved / phases);
			this.given += count;
			this.onResampled(this.memory.subarray(places.output, places.output + count * channels), count);
		}
		this.forget();
	}

	/** Moves what is still needed to the front. */
	private forget(): void {
		const used = Math.min(this.next, this.filled);
		for (let channel = 0; channel < this.channels; channel++) {
			const at = this.inputOf(channel);
			this.memory.copyWithin(at, at + used, at + this.filled);
		}
		this.filled -= used;
		this.next -= used;
	}
}
