/** One run of FFmpeg over a file: its command line, how it is stopped, and what it came to. */
import { SAMPLE_RATE } from '../../audio';
import { randomInt } from 'node:crypto';
import type { VoiceprintError } from '../../../../errors';
import type { MediaInfo, RawEncoding } from '../../../client/protocol';
import { audioStream, decodeFailed, explainNoSamples, withoutHeader } from './failures';
import { guessRaw, LOOKED_AT } from '../raw/guess';
import { runFfmpeg } from './decoder';
import type { End, Listener } from './execution';
import { isFragmented } from '../fragments';
import { checkFormat, LONGEST } from '../limits';
import type { InputFile } from '../inputFile';
import { FfmpegLog, type LoggedStream } from './log';
import { Original, type OriginalSink } from './original';
import { RANGE_END, type RangeCut } from '../rangeCut';
import { RATE_FILTER, Resampler, type MakeResampler } from '../resampling/resampler';
import { Timeline, timelineFilter } from './timeline';
import { endsEarly } from '../truncation';
import { WavOutput } from './wavOutput';

/** Containers that FFmpeg takes files for in which nothing but a few bits fits. */
const WITHOUT_HEADER = /^(amrnb|amrwb|gsm|g729|sbc|adp|loas)$/;

/** One of so many parts of a file that is what FFmpeg takes it for may be damaged. */
const MOSTLY_GOOD = 10;

/** Seconds of an AMR frame. */
const AMR_FRAME = 0.02;

/** What a file cannot know, so that it cannot write FFmpeg's lines. */
const newMark = () => randomInt(1e8, 1e9);

/** Decoding has to begin anew without seeking: FFmpeg counts from where the sound begins. */
const MISPLACED = new Error('the place that was sought is another one');

/** Which part of a file is decoded, and which track. */
export interface RunOptions {
	/** Whole seconds of the timeline to skip by seeking. */
	seek?: number;
	/** FFmpeg's specifier of the stream, such as `0:a:1`; absent: FFmpeg takes the default track. */
	map?: string | undefined;
	/** Takes the sound at the file's own rate too, where that is another one. */
	original?: OriginalSink | undefined;
}

interface LineOptions extends Pick<RunOptions, 'seek' | 'map'> {
	format?: string | undefined;
	/** Hz of the output. */
	rate: number;
}

/** @param channels that the output has to have; 0 for those of the file */
function commandLine({ seek = 0, map, format, rate }: LineOptions, channels: number, mark: number, input: string, output: string): string[] {
	return [
		...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'repeat+level+verbose'],
		...['-protocol_whitelist', 'file', '-copyts'],
		...(seek > 0 ? ['-ss', String(seek)] : []),
		...(format === undefined ? [] : ['-f', format]),
		...['-i', input, ...(map === undefined ? [] : ['-map', map]), '-vn', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1'],
		// For the models it is resampled here, see `Resampler`.
		...['-af', `${timelineFilter(mark)},${rate === SAMPLE_RATE ? RATE_FILTER : `aresample=${rate}`}`],
		...(channels > 0 ? ['-ac', String(channels)] : []),
		...['-c:a', 'pcm_f32le', '-f', 'wav', '-bitexact', '-flush_packets', '1', output],
	];
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

	private readonly map: string | undefined;

	/** Hz of what is handed on. */
	private readonly rate: number;

	/** Samples of silence at the beginning. */
	private lead = 0;

	private readonly original: Original | undefined;

	constructor(file: InputFile, cut: RangeCut, { seek = 0, map, original }: RunOptions = {}) {
		this.file = file;
		this.map = map;
		this.cut = cut;
		this.seek = seek;
		this.base = cut.position;
		this.rate = cut.range.rate;
		this.timeline = new Timeline(cut, this.rate);
		this.original = original && new Original(original, cut);
		this.log = new FfmpegLog({ addJump: (...jump) => this.addJump(...jump) }, this.mark, isFragmented(file), seek);
		this.output = new WavOutput({
			onFormat: (channels, sampleRate) => {
				this.checkFormat(channels);
				this.beginOutput(channels, sampleRate);
				this.lead = this.setZero();
				if (cut.channels === 0) cut.onChannels(channels);
				this.timeline.channels = channels;
				this.began = true;
				this.beginOriginal(channels, sampleRate);
				if (this.lead > 0) cut.onSilence(this.lead);
			},
			onFrames: (samples, frames) => {
				this.original?.onFrames(samples, frames);
				(this.resampler ?? this.timeline).onFrames(samples, frames);
			},
		});
	}

	private makeResampler: MakeResampler | undefined;

	private resampler: Resampler | undefined;

	/** Hz that FFmpeg delivers. */
	private outputRate = 0;

	private beginOutput(channels: number, sampleRate: number): void {
		this.outputRate = sampleRate;
		if (this.rate !== SAMPLE_RATE) return;
		this.resampler = this.makeResampler?.(sampleRate, channels, (samples, frames) => this.timeline.onFrames(samples, frames));
		this.timeline.pending = () => this.resampler?.pending ?? 0;
	}

	private addJump(...jump: Parameters<Timeline['addJump']>): void {
		this.timeline.addJump(...jump);
		this.original?.addJump(...jump);
	}

	/** Not where FFmpeg resamples it, or what comes here is the file's rate already, or time is not told by the samples alone. */
	private beginOriginal(channels: number, rate: number): void {
		const { sample_rate: own, codec } = this.info;
		if (own !== rate || rate === SAMPLE_RATE || this.log.isAmr) return;
		const { priming, lead } = this.log;
		this.original?.begin({ rate, codec, channels, seek: this.seek, priming, lead });
	}

	/** Whether seeking led to another place, and nothing was decoded; to be tried without. */
	misplaced = false;

	private began = false;

	/** Samples per channel of the recording up to where decoding ended; 0 where nothing was decoded. */
	get decoded(): number {
		return this.began ? Math.max(0, this.cut.position - this.base) : 0;
	}

	get info(): MediaInfo {
		const { container = 'unknown', sampleRate = this.outputRate } = this.log;
		const codec = audioStream(this.log)?.codec ?? 'unknown';
		return { container, codec, sample_rate: sampleRate, channels: this.cut.channels, ...this.trackInfo() };
	}

	/** Which of several tracks was decoded. */
	private trackInfo(): Pick<MediaInfo, 'audio_track' | 'audio_tracks' | 'audio_language'> {
		const { tracks } = this.log;
		if (tracks.length < 2) return {};
		const track = tracks.findIndex(({ index }) => index === this.log.decodedStream);
		const language = tracks[track]?.language ?? 'und';
		return {
			audio_track: Math.max(0, track),
			audio_tracks: tracks.length,
			...(language === 'und' ? {} : { audio_language: language }),
		};
	}

	/** The tracks of the file, as far as FFmpeg got. */
	get tracks(): LoggedStream[] {
		return this.log.tracks;
	}

	/** Decodes; returns where the file or the range ends. Throws as `decodeMedia` does, and what `onBlock` throws. */
	async execute(): Promise<void> {
		this.makeResampler = await Resampler.prepare();
		const end = await this.run();
		if (this.stopped?.reason === MISPLACED) {
			this.misplaced = true;
			return;
		}
		if (this.stopped && this.stopped.reason !== RANGE_END) throw this.stopped.reason;
		// A trap inside the WebAssembly.
		if (end && 'trap' in end) throw decodeFailed(this.file.name, this.log, end.trap);
		if (end && end.exitCode < 0) throw decodeFailed(this.file.name, this.log, 'FFmpeg ended abnormally');
		this.original?.finish(this.stopped !== undefined);
		this.endTimeline();
		this.cut.finish();
	}

	/** @returns nothing where it was stopped from here */
	private async run(): Promise<End | undefined> {
		const { file, mark, seek, map, rate } = this;
		const [input, output] = [`/in${mark}`, `/out${mark}`];
		const line = commandLine({ seek, map, format: file.format, rate }, this.cut.channels, mark, input, output);
		const listener: Listener = {
			onLine: (text) => this.log.add(text),
			onRead: () => this.checkFormat(),
			onBytes: (bytes, position) => this.output.write(bytes, position),
		};
		try {
			return await runFfmpeg({ file, input, output, commandLine: line }, listener);
		} catch (reason) {
			this.stopped = { reason };
			return undefined;
		}
	}

	private endTimeline(): void {
		if (this.stopped) return;
		try {
			this.resampler?.finish();
			this.timeline.finish();
			if (this.log.isAmr && this.began) this.fill(this.log.packets * AMR_FRAME * this.rate);
		} catch (reason) {
			if (reason !== RANGE_END) throw reason;
			this.stopped = { reason };
		}
	}

	/** Makes the recording as long as its packets say. @param samples from the first one on */
	private fill(samples: number): void {
		const missing = this.lead + samples - (this.cut.position - this.base);
		if (missing > 0 && this.seek === 0) this.cut.onSilence(Math.min(missing, LONGEST * this.rate));
	}

	/** The error for a file that gave no sample. @param head the file's first bytes */
	explainNothing(head: Buffer): VoiceprintError {
		return explainNoSamples(this.file.name, this.log, head, this.guessRaw(this.file.name));
	}

	/**
	 * Refuses samples without a header that FFmpeg takes for something else and is not sure.
	 * @throws VoiceprintError RAW_AUDIO
	 */
	checkDoubt(): void {
		if (this.file.format !== undefined) return;
		// Where a real file is behind some bytes of something else, most of it can be decoded.
		const isBad = this.log.doubtful && this.log.damaged > 0 && this.log.damaged * MOSTLY_GOOD >= this.log.packets;
		const isDoubtful = isBad || WITHOUT_HEADER.test(this.log.container ?? '');
		const raw = isDoubtful ? this.guessRaw('') : undefined;
		if (raw) throw withoutHeader(this.file.name, raw);
	}

	/** What the file's bytes look like, should they be samples without a header. */
	private guessRaw(fileName: string): RawEncoding | undefined {
		// A multiple of the bytes of every sample that is looked for.
		const start = Math.max(0, Math.floor(this.file.size / 8) * 4 - LOOKED_AT / 2);
		return guessRaw(this.file.read(start, LOOKED_AT), fileName);
	}

	/** How many parts could not be decoded. */
	get damaged(): number {
		// The packet that was cut in two is part of the truncation.
		return Math.max(0, this.log.damaged - (this.truncatedAt === undefined ? 0 : 1));
	}

	/** Seconds that are there of a recording that was cut off; undefined where it was not. */
	get truncatedAt(): number | undefined {
		const seconds = this.decoded / this.rate;
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
		const priming = Math.round(this.log.priming * this.rate);
		// A recording behind another has no place for it.
		if (this.base > 0) this.timeline.skip(priming);
		else this.cut.begin(this.seek * this.rate - priming, duration);
		return Math.round(lead * this.rate);
	}

	/** @throws VoiceprintError UNSUPPORTED_FORMAT */
	private checkFormat(channels = 1): void {
		if (this.log.absurd) checkFormat(this.file.name, this.log.absurd.channels, this.log.absurd.sampleRate);
		checkFormat(this.file.name, channels, SAMPLE_RATE);
	}
}
