/**
 * A recording at its own sample rate, as far as cuts need it: decoded once more, and what is kept of it on the disk, from
 * where any number of cuts can be made. What a cut does not need takes no room.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { countWhile } from '../../../../search';
import type { MediaInfo, MediaRequest } from '../../../client/protocol';
import { SAMPLE_RATE, type Span } from '../../audio';
import { decodeMedia } from '../../media/decode';
import { Spool } from '../../media/spool';
import { reachOf, type Sound } from './cutSound';
import { inSamples, type Piece } from './pieces';
import { union } from '../../spans';

/** Samples that may be larger than full scale. */
const FLOATS = /^pcm_f(16|24|32|64)/;

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

export class OwnSound implements Sound {
	readonly rate: number;

	channels = 0;

	length = 0;

	/** The largest sample where it may be more than 1; else 0. */
	peak = 0;

	private readonly kept: Kept[];

	private readonly spool: Spool;

	private readonly folder: string;

	/** Whether samples may be larger than full scale. */
	private readonly isFloat: boolean;

	private constructor({ info, spans, folder }: Wanted) {
		// Where FFmpeg does not know the rate, nobody does.
		this.rate = info.sample_rate || SAMPLE_RATE;
		this.isFloat = FLOATS.test(info.codec);
		this.folder = mkdtempSync(join(folder, 'cuts-'));
		this.spool = new Spool(this.folder, undefined, undefined, { encoding: this.isFloat ? 'float32' : 'int16', rate: this.rate });
		// A sample more at either side, as the cuts are rounded by themselves.
		const reach = (reachOf(this.rate) + 1) / this.rate;
		const wider = union(spans.map(({ start, end }) => ({ start: Math.max(0, start - reach), end: end + reach })), []);
		let at = 0;
		this.kept = inSamples(wider, this.rate).map((piece) => {
			const kept = { ...piece, at };
			at += piece.end - piece.start;
			return kept;
		});
	}

	/**
	 * Decodes; whoever gets it disposes of it.
	 * @throws VoiceprintError as `decodeMedia` does, NO_DISK_SPACE, TEMPORARY_FILE
	 */
	static async decode(wanted: Wanted): Promise<OwnSound> {
		const sound = new OwnSound(wanted);
		try {
			const { media, folder } = wanted;
			const decoded = await decodeMedia(media, (block) => sound.add(block), (samples) => sound.addSilence(samples), folder, sound.rate);
			sound.channels = decoded.channelNumbers.length;
			sound.spool.finish();
			return sound;
		} catch (error) {
			sound.dispose();
			throw error;
		}
	}

	read(channel: number, start: number, target: Float32Array): void {
		target.fill(0);
		const end = start + target.length;
		for (let index = this.indexOf(start); index < this.kept.length; index++) {
			const { start: first, end: last, at } = this.kept[index]!;
			if (first >= end) break;
			const [from, to] = [Math.max(start, first), Math.min(end, last, this.length)];
			if (from < to) this.spool.read(channel, at + from - first, target.subarray(from - start, to - start));
		}
	}

	dispose(): void {
		this.spool.dispose();
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** Of the first kept part that ends behind a sample. */
	private indexOf(sample: number): number {
		return countWhile(this.kept.length, (i) => this.kept[i]!.end <= sample);
	}

	private add(block: Float32Array[]): void {
		const start = this.length;
		const end = start + block[0]!.length;
		this.length = end;
		for (const [from, to] of this.partsIn(start, end)) {
			const part = block.map((samples) => samples.subarray(from - start, to - start));
			if (this.isFloat) for (const samples of part) this.peak = Math.max(this.peak, peakOf(samples));
			this.spool.append(part);
		}
	}

	private addSilence(samples: number): void {
		const start = this.length;
		this.length += samples;
		for (const [from, to] of this.partsIn(start, this.length)) this.spool.appendSilence(to - from);
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

function peakOf(samples: Float32Array): number {
	let peak = 0;
	for (let i = 0; i < samples.length; i++) peak = Math.max(peak, Math.abs(samples[i]!));
	return peak;
}
