/** A transcript of cut audio with the times of the recording: all times in it, at any depth, in the form they have. */
import { cutLength, isWithin, mapOfClip, timeInRecording, type Side, type TimeMap } from './timeMap';
import { clockOf, readTime, type WrittenTime } from './writtenTimes';

/** Names of the fields that hold times. */
export interface MappedFields {
	starts: readonly string[];
	ends: readonly string[];
}

/** OpenAI, Whisper, Deepgram, AssemblyAI, ElevenLabs; Speechmatics and Amazon; Google; whisper.cpp. */
export const USUAL_FIELDS: MappedFields = {
	starts: ['start', 'start_time', 'startTime', 'startOffset', 'start_offset', 'from'],
	ends: ['end', 'end_time', 'endTime', 'endOffset', 'end_offset', 'to'],
};

/** Both times as a list, as Transformers gives them. */
const PAIRS = ['timestamp', 'timestamps'];

/** Beside a start; where there is no end, the end follows from it. */
const DURATIONS = ['duration', 'dur'];

/** A time that could not be taken as it is. */
export interface OddTime {
	/** Where it stands, such as `words[3].end`. */
	path: string;
	value: unknown;
}

export interface MappedTimes {
	/** In the same shape. */
	transcript: unknown;
	/** Times in it, those in `outside` included. */
	count: number;
	/** Before the beginning or behind the end of the cut audio: they were taken to it. */
	outside: OddTime[];
	/** In fields for times, but none: left as they are. */
	unread: OddTime[];
	/** Whether numbers were taken for milliseconds. */
	isMilliseconds: boolean;
}

type Entry = Record<string, unknown>;

const isObject = (value: unknown): value is Entry => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The item of the cut audio may hold the transcript: its own times already are those of the recording. */
const isOfItem = (entry: Entry, name: string) => name === 'time_map' || (mapOfClip(entry) !== undefined && typeof entry[name] === 'number');

const pathTo = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

/** The place of all entries of a list. */
const patternOf = (path: string) => path.replace(/\[\d+\]/g, '[]');

const isPair = (name: string, value: unknown): value is unknown[] =>
	PAIRS.includes(name) && Array.isArray(value) && value.length === 2 && value.every((one) => one === null || readTime(one) !== undefined);

/** Calls `visit` for all objects and values. */
function walk(value: unknown, path: string, visit: (entry: Entry, path: string) => void): void {
	if (Array.isArray(value)) value.forEach((one, i) => walk(one, `${path}[${i}]`, visit));
	else if (isObject(value)) {
		visit(value, path);
		for (const [name, inner] of Object.entries(value)) if (!isOfItem(value, name)) walk(inner, pathTo(path, name), visit);
	}
}

/** Which numbers are milliseconds, by the place of the objects they stand in. */
class Units {
	private readonly milliseconds = new Set<string>();

	/** @param perSecond 1 or 1000; undefined: whole numbers beyond the length of the cut audio are milliseconds */
	constructor(
		transcript: unknown,
		fields: MappedFields,
		private readonly perSecond: number | undefined,
		length: number,
	) {
		if (perSecond !== undefined) return;
		const places = new Map<string, number[]>();
		walk(transcript, '', (entry, path) => {
			const found = places.get(patternOf(path)) ?? [];
			places.set(patternOf(path), found);
			for (const [name, value] of Object.entries(entry)) {
				if (isOfItem(entry, name)) continue;
				const times = isPair(name, value) ? value : fields.starts.includes(name) || fields.ends.includes(name) ? [value] : [];
				found.push(...times.map(readTime).flatMap((time) => (time && !time.isSeconds ? [time.value] : [])));
			}
		});
		const whole = [...places].filter(([, times]) => times.length > 0 && times.every(Number.isInteger));
		const isBeyond = (times: number[]) => times.some((time) => time > 1.5 * length + 1);
		// A short list of them has only times that could be seconds.
		if (whole.some(([, times]) => isBeyond(times))) for (const [place] of whole) this.milliseconds.add(place);
	}

	get hasMilliseconds(): boolean {
		return this.perSecond === 1000 || this.milliseconds.size > 0;
	}

	of(path: string): number {
		return this.perSecond ?? (this.milliseconds.has(patternOf(path)) ? 1000 : 1);
	}
}

const CUE = /^([ \t]*)((?:\d+:)?\d{2}:\d{2}[.,]\d{1,3})([ \t]+-->[ \t]+)((?:\d+:)?\d{2}:\d{2}[.,]\d{1,3})/gm;

/** Times of words within a cue. */
const IN_CUE = /<((?:\d+:)?\d{2}:\d{2}\.\d{3})>/g;

class Mapping {
	count = 0;

	readonly outside: OddTime[] = [];

	readonly unread: OddTime[] = [];

	constructor(
		private readonly map: TimeMap,
		private readonly fields: MappedFields,
		private readonly units: Units,
	) {}

	copy(value: unknown, path: string): unknown {
		if (Array.isArray(value)) return value.map((one, i) => this.copy(one, `${path}[${i}]`));
		if (typeof value === 'string') return this.subtitles(value, path);
		return isObject(value) ? this.entry(value, path) : value;
	}

	private entry(entry: Entry, path: string): Entry {
		const copy: Entry = {};
		for (const [name, value] of Object.entries(entry)) copy[name] = this.field(entry, name, value, path);
		this.addDurations(entry, copy, path);
		return copy;
	}

	private field(entry: Entry, name: string, value: unknown, path: string): unknown {
		if (isOfItem(entry, name)) return value;
		const place = pathTo(path, name);
		if (isPair(name, value)) {
			return value.map((one, i) => this.time(one, i === 0 || value[0] === one ? 'start' : 'end', `${place}[${i}]`, path));
		}
		const side = this.sideOf(entry, name);
		// A list or an object of that name is something else, with times in it perhaps.
		return side === undefined || (typeof value === 'object' && value !== null) ? this.copy(value, place) : this.time(value, side, place, path);
	}

	private sideOf(entry: Entry, name: string): Side | undefined {
		if (this.fields.starts.includes(name)) return 'start';
		const index = this.fields.ends.indexOf(name);
		if (index < 0) return undefined;
		// What takes no time is at one place.
		const start = this.fields.starts.map((one) => readTime(entry[one])?.value).find((one) => one !== undefined);
		return start !== undefined && start === readTime(entry[name])?.value ? 'start' : 'end';
	}

	private time(value: unknown, side: Side, place: string, container: string): unknown {
		if (value === null || value === undefined || value === '') return value;
		const time = readTime(value);
		if (!time) {
			this.unread.push({ path: place, value });
			return value;
		}
		const perSecond = this.perSecond(time, container);
		return time.write(this.inRecording(time.value / perSecond, side, place, value), perSecond);
	}

	private perSecond({ isSeconds }: WrittenTime, container: string): number {
		return isSeconds ? 1 : this.units.of(container);
	}

	private inRecording(seconds: number, side: Side, path: string, value: unknown): number {
		this.count += 1;
		if (!isWithin(this.map, seconds)) this.outside.push({ path, value });
		return timeInRecording(this.map, seconds, side);
	}

	/** A duration beside a start is as long as the recording takes from that to the end. */
	private addDurations(entry: Entry, copy: Entry, path: string): void {
		const name = DURATIONS.find((one) => readTime(entry[one]) !== undefined);
		const startName = this.fields.starts.find((one) => readTime(entry[one]) !== undefined);
		if (name === undefined || startName === undefined || isOfItem(entry, startName)) return;
		const [start, duration] = [readTime(entry[startName])!, readTime(entry[name])!];
		const perSecond = this.perSecond(start, path);
		const end = start.value / perSecond + duration.value / this.perSecond(duration, path);
		if (!isWithin(this.map, end)) this.outside.push({ path: pathTo(path, name), value: entry[name] });
		const [from, to] = [timeInRecording(this.map, start.value / perSecond, 'start'), timeInRecording(this.map, end, 'end')];
		copy[name] = duration.write(Math.max(0, to - from), this.perSecond(duration, path));
	}

	/** Text with the cues of WebVTT or SubRip. */
	private subtitles(text: string, path: string): string {
		if (!text.includes('-->')) return text;
		const map = (clock: string, side: Side) => this.clock(clock, side, path);
		const cues = text.replace(CUE, (_, space: string, start: string, arrow: string, end: string) => {
			return `${space}${map(start, 'start')}${arrow}${map(end, start === end ? 'start' : 'end')}`;
		});
		return cues.startsWith('WEBVTT') ? cues.replace(IN_CUE, (_, clock: string) => `<${map(clock, 'start')}>`) : cues;
	}

	private clock(text: string, side: Side, path: string): string {
		const seconds = readTime(text)!.value;
		const hours = /^(\d+):\d+:\d+/.exec(text)?.[1];
		return clockOf(this.inRecording(seconds, side, path, text), hours !== undefined, text.includes(',') ? ',' : '.', 3, hours?.length);
	}
}

/**
 * @param transcript what a transcription service gave for the cut audio: JSON, or the text of subtitles; is not changed
 * @param perSecond how many of its unit are a second; undefined where its numbers are to tell
 */
export function mapTimes(transcript: unknown, map: TimeMap, fields: MappedFields, perSecond?: number): MappedTimes {
	const units = new Units(transcript, fields, perSecond, cutLength(map));
	const mapping = new Mapping(map, fields, units);
	const copy = mapping.copy(transcript, '');
	const { count, outside, unread } = mapping;
	return { transcript: copy, count, outside, unread, isMilliseconds: units.hasMilliseconds };
}
