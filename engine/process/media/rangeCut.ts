/**
 * Takes what FFmpeg delivers and hands on what is wanted of it: the kept channels, the range, not more than the
 * maximum duration.
 */
import { VoiceprintError } from '../../../errors';
import type { MediaRequest, MixMethod, Warning } from '../../client/protocol';
import { BlockWriter, keptChannels, type BlockSinks } from './channels';
import { LONGEST } from './limits';
import type { MakePlanes } from './planes';
import { formatSeconds, sampleRange, type Range } from './range';
import type { TimelineSink } from './ffmpeg/timeline';

/** Thrown where the end of the range is reached: no failure, but nothing more is wanted. */
export const RANGE_END = new Error('the end of the range is reached');

/** What is said of channels that cancel each other; nothing where the method does not mind. */
const CANCELLING: Partial<Record<MixMethod, string>> = {
	automatic: 'there the loudest channel was taken instead',
	mean: "what is in both is lost. Choose another 'Mix Method', or the channel mode Split",
};

export class RangeCut implements TimelineSink {
	/** Channels of the file; 0 until the first samples. */
	channels = 0;

	/** 0-based numbers of the kept channels. */
	kept: number[] = [];

	/** Samples per channel that were handed on. */
	samples = 0;

	/** How many of them are silence that keeps the timeline. */
	silence = 0;

	/** Where on the timeline the next frame lies, in samples; negative for priming before the file's zero. */
	position = 0;

	/** Seconds that the container claims to last, where it claims any. */
	private claimedDuration: number | undefined;

	/** Jumps of the timestamps that were left out, in words; the first one, and how many there are. */
	private jumps = { first: '', count: 0 };

	readonly range: Range;

	private writer: BlockWriter | undefined;

	private readonly request: MediaRequest;

	private readonly fileName: string;

	/** In samples. */
	private readonly maximum: number;

	constructor(
		request: MediaRequest,
		fileName: string,
		range: Range,
		private readonly sinks: BlockSinks,
		private readonly makePlanes: MakePlanes,
	) {
		this.request = request;
		this.fileName = fileName;
		this.range = range;
		this.maximum = Math.round(Math.min(request.maximumDuration || LONGEST, LONGEST) * range.rate);
	}

	/** The same of the recording, in samples of another rate. @param rate Hz */
	atRate(rate: number, sinks: BlockSinks): RangeCut {
		const { rangeFrom, rangeTo } = this.request;
		return new RangeCut(this.request, this.fileName, sampleRange(rangeFrom, rangeTo, rate), sinks, this.makePlanes);
	}

	/** @throws VoiceprintError CHANNEL_NOT_FOUND */
	onChannels(channels: number): void {
		this.channels = channels;
		this.kept = keptChannels(this.request.channels, channels, this.fileName);
		this.writer = new BlockWriter(channels, this.kept, this.mixMethod, this.sinks, this.makePlanes, this.range.rate);
	}

	/** Absent: the channels are not mixed. */
	private get mixMethod(): MixMethod | undefined {
		return this.request.channelMode === 'mix' ? (this.request.mixMethod ?? 'automatic') : undefined;
	}

	/**
	 * To be called before the first samples.
	 * @param position of the first sample
	 * @param claimedDuration seconds that the container claims to last, where it claims any
	 */
	begin(position: number, claimedDuration: number | undefined): void {
		this.position = position;
		this.claimedDuration = claimedDuration;
	}

	onJump(frames: number): void {
		const [size, at] = [Math.abs(frames), Math.max(0, this.position)].map((samples) => formatSeconds(samples / this.range.rate));
		this.jumps.first ||= `the time stamps jump ${frames < 0 ? 'back' : 'ahead'} by ${size!} at ${at!}`;
		this.jumps.count += 1;
	}

	/** What the user should know about the samples. */
	warnings(): Warning[] {
		const warnings: Warning[] = [];
		const { first, count } = this.jumps;
		if (count > 0) {
			const more = count > 1 ? `, and at ${count - 1} more places` : '';
			const message = `In "${this.fileName}" ${first}${more}: the sound is taken to go on there, and later times may be wrong`;
			warnings.push({ code: 'TIMELINE_JUMP', message });
		}
		const replaced = this.writer?.replaced ?? 0;
		if (replaced > 0) {
			const samples = replaced === 1 ? '1 sample that is no number' : `${replaced} samples that are no numbers`;
			const message = `"${this.fileName}" has ${samples} or absurdly large, taken as silence`;
			warnings.push({ code: 'SAMPLES_REPLACED', message });
		}
		if (this.writer?.cancels && CANCELLING[this.mixMethod!]) {
			const message = `The channels of "${this.fileName}" cancel each other where they are averaged: ${CANCELLING[this.mixMethod!]}`;
			warnings.push({ code: 'CHANNELS_CANCEL', message });
		}
		return warnings;
	}

	/** @throws VoiceprintError FILE_TOO_LONG; RANGE_END; what `onBlock` throws */
	onFrames(samples: Float32Array, from: number, to: number): void {
		const [first, last] = this.advance(to - from);
		if (last > first) this.writer!.write(samples, from + first, from + last);
		if (this.isOver) throw RANGE_END;
	}

	/** @throws VoiceprintError FILE_TOO_LONG; RANGE_END; what `onBlock` throws */
	onSilence(frames: number): void {
		const [first, last] = this.advance(frames);
		this.silence += last - first;
		this.writer!.writeSilence(last - first);
		if (this.isOver) throw RANGE_END;
	}

	/** Whether nothing more is wanted. */
	get isOver(): boolean {
		return this.position >= this.range.to;
	}

	/** Hands on what is left. */
	finish(): void {
		this.writer?.flush();
	}

	/** Moves on by `frames`; returns which of them, from first to before last, are wanted. */
	private advance(frames: number): [number, number] {
		const first = Math.min(frames, Math.max(0, this.range.from - this.position));
		const last = Math.max(first, Math.min(frames, this.range.to - this.position));
		this.position += frames;
		this.samples += last - first;
		if (this.samples > this.maximum) throw this.tooLong();
		return [first, last];
	}

	private tooLong(): VoiceprintError {
		const { from, to, rate } = this.range;
		const maximum = this.maximum / rate;
		const length = Math.min(this.claimedDuration ?? 0, to / rate) - from / rate;
		const known = length > maximum ? `: ${formatSeconds(length)}` : '';
		return new VoiceprintError(
			'FILE_TOO_LONG',
			`The audio of "${this.fileName}" is longer than the maximum of ${formatSeconds(maximum)}${known}`,
			this.maximum < LONGEST * rate
				? 'Raise the maximum duration, or process a part with Range From and Range To.'
				: 'No more than a day is processed at once. Process parts of it with Range From and Range To.',
		);
	}
}
