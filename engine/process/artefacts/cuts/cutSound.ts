/**
 * Stretches of a recording as one sound. Two of them meet in a crossfade around the place of the cut, with what each has
 * beyond it: the sound is as long as its stretches, no sample is repeated or left out of them, and neither a click nor a
 * dip is heard. A crossfade of constant amplitude, so that an offset of the recording stays what it is.
 */
import { countWhile } from '../../../../search';
import { toInt16 } from '../../media/spool';
import type { Piece } from './pieces';

/** Sound of several channels that can be read anywhere; what lies outside of it reads as zero. */
export interface Sound {
	readonly channels: number;
	/** Hz. */
	readonly rate: number;
	/** Samples per channel. */
	readonly length: number;
	read(channel: number, start: number, target: Float32Array): void;
	/**
	 * The same of all channels, interleaved, as numbers of 16 bits.
	 * @returns false where it is not stored so, and nothing was read
	 */
	readWhole?(start: number, target: Int16Array): boolean;
}

/** Seconds of a crossfade; half of it is how long the beginning and the end of the whole take to fade. */
const FADE = 0.01;

/** Samples before and after a cut in which sound is faded. */
export const reachOf = (rate: number): number => Math.round((FADE / 2) * rate);

/** From 0 to 1, without a kink at either end. @param share 0 to 1 */
const rise = (share: number) => 0.5 - 0.5 * Math.cos(Math.PI * share);

interface Place extends Piece {
	/** Sample of the cut sound at which the piece begins. */
	at: number;
}

export class CutSound implements Sound {
	readonly channels: number;

	readonly rate: number;

	readonly length: number;

	private readonly places: Place[];

	private scratch = new Float32Array(0);

	/**
	 * @param source the recording
	 * @param pieces in time order, not overlapping
	 */
	constructor(
		private readonly source: Sound,
		pieces: readonly Piece[],
	) {
		this.channels = source.channels;
		this.rate = source.rate;
		let at = 0;
		this.places = pieces.map((piece) => {
			const place = { ...piece, at };
			at += piece.end - piece.start;
			return place;
		});
		this.length = at;
	}

	read(channel: number, start: number, target: Float32Array): void {
		target.fill(0);
		const end = start + target.length;
		for (let index = Math.max(0, this.indexAt(start) - 1); index < this.places.length; index++) {
			const place = this.places[index]!;
			if (place.at - reachOf(this.rate) >= end) break;
			this.copy(channel, place, start, target);
			this.fade(channel, index, start, target);
		}
		const last = this.places.length - 1;
		if (last >= 0) this.fade(channel, last + 1, start, target);
	}

	/** Most samples are those of the recording; only those around cuts are made anew. */
	readWhole(start: number, target: Int16Array): boolean {
		const { source, channels, places } = this;
		const end = start + target.length / channels;
		const reach = reachOf(this.rate);
		target.fill(0);
		for (let index = Math.max(0, this.indexAt(start) - 1); index < places.length && places[index]!.at < end; index++) {
			const { at, start: first, end: last } = places[index]!;
			const [from, to] = [Math.max(start, at), Math.min(end, at + last - first)];
			if (from < to && !source.readWhole?.(first + from - at, target.subarray((from - start) * channels, (to - start) * channels))) return false;
		}
		for (let index = Math.max(0, this.indexAt(start) - 1); index <= places.length; index++) {
			const at = places[index]?.at ?? this.length;
			if (at - reach >= end) break;
			this.readFaded(Math.max(start, at - reach), Math.min(end, at + reach), start, target);
		}
		return true;
	}

	/** @param start of the target */
	private readFaded(from: number, to: number, start: number, target: Int16Array): void {
		if (from >= to) return;
		const { channels } = this;
		const samples = new Float32Array(to - from);
		for (let channel = 0; channel < channels; channel++) {
			this.read(channel, from, samples);
			const whole = toInt16(samples);
			for (let i = 0, at = (from - start) * channels + channel; i < whole.length; i++, at += channels) target[at] = whole[i]!;
		}
	}

	/** Index of the piece that holds a sample. */
	private indexAt(sample: number): number {
		return Math.max(0, countWhile(this.places.length, (i) => this.places[i]!.at <= sample) - 1);
	}

	private copy(channel: number, { at, start: first, end: last }: Place, start: number, target: Float32Array): void {
		const from = Math.max(start, at);
		const to = Math.min(start + target.length, at + last - first);
		if (from < to) this.source.read(channel, first + from - at, target.subarray(from - start, to - start));
	}

	/** Replaces the samples around the beginning of a piece; of the one behind the last, the end of the whole. */
	private fade(channel: number, index: number, start: number, target: Float32Array): void {
		const [before, after] = [this.places[index - 1], this.places[index]];
		const at = after?.at ?? this.length;
		const reach = Math.min(reachOf(this.rate), halfOf(before), halfOf(after));
		// Where the recording itself begins or ends, nothing is cut.
		if ((!before && after!.start === 0) || (!after && before!.end >= this.source.length)) return;
		const from = Math.max(start, before ? at - reach : at);
		const to = Math.min(start + target.length, after ? at + reach : at);
		if (from >= to) return;
		const part = target.subarray(from - start, to - start).fill(0);
		if (before) this.addFaded(channel, before.end + from - at, part, (i) => 1 - this.shareOf(from + i - at, reach, before, after));
		if (after) this.addFaded(channel, after.start + from - at, part, (i) => this.shareOf(from + i - at, reach, before, after));
	}

	/** What the piece behind a cut has of the sound. @param offset samples from the cut */
	private shareOf(offset: number, reach: number, before: Place | undefined, after: Place | undefined): number {
		const position = (offset + 0.5) / reach;
		if (!before) return rise(position);
		return after ? rise((position + 1) / 2) : rise(position + 1);
	}

	private addFaded(channel: number, start: number, target: Float32Array, weight: (i: number) => number): void {
		if (this.scratch.length < target.length) this.scratch = new Float32Array(target.length);
		const samples = this.scratch.subarray(0, target.length);
		this.source.read(channel, start, samples);
		for (let i = 0; i < target.length; i++) target[i]! += weight(i) * samples[i]!;
	}
}

function halfOf(place: Place | undefined): number {
	return place ? Math.floor((place.end - place.start) / 2) : Infinity;
}
