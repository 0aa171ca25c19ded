/** Which channels are kept, and how interleaved samples become one block per kept channel. */
import { SAMPLE_RATE } from '../audio';
import { VoiceprintError } from '../../../errors';
import { LARGEST_SAMPLE } from './limits';
import type { MixMethod } from '../../client/protocol';
import { Mixer } from './mixing';
import type { MakePlanes, Planes } from './planes';

/** Samples per channel in the largest block that is handed on: about one second at 16 kHz. */
export const BLOCK_SAMPLES = 16384;

function listing(channels: number): string {
	if (channels === 1) return 'has 1 channel: 0';
	if (channels === 2) return 'has 2 channels: 0 and 1';
	return `has ${channels} channels: 0 to ${channels - 1}`;
}

/**
 * The kept channels' numbers, ascending and each once.
 * @param wanted 0-based numbers in any order; empty or absent means all.
 * @throws VoiceprintError CHANNEL_NOT_FOUND
 */
export function keptChannels(wanted: number[] | undefined, channels: number, fileName: string): number[] {
	if (!wanted || wanted.length === 0) return Array.from({ length: channels }, (_, channel) => channel);
	const missing = wanted.find((channel) => !Number.isInteger(channel) || channel < 0 || channel >= channels);
	if (missing !== undefined) {
		throw new VoiceprintError(
			'CHANNEL_NOT_FOUND',
			`Channel ${missing} does not exist in "${fileName}": the file ${listing(channels)}`,
			'Channels count from 0. Choose channels that the file has, or leave Channels empty to process all of them.',
		);
	}
	return [...new Set(wanted)].sort((a, b) => a - b);
}

/** Where a recording goes. Blocks are only valid during the call. */
export interface BlockSinks {
	onBlock: (block: Float32Array[]) => void;
	/** Takes long silence as a number of samples; absent: it comes as blocks. */
	onSilence?: (samples: number) => void;
	/** Takes samples of all channels as they come, where all are kept and none are mixed; absent: they come as blocks. */
	onInterleaved?: (samples: Float32Array, channels: number) => void;
}

/** Samples; shorter silence comes as blocks in any case. */
const LONG_SILENCE = BLOCK_SAMPLES;

/** Written so that NaN does not pass. */
const isSound = (sample: number) => sample <= LARGEST_SAMPLE && sample >= -LARGEST_SAMPLE;

/** Energy from which samples are looked at one by one; below, none is as large as what is no sound, however it was rounded. */
const LOUD = LARGEST_SAMPLE ** 2 / 2;

/** Copies one of so many interleaved channels, from a place on; returns its energy, NaN where a sample is. */
function separateOne(samples: Float32Array, first: number, channels: number, target: Float32Array): number {
	let energy = 0;
	for (let at = 0, source = first; at < target.length; at++, source += channels) {
		const sample = samples[source]!;
		target[at] = sample;
		energy += sample * sample;
	}
	return energy;
}

/** Collects interleaved samples into blocks of at most BLOCK_SAMPLES samples per channel. */
export class BlockWriter {
	private readonly block: Float32Array[];

	/** Of the usual channels: one or two, all of them kept. */
	private readonly planes: Planes | undefined;

	private filled = 0;

	private readonly channels: number;

	private readonly kept: number[];

	private readonly mixer: Mixer | undefined;

	/** Samples that were no sound, and were replaced. */
	replaced = 0;

	constructor(
		channels: number,
		kept: number[],
		/** Absent: each channel on its own. */
		mix: MixMethod | undefined,
		private readonly sinks: BlockSinks,
		makePlanes: MakePlanes,
		/** Hz. */
		rate = SAMPLE_RATE,
	) {
		this.channels = channels;
		this.kept = kept;
		this.mixer = mix && new Mixer(mix, kept.length, rate);
		this.planes = channels <= 2 && kept.length === channels ? makePlanes(channels, BLOCK_SAMPLES) : undefined;
		this.block = this.planes?.blocks ?? kept.map(() => new Float32Array(BLOCK_SAMPLES));
	}

	/** Takes the frames from `from` to before `to` of interleaved samples. */
	write(samples: Float32Array, from: number, to: number): void {
		if (this.sinks.onInterleaved && !this.mixer && this.kept.length === this.channels) {
			this.flush();
			this.sinks.onInterleaved(samples.subarray(from * this.channels, to * this.channels), this.channels);
			return;
		}
		let frame = from;
		while (frame < to) {
			const count = Math.min(to - frame, BLOCK_SAMPLES - this.filled);
			this.separate(samples, frame, count);
			this.filled += count;
			frame += count;
			if (this.filled === BLOCK_SAMPLES) this.flush();
		}
	}

	writeSilence(samples: number): void {
		if (this.sinks.onSilence && samples >= LONG_SILENCE) {
			this.flush();
			this.sinks.onSilence(samples);
			return;
		}
		let left = samples;
		while (left > 0) {
			const count = Math.min(left, BLOCK_SAMPLES - this.filled);
			for (const channel of this.block) channel.fill(0, this.filled, this.filled + count);
			this.filled += count;
			left -= count;
			if (this.filled === BLOCK_SAMPLES) this.flush();
		}
	}

	/** Hands on what is left. */
	flush(): void {
		if (this.filled === 0) return;
		const filled = this.filled;
		this.filled = 0;
		const block = filled === BLOCK_SAMPLES ? this.block : this.block.map((channel) => channel.subarray(0, filled));
		this.sinks.onBlock(this.mixer ? [this.mixer.mix(block)] : block);
	}

	/** Whether the mean of the channels is much less than what is in them. */
	get cancels(): boolean {
		return this.mixer?.cancels ?? false;
	}

	/** One infinite sample would rule the level of the whole recording, or be blamed on the model. */
	private replaceNoise(target: Float32Array): void {
		for (let at = 0; at < target.length; at++) {
			if (isSound(target[at]!)) continue;
			target[at] = 0;
			this.replaced += 1;
		}
	}

	private separate(samples: Float32Array, frame: number, count: number): void {
		const { channels, filled, kept, planes } = this;
		const targets = this.block.map((channel) => channel.subarray(filled, filled + count));
		const first = frame * channels;
		const energies = planes
			? [planes.take(samples.subarray(first, first + count * channels), filled)]
			: kept.map((channel, index) => separateOne(samples, first + channel, channels, targets[index]!));
		if (!energies.every((energy) => energy < LOUD)) targets.forEach((target) => this.replaceNoise(target));
	}
}
