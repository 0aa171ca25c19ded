/**
 * Several channels into one. Their mean is best where they are different microphones, or one voice each; where one is the
 * other upside down, it is silence, and the loudest channel is taken instead.
 */
import { SAMPLE_RATE } from '../audio';
import type { MixMethod } from '../../client/protocol';

/** Seconds that are judged together, and seconds of a change from one mixture to the next. */
const HOP = 0.064;
const RAMP = 0.01;
/** What is left of a power after a hop: it falls to a third in 0.3 s. */
const DECAY = 0.8;
/** Channels cancel where less than this share of what different sounds would give is left, until it is twice as much. */
const CANCELLED = 0.25;
/** The loudest channel stays so until another has so many times its power. */
const LOUDER = 2;
/** Channels are upside down to each other from this correlation on. */
const UPSIDE_DOWN = -0.5;
/** Share of the sound that cancels which is worth a warning. */
const NOTABLE = 0.1;

interface Hop {
	/** Of each channel, without its offset. */
	powers: number[];
	/** Of their mean. */
	ofMean: number;
}

function measure(channels: readonly Float32Array[], from: number, to: number): Hop {
	const mean = new Float32Array(to - from);
	const powerOf = (samples: Float32Array) => {
		let [sum, squares] = [0, 0];
		for (let i = 0; i < samples.length; i++) {
			sum += samples[i] as number;
			squares += (samples[i] as number) ** 2;
		}
		return Math.max(0, squares - (sum * sum) / samples.length);
	};
	const powers = channels.map((channel) => {
		const samples = channel.subarray(from, to);
		for (let i = 0; i < samples.length; i++) mean[i]! += (samples[i] as number) / channels.length;
		return powerOf(samples);
	});
	return { powers, ofMean: powerOf(mean) };
}

function correlation(one: Float32Array, other: Float32Array, from: number, to: number): number {
	let [both, ones, others] = [0, 0, 0];
	for (let i = from; i < to; i++) {
		const [a, b] = [one[i] as number, other[i] as number];
		both += a * b;
		ones += a * a;
		others += b * b;
	}
	return both / Math.sqrt(ones * others || 1);
}

export class Mixer {
	/** What each channel counts now. */
	private weights: number[] | undefined;

	/** Powers of late, of each channel; and of the channels' mean and the mean of their powers. */
	private readonly powers: number[];

	private readonly late = { ofMean: 0, ofEach: 0 };

	private isCancelling = false;

	private loudest = 0;

	/** Sound so far, and the part of it that the mean cancels. */
	private readonly sound = { all: 0, cancelled: 0 };

	/** Samples of both. */
	private readonly hop: number;

	private readonly ramp: number;

	/** @param rate Hz */
	constructor(
		private readonly method: MixMethod,
		private readonly channels: number,
		rate = SAMPLE_RATE,
	) {
		this.hop = Math.round(HOP * rate);
		this.ramp = Math.round(RAMP * rate);
		this.powers = new Array<number>(channels).fill(0);
	}

	/** Whether the channels' mean silences what is in them. */
	get cancels(): boolean {
		return this.channels > 1 && this.sound.cancelled > NOTABLE * this.sound.all;
	}

	/** @param channels one block each, all of one length */
	mix(channels: readonly Float32Array[]): Float32Array {
		const length = channels[0]?.length ?? 0;
		const mixed = new Float32Array(length);
		for (let from = 0; from < length; from += this.hop) this.mixHop(channels, from, Math.min(length, from + this.hop), mixed);
		return mixed;
	}

	private mixHop(channels: readonly Float32Array[], from: number, to: number, mixed: Float32Array): void {
		const hop = measure(channels, from, to);
		const { ramp } = this;
		this.follow(hop);
		const weights = this.weigh(channels, from, to);
		const before = this.weights ?? weights;
		this.weights = weights;
		for (const [index, samples] of channels.entries()) {
			const [first, last] = [before[index] as number, weights[index] as number];
			for (let i = from; i < to; i++) {
				const weight = i - from < ramp ? first + ((last - first) * (i - from)) / ramp : last;
				mixed[i]! += weight * (samples[i] as number);
			}
		}
	}

	private follow({ powers, ofMean }: Hop): void {
		powers.forEach((power, channel) => (this.powers[channel] = Math.max(power, DECAY * (this.powers[channel] as number))));
		const ofEach = powers.reduce((sum, power) => sum + power, 0) / this.channels;
		this.late.ofMean = DECAY * this.late.ofMean + ofMean;
		this.late.ofEach = DECAY * this.late.ofEach + ofEach;
		const least = (CANCELLED * this.late.ofEach) / this.channels;
		this.isCancelling = this.channels > 1 && this.late.ofMean < (this.isCancelling ? 2 * least : least);
		this.sound.all += ofEach;
		if (this.isCancelling) this.sound.cancelled += ofEach;
		const largest = this.powers.indexOf(Math.max(...this.powers));
		if ((this.powers[largest] as number) > LOUDER * (this.powers[this.loudest] as number)) this.loudest = largest;
	}

	private weigh(channels: readonly Float32Array[], from: number, to: number): number[] {
		const { method, powers, loudest } = this;
		if (method === 'loudest' || (method === 'automatic' && this.isCancelling)) {
			return powers.map((_, channel) => (channel === loudest ? 1 : 0));
		}
		const total = powers.reduce((sum, power) => sum + power, 0);
		if (method !== 'powerWeighted' || total === 0) return powers.map(() => 1 / this.channels);
		return powers.map((power, channel) => {
			const isUpsideDown = correlation(channels[channel] as Float32Array, channels[loudest] as Float32Array, from, to) < UPSIDE_DOWN;
			return (isUpsideDown ? -power : power) / total;
		});
	}
}
