/** One run of FFmpeg over a file: its command line, how it is stopped, and what it came to. */
import { SAMPLE_RATE } from '../../audio';
import { randomInt } from 'node:crypto';
import { VoiceprintError } from '../../../../errors';
import type { MediaInfo } from '../../../client/protocol';
import { audioStream, decodeFailed, explainNoSamples } from './failures';
import { createFfmpegCore, type FfmpegCore } from './core';
import { isFragmented } from '../fragments';
import { checkFormat } from '../limits';
import { unreadable, type InputFile } from '../inputFile';
import { FfmpegLog } from './log';
import { RANGE_END, type RangeCut } from '../rangeCut';
import { mountInput, mountOutput } from './streams';
import { Timeline, timelineFilter } from './timeline';
import { endsEarly } from '../truncation';
import { WavOutput } from './wavOutput';

/** Thrown through FFmpeg to end it at once; the reason is kept outside, FFmpeg's glue must not touch it. */
class Stop extends Error {}

/** What a file cannot know, so that it cannot write FFmpeg's lines. */
const newMark = () => randomInt(1e8, 1e9);

/** Decoding has to begin anew without seeking: FFmpeg counts from where the sound begins. */
const MISPLACED = new Error('the place that was sought is another one');

/**
 * @param seek whole seconds of the timeline to skip
 * @param channels that the output has to have; 0 for those of the file
 */
function commandLine(seek: number, channels: number, mark: number, input: string, output: string): string[] {
	return [
		...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'repeat+level+verbose'],
		...['-protocol_whitelist', 'file', '-copyts'],
		...(seek > 0 ? ['-ss', String(seek)] : []),
		...['-i', input, '-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1'],
		...['-af', `${timelineFilter(mark)},aresample=${SAMPLE_RATE}`],
		...(channels > 0 ? ['-ac', String(channels)] : []),
		...['-c:a', 'pcm_f32le', '-f', 'wav', '-bitexact', '-flush_packets', '1', output],
	];
}

/** @throws VoiceprintError RUNTIME_UNAVAILABLE */
async function startFfmpeg(): Promise<FfmpegCore> {
	try {
		return await createFfmpegCore();
	} catch (error) {
		if (error instanceof VoiceprintError) throw error;
		throw new VoiceprintError(
			'RUNTIME_UNAVAILABLE',
			'The media decoder could not be started',
			`Loading the package @ffmpeg/core failed: ${error instanceof Error ? error.message : String(error)}. ` +
				'Install the node package again, and check that enough memory is free.',
		);
	}
}

export class FfmpegRun {
	private readonly cut: RangeCut;

	private readonly log: FfmpegLog;

	private readonly timeline: Timeline;

	private readonly output: WavOutput;

	/** Why FFmpeg was stopped from here. */
	private stopped: { reason: unknown } | undefined;

	private readonly mark = newMark();

	private readonly file: InputFile;

	private readonly seek: number;

	/** Samples on the timeline at which the recording begins. */
	private readonly base: number;

	/** @param seek whole seconds of the timeline to skip by seeking */
	constructor(file: InputFile, cut: RangeCut, seek: number) {
		this.file = file;
		this.cut = cut;
		this.seek = seek;
		this.base = cut.position;
		this.timeline = new Timeline(cut);
		this.log = new FfmpegLog(this.timeline, this.mark, isFragmented(file), seek);
		this.output = new WavOutput({
			onChannels: (channels) => {
				this.checkFormat(channels);
				const lead = this.setZero();
				if (cut.channels === 0) cut.onChannels(channels);
				this.timeline.channels = channels;
				this.began = true;
				if (lead > 0) cut.onSilence(lead);
			},
			onFrames: (samples, frames) => this.timeline.onFrames(samples, frames),
		});
	}

	/** Whether seeking led to another place, and nothing was decoded; to be tried without. */
	misplaced = false;

	private began = false;

	/** Samples per channel of the recording up to where decoding ended; 0 where nothing was decoded. */
	get decoded(): number {
		return this.began ? Math.max(0, this.cut.position - this.base) : 0;
	}

	get info(): MediaInfo {
		return {
			container: this.log.container ?? 'unknown',
			codec: audioStream(this.log)?.codec ?? 'unknown',
			sample_rate: this.log.sampleRate ?? 0,
			channels: this.cut.channels,
		};
	}

	/** Decodes; returns where the file or the range ends. Throws as `decodeMedia` does, and what `onBlock` throws. */
	async execute(): Promise<void> {
		const core = await startFfmpeg();
		core.setLogger(({ message }) => this.log.add(message));
		const [input, output] = [`/in${this.mark}`, `/out${this.mark}`];
		mountInput(core, input, this.file.size, (target, position) => this.guard(() => this.read(target, position)));
		mountOutput(core, output, (bytes, position) => this.guard(() => this.output.write(bytes, position)));
		let exitCode = 0;
		try {
			exitCode = core.exec(...commandLine(this.seek, this.cut.channels, this.mark, input, output));
		} catch (error) {
			// A trap inside the WebAssembly, unless it was ended from here.
			if (!this.stopped) throw decodeFailed(this.file.name, this.log, String(error));
		}
		if (this.stopped?.reason === MISPLACED) {
			this.misplaced = true;
			return;
		}
		if (this.stopped && this.stopped.reason !== RANGE_END) throw this.stopped.reason;
		if (exitCode < 0) throw decodeFailed(this.file.name, this.log, 'FFmpeg ended abnormally');
		this.endTimeline();
		this.cut.finish();
	}

	private endTimeline(): void {
		if (this.stopped) return;
		try {
			this.timeline.finish();
		} catch (reason) {
			if (reason !== RANGE_END) throw reason;
			this.stopped = { reason };
		}
	}

	/** The error for a file that gave no sample. @param head the file's first bytes */
	explainNothing(head: Buffer): VoiceprintError {
		return explainNoSamples(this.file.name, this.log, head);
	}

	/** How many parts could not be decoded. */
	get damaged(): number {
		// The packet that was cut in two is part of the truncation.
		return Math.max(0, this.log.damaged - (this.truncatedAt === undefined ? 0 : 1));
	}

	/** Seconds that are there of a recording that was cut off; undefined where it was not. */
	get truncatedAt(): number | undefined {
		const seconds = this.decoded / SAMPLE_RATE;
		return !this.stopped && endsEarly(this.log, this.file, seconds) ? seconds : undefined;
	}

	/** Channels that were mixed or spread to as many as the recording began with; undefined where none were. */
	get otherChannels(): number | undefined {
		return this.log.otherChannels;
	}

	/** @returns samples of silence before the sound */
	private setZero(): number {
		// FFmpeg counts from the first timestamp; where that is below 0 (encoder priming), the file's zero comes later.
		const { lead, duration } = this.log;
		if (lead > 0 && this.seek > 0) throw MISPLACED;
		const priming = Math.round(this.log.priming * SAMPLE_RATE);
		// A recording behind another has no place for it.
		if (this.base > 0) this.timeline.skip(priming);
		else this.cut.begin(this.seek * SAMPLE_RATE - priming, duration);
		return Math.round(lead * SAMPLE_RATE);
	}

	/** @throws VoiceprintError UNSUPPORTED_FORMAT */
	private checkFormat(channels = 1): void {
		if (this.log.absurd) checkFormat(this.file.name, this.log.absurd.channels, this.log.absurd.sampleRate);
		checkFormat(this.file.name, channels, SAMPLE_RATE);
	}

	private read(target: Uint8Array, position: number): number {
		this.checkFormat();
		try {
			return this.file.readInto(target, position);
		} catch (error) {
			throw unreadable(this.file.name, error);
		}
	}

	/** Runs a callback of FFmpeg's; where it throws, keeps the reason and ends FFmpeg. */
	private guard<Result>(callback: () => Result): Result {
		try {
			return callback();
		} catch (reason) {
			this.stopped ??= { reason };
			throw new Stop('decoding was stopped');
		}
	}
}
