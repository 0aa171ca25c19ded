/**
 * Reads FFmpeg's log while it runs (`-loglevel repeat+level+verbose`): what the media is, what went wrong and where
 * its timestamps jump. Whoever makes a file can write lines into the log: FFmpeg prints some tags as they are, line
 * breaks included. So what times depend on is marked with a secret of this run: the names of the input and the output,
 * and each number of the timeline's filter. Metadata is indented deeper than FFmpeg's own lines and does not count.
 * Memory is bounded: errors are counted, only the first few are kept.
 */
import { SAMPLE_RATE } from '../../audio';
import { isFormatUsual } from '../limits';

/** Far more than any file has. */
const MOST_STREAMS = 1000;

/** Containers of MPEG streams, whose clock begins where it likes. */
const MPEG_CLOCK = /^mpeg(ts)?$/;

/** Seconds after which a clock begins anew: 33 bits at 90 kHz, 32 bits of milliseconds. */
const WRAPS: Record<string, number | undefined> = { mpegts: 2 ** 33 / 90_000, mpeg: 2 ** 33 / 90_000, flv: 2 ** 32 / 1000 };

/** Seconds of encoder priming at most. What begins further below 0 is a clock that was about to begin anew. */
const LONGEST_PRIMING = 1;

/** How many error lines are kept for messages. */
const KEPT_ERRORS = 8;

/** FFmpeg's lines about its own output file and its way to exit, which say nothing about the media. */
const NOT_ABOUT_MEDIA = /^(Aborted\(|Filesize \d+ invalid for wav|Conversion failed!)/;

export interface LoggedStream {
	index: number;
	kind: string;
	/** FFmpeg's codec name; `none` where it knows none. */
	codec: string;
	/** Usually three letters; `und` where it is not said. */
	language: string;
	/** The whole description, for messages. */
	description: string;
	/** A cover picture, which makes no video of the file. */
	picture: boolean;
}

/** Takes what the timeline's filter logs. */
export interface TimelineLog {
	addJump(delivered: number, ahead: number, wrap?: number): void;
}

export class FfmpegLog {
	/** FFmpeg's container name; undefined until the file was recognised. */
	container: string | undefined;

	readonly streams: LoggedStream[] = [];

	/** Seconds; what the container claims, undefined where it claims nothing. */
	duration: number | undefined;

	/** FFmpeg was not sure about the container. */
	doubtful = false;

	/** FFmpeg derived the duration from bit rate and size. */
	durationEstimated = false;

	/** Seconds; the first timestamp in the file, often a little below 0 because of encoder priming. */
	start = 0;

	/** The file's audio streams have more channels or another rate than anybody needs, as far as its headers say. */
	absurd: { channels: number; sampleRate: number } | undefined;

	/** Index of the stream that is decoded. */
	decodedStream: number | undefined;

	/** Hz; what the decoder really delivers. */
	sampleRate: number | undefined;

	/** Channels that were mixed or spread to those of the output, where it is not the same number. */
	otherChannels: number | undefined;

	/** Number of packets that could not be decoded. */
	damaged = 0;

	/** FFmpeg said that the file ends too early. */
	endsEarly = false;

	readonly errors: string[] = [];

	/** Packets that were read of the stream that was decoded; known at the end. */
	packets = 0;

	private inInput = false;

	/** At the end FFmpeg counts what it read. */
	private inCount = false;

	private hasDuration = false;

	/** Numbers that the timeline's filter logged: the mark, and what came behind it. */
	private numbers: number[] = [];

	/**
	 * @param mark the secret: a whole number, as it stands in the names of input and output
	 * @param fragmented whether the file is MP4 in fragments
	 * @param seek seconds of the timeline that were skipped
	 */
	constructor(
		private readonly timeline: TimelineLog,
		private readonly mark: number,
		private readonly fragmented: boolean,
		private readonly seek: number,
	) {}

	/**
	 * Seconds of silence with which the file begins: in MP4, zero is where its timeline begins (an empty edit before the
	 * sound delays it); others count from their first packet. So do fragments, whose time is that of the live stream
	 * they were taken from: hours after its beginning, or the time since 1970.
	 */
	get lead(): number {
		return /^mov,mp4/.test(this.container ?? '') && !this.fragmented ? Math.max(0, this.start) : 0;
	}

	/** The sound tracks, in their order. */
	get tracks(): LoggedStream[] {
		return this.streams.filter(({ kind }) => kind === 'Audio');
	}

	/**
	 * Whether the stream is AMR, whose frames may say that there is nothing to hear, or only noise. FFmpeg has no decoder
	 * for those and calls them damaged; the time they take is silence.
	 */
	get isAmr(): boolean {
		const stream = this.streams.find(({ index }) => index === this.decodedStream);
		return /^amr_[nw]b$/.test(stream?.codec ?? '');
	}

	/** Seconds of sound before the file's zero: encoder priming, nobody's sound. */
	get priming(): number {
		const before = MPEG_CLOCK.test(this.container ?? '') ? 0 : Math.max(0, -this.start);
		return before <= LONGEST_PRIMING ? before : 0;
	}

	/** Takes one line of the log. */
	add(line: string): void {
		const match = /^(?:\[[^\]]* @ 0x[0-9a-f]+\] )*\[(\w+)\] (.*)$/.exec(line);
		if (!match) return;
		const [, level, text] = match as unknown as [string, string, string];
		if (level === 'error' || level === 'fatal' || level === 'panic') this.addError(text);
		else if (text.startsWith('Estimating duration from bitrate')) this.durationEstimated = true;
		else if (text.startsWith('Format ') && text.includes('detected only with low score')) this.doubtful = true;
		else if (level === 'info') this.addInfo(text);
		else this.addDetail(text);
	}

	private addNumber(value: number): void {
		if (this.numbers.length === 0 && value !== this.mark) return;
		const [, delivered, ahead] = [...this.numbers, value];
		this.numbers.push(value);
		if (delivered === undefined || ahead === undefined) return;
		this.numbers = [];
		this.timeline.addJump(delivered, ahead - this.start - this.seek, WRAPS[this.container ?? '']);
	}

	private addError(text: string): void {
		if (NOT_ABOUT_MEDIA.test(text)) return;
		if (text.startsWith('Error while decoding stream') && !this.isAmr) this.damaged++;
		if (/File ended prematurely|partial file/.test(text)) this.endsEarly = true;
		if (this.errors.length < KEPT_ERRORS) this.errors.push(text);
	}

	private addInfo(text: string): void {
		const input = /^Input #0, (.*), from '(.*)':$/.exec(text);
		if (input?.[2]?.endsWith(`in${this.mark}`)) {
			this.container = input[1];
			this.inInput = true;
		} else if (text.startsWith('Output #') && text.includes(`out${this.mark}'`)) this.inInput = false;
		else if (this.inInput) this.addInput(text);
	}

	private addInput(text: string): void {
		this.addMapping(text);
		const duration = /^ {2}Duration: (?:(\d+):(\d+):([\d.]+)|N\/A)(?:, start: (-?[\d.]+))?/.exec(text);
		if (duration) {
			// The file's own comes before the first tag that anybody can write.
			if (this.hasDuration) return;
			this.hasDuration = true;
			const [, hours, minutes, seconds, start] = duration;
			if (seconds !== undefined) this.duration = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
			if (start !== undefined) this.start = Number(start);
			return;
		}
		const stream = /^ {2}Stream #0:(\d+)(?:\[\w+\])?(?:\(([^)]*)\))?\S*: (\w+): (([^\s,]+).*)$/.exec(text);
		if (!stream) return;
		const [, index, language, kind, description, codec] = stream as unknown as [string, string, string | undefined, string, string, string];
		const picture = description.endsWith('(attached pic)');
		if (kind === 'Audio') this.checkStream(description);
		if (this.streams.length >= MOST_STREAMS) return;
		this.streams.push({ index: Number(index), kind, codec, language: language ?? 'und', description, picture });
	}

	private addCount(text: string): void {
		const count = /^ {2}Input stream #0:(\d+) \(audio\): (\d+) packets read/.exec(text);
		if (count && Number(count[1]) === this.decodedStream) this.packets = Number(count[2]);
	}

	private checkStream(description: string): void {
		const sampleRate = Number(/, (\d+) Hz/.exec(description)?.[1] ?? SAMPLE_RATE);
		const channels = Number(/, (\d+) channels/.exec(description)?.[1] ?? 1);
		if (!isFormatUsual(channels, sampleRate)) this.absurd ??= { channels, sampleRate };
	}

	private addMapping(text: string): void {
		const mapping = /^ {2}Stream #0:(\d+) -> #0:0 /.exec(text);
		if (mapping) this.decodedStream = Number(mapping[1]);
	}

	private addDetail(text: string): void {
		if (this.inCount) this.addCount(text);
		if (text.startsWith('Input file #0 (') && text.endsWith(`in${this.mark}):`)) this.inCount = true;
		if (/^-?\d+\.\d{6}$/.test(text)) {
			this.addNumber(Number(text));
			return;
		}
		const conversion = /^ch:(\d+) chl:.* fmt:\S+ r:(\d+)Hz -> ch:(\d+) /.exec(text);
		if (!conversion) return;
		const [from, rate, to] = conversion.slice(1).map(Number) as [number, number, number];
		this.sampleRate ??= rate;
		if (from !== to) this.otherChannels ??= from;
	}
}
