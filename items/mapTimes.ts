/** A transcript of cut audio with the times of the recording: all times in it, at any depth, in the form they have. */
import { isObject, type Fields as Entry } from './fields';
import { isColumn, isOwn, isPair, namedUnit, pathTo, patternOf, roleOf, type MappedFields, type Role } from './timeFields';
import { farthest, isWithin, timeInRecording, type Side, type TimeMap } from './timeMap';
import { clockOf, readTime } from './writtenTimes';

/** A time that could not be taken as it is. */
export interface OddTime {
	/** Where it stands, such as `words[3].end`. */
	path: string;
	value: unknown;
}

export interface MappedTimes {
	/** In the same shape. */
	transcript: unknown;
	/** Times that were mapped, those in `outside` included. */
	count: number;
	/** Shortly before the beginning or behind the end of the cut audio: they were taken to it. */
	outside: OddTime[];
	/** So far outside that they cannot be times of this audio: left as they are. */
	foreign: OddTime[];
	/** In fields for times, but none, or another than its neighbour says: left as they are. */
	unread: OddTime[];
}

export interface TimesOf {
	fields: MappedFields;
	/** How many of its unit are a second, where neither text nor a field's name says it. @param place of the entry, as `patternOf` gives it */
	unitAt: (place: string) => number;
}

/** Seconds by which two fields may differ that say the same in two forms. */
const SAME = 0.05;

const CUE = /^([ \t]*\[?)((?:\d+:)?\d{2}:\d{2}[.,]\d{1,3})([ \t]+-->[ \t]+)((?:\d+:)?\d{2}:\d{2}[.,]\d{1,3})/gm;

/** Times of words within a cue. */
const IN_CUE = /<((?:\d+:)?\d{2}:\d{2}\.\d{3})>/g;

class Mapping {
	count = 0;

	readonly outside: OddTime[] = [];

	readonly foreign: OddTime[] = [];

	readonly unread: OddTime[] = [];

	constructor(
		private readonly map: TimeMap,
		private readonly times: TimesOf,
	) {}

	copy(value: unknown, path: string): unknown {
		if (Array.isArray(value)) return value.map((one, i) => this.copy(one, `${path}[${i}]`));
		if (typeof value === 'string') return this.subtitles(value, path);
		return isObject(value) ? this.entry(value, path) : value;
	}

	private entry(entry: Entry, path: string): Entry {
		return Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, this.field(entry, name, value, path)]));
	}

	private field(entry: Entry, name: string, value: unknown, path: string): unknown {
		if (isOwn(entry, name)) return value;
		const place = pathTo(path, name);
		const perSecond = this.perSecond(path, name);
		if (isPair(name, value)) return value.map((one, i) => this.time(one, i === 0 || value[0] === one ? 'start' : 'end', `${place}[${i}]`, perSecond));
		const role = roleOf(entry, name, this.times.fields);
		if (role === undefined) return this.copy(value, place);
		if (role === 'duration') return this.duration(entry, name, path);
		if (isColumn(value)) return value.map((one, i) => this.time(one, this.isMoment(entry, name, path, i) ? 'start' : role, `${place}[${i}]`, perSecond));
		// A list or an object of that name is something else, with times in it perhaps.
		if (typeof value === 'object' && value !== null && !readTime(value)) return this.copy(value, place);
		if (this.isContradicted(entry, name, role, path)) {
			this.unread.push({ path: place, value });
			return value;
		}
		return this.time(value, this.isMoment(entry, name, path) ? 'start' : role, place, perSecond);
	}

	private perSecond(path: string, name: string): number {
		return namedUnit(path, name) ?? this.times.unitAt(patternOf(path));
	}

	/** Seconds that a field says. @param index in a list of times */
	private secondsIn(entry: Entry, name: string, path: string, index?: number): number | undefined {
		const value = entry[name];
		const time = readTime(index === undefined ? value : (value as unknown[] | undefined)?.[index]);
		return time && time.value / (time.isSeconds ? 1 : this.perSecond(path, name));
	}

	/** The first field of a role that holds a time. */
	private firstOf(entry: Entry, role: Role): string | undefined {
		const { starts, ends } = this.times.fields;
		return (role === 'start' ? starts : ends).find((one) => roleOf(entry, one, this.times.fields) === role && readTime(entry[one]) !== undefined);
	}

	/** Whether another field says another time: one of both is no time, as in lists that also count frames. */
	private isContradicted(entry: Entry, name: string, role: Role, path: string): boolean {
		const first = this.firstOf(entry, role);
		if (first === undefined || first === name) return false;
		return Math.abs((this.secondsIn(entry, name, path) ?? NaN) - this.secondsIn(entry, first, path)!) > SAME;
	}

	/** What takes no time is at one place. */
	private isMoment(entry: Entry, name: string, path: string, index?: number): boolean {
		const { starts, ends } = this.times.fields;
		const end = ends.includes(name) ? this.secondsIn(entry, name, path, index) : undefined;
		return end !== undefined && starts.some((one) => this.secondsIn(entry, one, path, index) === end);
	}

	private time(value: unknown, side: Side, place: string, unit: number): unknown {
		if (value === null || value === undefined || value === '') return value;
		const time = readTime(value);
		if (!time) {
			this.unread.push({ path: place, value });
			return value;
		}
		const perSecond = time.isSeconds ? 1 : unit;
		const seconds = time.value / perSecond;
		return this.isForeign(seconds, place, value) ? value : time.write(this.inRecording(seconds, side, place, value), perSecond);
	}

	private isForeign(seconds: number, path: string, value: unknown): boolean {
		const isForeign = seconds < -1 || seconds > farthest(this.map);
		if (isForeign) this.foreign.push({ path, value });
		return isForeign;
	}

	private inRecording(seconds: number, side: Side, path: string, value: unknown): number {
		this.count += 1;
		if (!isWithin(this.map, seconds)) this.outside.push({ path, value });
		return timeInRecording(this.map, seconds, side);
	}

	/** A duration beside a start is as long as the recording takes from that to the end. */
	private duration(entry: Entry, name: string, path: string): unknown {
		const value = entry[name];
		const start = this.secondsIn(entry, this.firstOf(entry, 'start')!, path)!;
		const end = start + this.secondsIn(entry, name, path)!;
		const place = pathTo(path, name);
		if (this.isForeign(end, place, value)) return value;
		if (!isWithin(this.map, end)) this.outside.push({ path: place, value });
		const [from, to] = [timeInRecording(this.map, start, 'start'), timeInRecording(this.map, end, 'end')];
		return readTime(value)!.write(Math.max(0, to - from), this.perSecond(path, name));
	}

	/** Text with the cues of WebVTT or SubRip, or with whisper.cpp's lines. */
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
		if (this.isForeign(seconds, path, text)) return text;
		const hours = /^(\d+):\d+:\d+/.exec(text)?.[1];
		return clockOf(this.inRecording(seconds, side, path, text), hours !== undefined, text.includes(',') ? ',' : '.', 3, hours?.length);
	}
}

/** @param transcript what a transcription service gave for the cut audio: JSON, or the text of subtitles; is not changed */
export function mapTimes(transcript: unknown, map: TimeMap, times: TimesOf): MappedTimes {
	const mapping = new Mapping(map, times);
	const copy = mapping.copy(transcript, '');
	const { count, outside, foreign, unread } = mapping;
	return { transcript: copy, count, outside, foreign, unread };
}
