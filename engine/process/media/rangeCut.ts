/**
 * Takes what FFmpeg delivers and hands on what is wanted of it: the kept channels, the range, not more than the
 * maximum duration.
 */
import { SAMPLE_RATE } from '../audio';
import { VoiceprintError } from '../../../errors';
import type { MediaRequest } from '../../client/protocol';
import { BlockWriter, keptChannels } from './channels';
import { formatSeconds, type Range } from './range';
import type { TimelineSink } from './ffmpeg/timeline';

/** Thrown where the end of the range is reached: no failure, but nothing more is wanted. */
export const RANGE_END = new Error('the end of the range is reached');

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
	claimedDuration: number | undefined;

	readonly range: Range;

	private writer: BlockWriter | undefined;

	private readonly request: MediaRequest;

	private readonly fileName: string;

	/** In samples. */
	private readonly maximum: number;

	private readonly onBlock: (block: Float32Array[]) => void;

	constructor(request: MediaRequest, fileName: string, range: Range, onBlock: (block: Float32Array[]) => void) {
		this.request = request;
		this.fileName = fileName;
		this.range = range;
		this.maximum = request.maximumDuration ? Math.round(request.maximumDuration * SAMPLE_RATE) : Infinity;
		this.onBlock = onBlock;
	}

	/** @throws VoiceprintError CHANNEL_NOT_FOUND */
	onChannels(channels: number): void {
		this.channels = channels;
		this.kept = keptChannels(this.request.channels, channels, this.fileName);
		this.writer = new BlockWriter(channels, this.kept, this.request.channelMode, this.onBlock);
	}

	/** @throws VoiceprintError FILE_TOO_LONG; RANGE_END; what `onBlock` throws */
	onFrames(samples: Float32Array, from: number, to: number): void {
		const [first, last] = this.advance(to - from);
		if (last > first) this.writer!.write(samples, from + first, from + last);
		if (this.position >= this.range.to) throw RANGE_END;
	}

	/** @throws VoiceprintError FILE_TOO_LONG; RANGE_END; what `onBlock` throws */
	onSilence(frames: number): void {
		const [first, last] = this.advance(frames);
		this.silence += last - first;
		this.writer!.writeSilence(last - first);
		if (this.position >= this.range.to) throw RANGE_END;
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
		const maximum = this.request.maximumDuration!;
		const length = Math.min(this.claimedDuration ?? 0, this.range.to / SAMPLE_RATE) - this.range.from / SAMPLE_RATE;
		const known = length > maximum ? `: ${formatSeconds(length)}` : '';
		return new VoiceprintError(
			'FILE_TOO_LONG',
			`The audio of "${this.fileName}" is longer than the maximum of ${formatSeconds(maximum)}${known}`,
			'Raise the maximum duration, or process a part with Range From and Range To.',
		);
	}
}
