/** One run of FFmpeg over a file: its command line, how it is stopped, and what it came to. */
import { SAMPLE_RATE } from '../../audio';
import { randomInt } from 'node:crypto';
import { VoiceprintError } from '../../../../errors';
import type { MediaInfo, Warning } from '../../../client/protocol';
import { audioStream, decodeFailed, explainNoSamples } from './failures';
import { createFfmpegCore, type FfmpegCore } from './core';
import { isFragmented } from '../fragments';
import { checkFormat } from '../limits';
import { unreadable, type InputFile } from '../inputFile';
import { FfmpegLog } from './log';
import { formatSeconds } from '../range';
import { RANGE_END, type RangeCut } from '../rangeCut';
import { mountInput, mountOutput } from './streams';
import { Timeline, timelineFilter } from './timeline';
import { endsEarly } from '../truncation';
import { WavOutput } from './wavOutput';

/** Seconds of inserted silence that are worth a warning. */
const NOTABLE_SILENCE = 0.1;

/** Thrown through FFmpeg to end it at once; the reason is kept outside, FFmpeg's glue must not touch it. */
class Stop extends Error {}

/** What a file cannot know, so that it cannot write FFmpeg's lines. */
const newMark = () => randomInt(1e8, 1e9);

/** Decoding has to begin anew without seeking: FFmpeg counts from where the sound begins. */
const MISPLACED = new Error('the place that was sought is another one');

/** @param seek whole seconds of the timeline to skip */
function commandLine(seek: number, mark: number, input: string, output: string): string[] {
	return [
		...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'repeat+level+verbose'],
		...['-protocol_whitelist', 'file', '-copyts'],
		...(seek > 0 ? ['-ss', String(seek)] : []),
		...['-i', input, '-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1'],
		...['-af', `${timelineFilter(mark)},aresample=${SAMPLE_RATE}`],
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

	/** @param seek whole seconds of the timeline to skip by seeking */
	constructor(file: InputFile, cut: RangeCut, seek: number) {
		this.file = file;
		this.cut = cut;
		this.seek = seek;
		this.timeline = new Timeline(cut);
		this.log = new FfmpegLog(this.timeline, this.mark, isFragmented(file), seek);
		this.output = new WavOutput({
			onChannels: (channels) => {
				this.checkFormat(channels);
				const lead = this.setZero();
				this.timeline.onChannels(channels);
				if (lead > 0) cut.onSilence(lead);
			},
			onFrames: (samples, frames) => this.timeline.onFrames(samples, frames),
		});
	}

	/** Whether seeking led to another place, and nothing was decoded; to be tried without. */
	misplaced = false;

	/** Samples per channel on the timeline up to where decoding ended; 0 where nothing was decoded. */
	get decoded(): number {
		return this.cut.channels === 0 ? 0 : Math.max(0, this.cut.position);
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
			exitCode = core.exec(...commandLine(this.seek, this.mark, input, output));
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

	/** What the user should know about a file that was decoded. */
	warnings(): Warning[] {
		const warnings: Warning[] = [];
		const seconds = this.cut.position / SAMPLE_RATE;
		const truncated = !this.stopped && endsEarly(this.log, this.file, seconds);
		if (truncated) warnings.push(this.truncatedWarning(seconds));
		// The packet that was cut in two is part of the truncation.
		const damaged = this.log.damaged - (truncated ? 1 : 0);
		if (damaged > 0) warnings.push(this.damagedWarning());
		warnings.push(...this.cut.warnings());
		const silence = this.cut.silence / SAMPLE_RATE;
		if (silence >= NOTABLE_SILENCE) {
			const inserted = `${silence.toFixed(1)} s of silence were inserted`;
			const message = `${inserted} where the timeline of "${this.file.name}" has no audio`;
			warnings.push({ code: 'SILENCE_INSERTED', message });
		}
		return warnings;
	}

	private truncatedWarning(seconds: number): Warning {
		const message = `"${this.file.name}" is cut off; the ${formatSeconds(seconds)} that are there were processed`;
		return { code: 'TRUNCATED_FILE', message };
	}

	private damagedWarning(): Warning {
		const parts = this.log.damaged === 1 ? '1 damaged part' : `${this.log.damaged} damaged parts`;
		const message = `"${this.file.name}" has ${parts} that could not be decoded; the rest was processed`;
		return { code: 'DECODING_ERRORS', message };
	}

	/** @returns samples of silence before the sound */
	private setZero(): number {
		// FFmpeg counts from the first timestamp; where that is below 0 (encoder priming), the file's zero comes later.
		const { lead, priming, duration } = this.log;
		if (lead > 0 && this.seek > 0) throw MISPLACED;
		this.cut.begin(this.seek * SAMPLE_RATE - Math.round(priming * SAMPLE_RATE), duration);
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
