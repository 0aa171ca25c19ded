/**
 * A recording at its own sample rate on the disk, from where any number of cuts can be made: all of it, or what cuts need.
 * Samples of all channels stand beside each other, as they come from the decoder and as most of them go into the cuts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { countWhile } from '../../../../search';
import type { MediaInfo, MediaRequest } from '../../../client/protocol';
import { SAMPLE_RATE, type Span } from '../../audio';
import type { BlockSinks } from '../../media/channels';
import { decodeMedia } from '../../media/decode';
import { LARGEST_SAMPLE } from '../../media/limits';
import { Spool, type FreeBytes } from '../../media/spool';
import { reachOf, type Sound } from './cutSound';
import { inSamples, type Piece } from './pieces';
import { union } from '../../spans';

/** Samples that may be larger than full scale. */
const FLOATS = /^pcm_f(16|24|32|64)/;

export const isFloatCodec = (codec: string): boolean => FLOATS.test(codec);

/** What cuts are made of; whoever gets it disposes of it. */
export interface CutSource extends Sound {
	/** The largest sample where it may be more than 1; else 0. */
	readonly peak: number;
	dispose(): void;
}

/** A part of the recording that is kept. */
interface Kept extends Piece {
	/** Samples of the spool before it. */
	at: number;
}

interface Wanted {
	media: MediaRequest;
	info: MediaInfo;
	/** Seconds from where the decoded sound begins. */
	spans: readonly Span[];
	/** The job's own. */
	folder: string;
}

/** What is to be stored, and where. */
export interface Storage {
	/** Hz. */
	rate: number;
	/** FFmpeg's name of the codec. */
	codec: string;
	/** The job's own. */
	folder: string;
	/** Seconds from where the sound begins; absent: all of it is kept. */
	spans?: readonly Span[];
	freeBytes?: FreeBytes;
}

const ALL: readonly Kept[] = [{ start: 0, end: Infinity, at: 0 }];

function keptOf(spans: readonly Span[], rate: number): Kept[] {
	// A sample more at either side, as the cuts are rounded by themselves.
	const reach = (reachOf(rate) + 1) / rate;
	const wider = union(spans.map(({ start, end }) => ({ start: Math.max(0, start - reach), end: end + reach })), []);
	let at = 0;
	return inSamples(wider, rate).map((piece) => {
		const kept = { ...piece, at };
		at += piece.end - piece.start;
		return kept;
	});
}

export class OwnSound implements CutSource {
	readonly rate: number;

	/** 0 until the first samples. */
	channels = 0;

	length = 0;

	peak = 0;

	private readonly kept: readonly Kept[];

	/** Of one channel: the samples of all of them, interleaved. */
	private readonly spool: Spool;

	private readonly folder: string;

	/** Whether samples may be larger than full scale. */
	private readonly isFloat: boolean;

	/** Samples of silence before the first others, when channels are not known. */
	private lead = 0;

	private scratch = new Float32Array(0);

	constructor({ rate, codec, folder, spans, freeBytes }: Storage) {
		this.rate = rate;
		this.isFloat = isFloatCodec(codec);
		this.folder = mkdtempSync(join(folder, 'cuts-'));
		this.spool = new Spool(this.folder, undefined, freeBytes, { encoding: this.isFloat ? 'float32' : 'int16', rate });
		this.kept = spans ? keptOf(spans, rate) : ALL;
	}

	/**
	 * Decodes what cuts need.
	 * @throws VoiceprintError as `decodeMedia` does, NO_DISK_SPACE, TEMPORARY_FILE
	 */
	static async decode({ media, info, spans, folder }: Wanted): Promise<OwnSound> {
		// Where FFmpeg does not know the rate, nobody does.
		const rate = info.sample_rate || SAMPLE_RATE;
		const sound = new OwnSound({ rate, codec: info.codec, folder, spans });
		try {
			const decoded = await decodeMedia(media, sound.sinks, { workFolder: folder, rate });
			sound.finish(decoded.channelNumbers.length);
			return sound;
		} catch (error) {
			sound.dispose();
			throw error;
		}
	}

	/** Takes the recording. Throws VoiceprintError NO_DISK_SPACE, TEMPORARY_FILE. */
	readonly sinks: BlockSinks = {
		onBlock: (block) => this.add(this.interleaved(block), block.length),
		onInterleaved: (samples, channels) => this.add(this.isFloat ? this.withoutNoise(samples) : samples, channels),
		onSilence: (samples) => this.addSilence(samples),
	};

	/** To be called when all of it came. @param channels of the recording, also where all of it was silence */
	finish(channels: number): void {
		this.setChannels(channels);
		this.spool.finish();
	}

	read(channel: number, start: number, target: Float32Array): void {
		target.fill(0);
		const { channels } = this;
		this.forKept(start, start + target.length, (from, to, place) => {
			const all = this.scratchOf((to - from) * channels);
			this.spool.read(0, place * channels, all);
			for (let i = from - start, at = channel; at < all.length; i++, at += channels) target[i] = all[at]!;
		});
	}

	/** As `Sound.readWhole`. */
	readWhole(start: number, target: Int16Array): boolean {
		if (this.isFloat) return false;
		const { channels } = this;
		target.fill(0);
		this.forKept(start, start + target.length / channels, (from, to, place) => {
			this.spool.readWhole(0, place * channels, target.subarray((from - start) * channels, (to - start) * channels));
		});
		return true;
	}

	dispose(): void {
		this.spool.dispose();
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** What is there between two samples, and where in the spool it begins. */
	private forKept(start: number, end: number, use: (from: number, to: number, place: number) => void): void {
		for (let index = this.indexOf(start); index < this.kept.length; index++) {
			const { start: first, end: last, at } = this.kept[index]!;
			if (first >= end) break;
			const [from, to] = [Math.max(start, first), Math.min(end, last, this.length)];
			if (from < to) use(from, to, at + from - first);
		}
	}

	/** Of the first kept part that ends behind a sample. */
	private indexOf(sample: number): number {
		return countWhile(this.kept.length, (i) => this.kept[i]!.end <= sample);
	}

	private scratchOf(length: number): Float32Array {
		if (this.scratch.length < length) this.scratch = new Float32Array(length);
		return this.scratch.subarray(0, length);
	}

	private interleaved(block: Float32Array[]): Float32Array {
		const [first] = block;
		if (block.length === 1) return first!;
		const all = this.scratchOf(block.length * first!.length);
		for (const [channel, samples] of block.entries()) {
			for (let i = 0, at = channel; i < samples.length; i++, at += block.length) all[at] = samples[i]!;
		}
		return all;
	}

	/** Where samples are stored as whole numbers, storing them does the same. */
	private withoutNoise(samples: Float32Array): Float32Array {
		const kept = this.scratchOf(samples.length);
		for (let i = 0; i < samples.length; i++) kept[i] = Math.abs(samples[i]!) <= LARGEST_SAMPLE ? samples[i]! : 0;
		return kept;
	}

	/** @param samples of all channels, interleaved */
	private add(samples: Float32Array, channels: number): void {
		this.setChannels(channels);
		const start = this.length;
		this.length += samples.length / channels;
		for (const [from, to] of this.partsIn(start, this.length)) {
			const part = samples.subarray((from - start) * channels, (to - start) * channels);
			if (this.isFloat) this.peak = Math.max(this.peak, peakOf(part));
			this.spool.append([part]);
		}
	}

	private addSilence(samples: number): void {
		const start = this.length;
		this.length += samples;
		for (const [from, to] of this.partsIn(start, this.length)) {
			if (this.channels === 0) this.lead += to - from;
			else this.spool.appendSilence((to - from) * this.channels);
		}
	}

	private setChannels(channels: number): void {
		this.channels = channels;
		if (this.lead > 0) this.spool.appendSilence(this.lead * channels);
		this.lead = 0;
	}

	/** What is kept between two samples. */
	private partsIn(start: number, end: number): Array<[number, number]> {
		const parts: Array<[number, number]> = [];
		for (let index = this.indexOf(start); index < this.kept.length && this.kept[index]!.start < end; index++) {
			const { start: first, end: last } = this.kept[index]!;
			parts.push([Math.max(start, first), Math.min(end, last)]);
		}
		return parts;
	}
}

export function peakOf(samples: Float32Array): number {
	let peak = 0;
	for (let i = 0; i < samples.length; i++) peak = Math.max(peak, Math.abs(samples[i]!));
	return peak;
}
