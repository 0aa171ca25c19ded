/**
 * Reads FFmpeg's log while it runs (`-loglevel repeat+level+verbose`): what the media is, what went wrong and where
 * its timestamps jump. Only lines at FFmpeg's own indentation count; metadata of the file, which anyone can
 * write, is indented deeper. Memory is bounded: errors are counted, only the first few are kept.
 */

/** How many error lines are kept for messages. */
const KEPT_ERRORS = 8;

/** FFmpeg's lines about its own output file and its way to exit, which say nothing about the media. */
const NOT_ABOUT_MEDIA = /^(Aborted\(|Filesize \d+ invalid for wav|Conversion failed!)/;

export interface LoggedStream {
	index: number;
	kind: string;
	/** FFmpeg's codec name; `none` where it knows none. */
	codec: string;
	/** The whole description, for messages. */
	description: string;
	/** A cover picture, which makes no video of the file. */
	picture: boolean;
}

/** Takes what the timeline's filter logs. */
export interface TimelineLog {
	beginFilters(): void;
	addJump(delivered: number, ahead: number): void;
}

export class FfmpegLog {
	/** FFmpeg's container name; undefined until the file was recognised. */
	container: string | undefined;

	readonly streams: LoggedStream[] = [];

	/** Seconds; what the container claims, undefined where it claims nothing. */
	duration: number | undefined;

	/** FFmpeg derived the duration from bit rate and size. */
	durationEstimated = false;

	/** Seconds; the first timestamp in the file, often a little below 0 because of encoder priming. */
	start = 0;

	/** Index of the stream that is decoded. */
	decodedStream: number | undefined;

	/** Hz; what the decoder really delivers. */
	sampleRate: number | undefined;

	/** Number of packets that could not be decoded. */
	damaged = 0;

	/** FFmpeg said that the file ends too early. */
	endsEarly = false;

	readonly errors: string[] = [];

	private inInput = false;

	/** The first of the two numbers that the timeline's filter logs. */
	private jumpAt: number | undefined;

	private readonly timeline: TimelineLog;

	constructor(timeline: TimelineLog) {
		this.timeline = timeline;
	}

	/** Takes one line of the log. */
	add(line: string): void {
		const match = /^(?:\[[^\]]* @ 0x[0-9a-f]+\] )*\[(\w+)\] (.*)$/.exec(line);
		if (!match) return;
		const [, level, text] = match as unknown as [string, string, string];
		if (level === 'error' || level === 'fatal' || level === 'panic') this.addError(text);
		else if (text.startsWith('Estimating duration from bitrate')) this.durationEstimated = true;
		else if (level === 'info') this.addInfo(text);
		else this.addDetail(text);
	}

	private addNumber(value: number): void {
		if (this.jumpAt === undefined) {
			this.jumpAt = value;
			return;
		}
		this.timeline.addJump(this.jumpAt, value);
		this.jumpAt = undefined;
	}

	private addError(text: string): void {
		if (NOT_ABOUT_MEDIA.test(text)) return;
		if (text.startsWith('Error while decoding stream')) this.damaged++;
		if (/File ended prematurely|partial file/.test(text)) this.endsEarly = true;
		if (this.errors.length < KEPT_ERRORS) this.errors.push(text);
	}

	private addInfo(text: string): void {
		const input = /^Input #0, (.*), from '/.exec(text);
		if (input) {
			this.container = input[1];
			this.inInput = true;
		} else if (text === 'Stream mapping:' || text.startsWith('Output #')) this.inInput = false;
		else if (this.inInput) this.addInput(text);
		else this.addMapping(text);
	}

	private addInput(text: string): void {
		const duration = /^ {2}Duration: (?:(\d+):(\d+):([\d.]+)|N\/A)(?:, start: (-?[\d.]+))?/.exec(text);
		if (duration) {
			const [, hours, minutes, seconds, start] = duration;
			if (seconds !== undefined) this.duration = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
			if (start !== undefined) this.start = Number(start);
			return;
		}
		const stream = /^ {2}Stream #0:(\d+)\S*: (\w+): (([^\s,]+).*)$/.exec(text);
		if (!stream) return;
		const [, index, kind, description, codec] = stream as unknown as [string, string, string, string, string];
		const picture = description.endsWith('(attached pic)');
		this.streams.push({ index: Number(index), kind, codec, description, picture });
	}

	private addMapping(text: string): void {
		const mapping = /^ {2}Stream #0:(\d+) -> #0:0 /.exec(text);
		if (mapping && this.decodedStream === undefined) this.decodedStream = Number(mapping[1]);
	}

	private addDetail(text: string): void {
		if (/^-?\d+\.\d{6}$/.test(text)) {
			this.addNumber(Number(text));
			return;
		}
		const conversion = /^ch:\d+ chl:.* fmt:\S+ r:(\d+)Hz -> /.exec(text);
		if (!conversion) return;
		this.sampleRate ??= Number(conversion[1]);
		this.timeline.beginFilters();
	}
}
