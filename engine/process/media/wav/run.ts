/**
 * Reads a WAV file of plain samples without FFmpeg: measured 5 times (a long file) to 40 times (a short one) cheaper, and
 * without FFmpeg's 70 MB where no other file was decoded before.
 */
import type { MediaInfo } from '../../../client/protocol';
import { SAMPLE_RATE } from '../../audio';
import { unreadable, type InputFile } from '../inputFile';
import { Shorts } from '../planes';
import { RANGE_END, type RangeCut } from '../rangeCut';
import { isResampled, Resampler } from '../resampling/resampler';
import type { PlainWav } from './plain';
import { CONVERT } from './samples';

/** Samples, of all channels together, read at once. */
const READ_SAMPLES = 65_536;

/** Seconds that are read before the range where it is resampled: the filter's past. */
const PRE_ROLL = 1;

/** Seconds; of less a filter makes little or nothing, and FFmpeg's way says so. */
const SHORTEST_RESAMPLED = 0.1;

/** Whether a file can be read without FFmpeg. @param rate Hz that are wanted */
export function canRead({ frames, sampleRate }: PlainWav, rate: number): boolean {
	return sampleRate === rate || (rate === SAMPLE_RATE && isResampled(sampleRate) && frames >= SHORTEST_RESAMPLED * sampleRate);
}

/** Where bytes are put, and how many samples of theirs are got; valid until the next. */
interface Reader {
	bytes: Uint8Array;
	convert(count: number): Float32Array;
}

export class WavRun {
	readonly info: MediaInfo;

	/** A file whose header is odd is not plain. */
	readonly damaged = 0;

	readonly truncatedAt = undefined;

	/** Takes interleaved samples, as they stand in the file. */
	private sink: { onFrames(samples: Float32Array, frames: number): void };

	private resampler: Resampler | undefined;

	/**
	 * @param wav of the file; one that `canRead` at the rate of `cut`
	 * @param offset samples on the timeline at which the file begins
	 */
	constructor(
		private readonly file: InputFile,
		private readonly wav: PlainWav,
		private readonly cut: RangeCut,
		private readonly offset = 0,
	) {
		this.info = { container: 'wav', codec: wav.codec, sample_rate: wav.sampleRate, channels: wav.channels };
		this.sink = { onFrames: (samples, frames) => cut.onFrames(samples, 0, frames) };
	}

	/** Samples per channel that the file gives; one less, where it is resampled, as its end lies. */
	get decoded(): number {
		return Math.ceil((this.wav.frames * this.cut.range.rate) / this.wav.sampleRate);
	}

	/** Reads the range. Throws as `decodeMedia` does, and what its `onBlock` throws. */
	async execute(): Promise<void> {
		const { cut, offset, wav } = this;
		await this.prepare();
		const end = offset + this.decoded;
		const start = this.start();
		cut.begin(offset + start.sample, end / cut.range.rate);
		if (cut.channels === 0) cut.onChannels(wav.channels);
		try {
			this.readAll(start.frame, await this.newReader());
			this.resampler?.finish();
		} catch (reason) {
			if (reason !== RANGE_END) throw reason;
		}
		this.cut.finish();
	}

	private async prepare(): Promise<void> {
		const { sampleRate, channels } = this.wav;
		const { sink } = this;
		if (sampleRate === this.cut.range.rate) return;
		const makeResampler = await Resampler.prepare();
		this.resampler = makeResampler(sampleRate, channels, (samples, frames) => sink.onFrames(samples, frames));
		this.sink = this.resampler;
	}

	/** Where reading begins: sample of what the file gives, frame of the file. */
	private start(): { sample: number; frame: number } {
		const { cut, offset, wav, decoded } = this;
		const sample = Math.min(Math.max(0, cut.range.from - offset), decoded);
		if (!this.resampler) return { sample, frame: sample };
		// At whole seconds the samples of the file and of what it gives meet. Only at its end is known how many it gives.
		const seconds = Math.max(0, Math.floor(sample / cut.range.rate) - PRE_ROLL);
		return { sample: seconds * cut.range.rate, frame: seconds * wav.sampleRate };
	}

	/** Frames read at once. */
	private get step(): number {
		return Math.max(1, Math.floor(READ_SAMPLES / this.wav.channels));
	}

	private async newReader(): Promise<Reader> {
		const { step, wav } = this;
		const { channels, codec, frameBytes } = wav;
		if (codec === 'pcm_s16le') return await Shorts.prepare(step * channels);
		const [bytes, samples] = [Buffer.alloc(step * frameBytes), new Float32Array(step * channels)];
		return {
			bytes,
			convert(count) {
				CONVERT[codec](bytes, samples.subarray(0, count));
				return samples;
			},
		};
	}

	private readAll(from: number, reader: Reader): void {
		const { step, wav } = this;
		const { channels, dataStart, frameBytes, frames } = wav;
		for (let frame = from; frame < frames; frame += step) {
			const count = Math.min(step, frames - frame);
			this.fill(reader.bytes.subarray(0, count * frameBytes), dataStart + frame * frameBytes);
			this.sink.onFrames(reader.convert(count * channels), count);
		}
	}

	private fill(target: Uint8Array, position: number): void {
		try {
			for (let filled = 0; filled < target.length; ) {
				const count = this.file.readInto(target.subarray(filled), position + filled);
				if (count === 0) throw new Error('the file became shorter while it was read');
				filled += count;
			}
		} catch (error) {
			throw unreadable(this.file.name, error);
		}
	}
}
