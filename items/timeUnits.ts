/** In which unit a transcript counts: its numbers are compared with the length of what was transcribed. */
import { isObject, type Fields as Entry } from './fields';
import { isColumn, isOwn, isPair, namedUnit, pathTo, patternOf, roleOf, type MappedFields } from './timeFields';
import { cutLength, farthest, type TimeMap } from './timeMap';
import { readTime } from './writtenTimes';

/** A transcript in whole milliseconds reaches to this share of the audio at least, or its words are as long as words are. */
const LEAST_SHARE = 0.2;
const LEAST_WORD = 100;

/** Numbers of unknown unit in the entries of one place. */
interface Numbers {
	isWhole: boolean;
	largest: number;
	/** From a start to its end. */
	lengths: number[];
}

/** Calls `visit` for all objects that may hold times. */
function walk(value: unknown, path: string, visit: (entry: Entry, path: string) => void): void {
	if (Array.isArray(value)) value.forEach((one, i) => walk(one, `${path}[${i}]`, visit));
	else if (isObject(value)) {
		visit(value, path);
		for (const [name, inner] of Object.entries(value)) if (!isOwn(value, name)) walk(inner, pathTo(path, name), visit);
	}
}

/** Numbers in the fields for times of one entry: those of which neither text nor name says the unit. */
function numbersOf(entry: Entry, path: string, fields: MappedFields) {
	return Object.entries(entry).flatMap(([name, value]) => {
		const role = isPair(name, value) ? 'pair' : roleOf(entry, name, fields);
		if (role === undefined || role === 'duration' || namedUnit(path, name) !== undefined) return [];
		const times = (role === 'pair' || isColumn(value) ? (value as unknown[]) : [value]).map((one) => readTime(one));
		return times.flatMap((time) => (time && !time.isSeconds ? [{ role, ...time }] : []));
	});
}

function numbersIn(transcript: unknown, fields: MappedFields): Map<string, Numbers> {
	const places = new Map<string, Numbers>();
	walk(transcript, '', (entry, path) => {
		const numbers = numbersOf(entry, path, fields);
		if (numbers.length === 0) return;
		const found = places.get(patternOf(path)) ?? { isWhole: true, largest: 0, lengths: [] };
		places.set(patternOf(path), found);
		found.isWhole &&= numbers.every(({ isWhole }) => isWhole);
		found.largest = numbers.reduce((largest, { value }) => Math.max(largest, value), found.largest);
		const [start, end] = [numbers.find(({ role }) => role !== 'end'), numbers.findLast(({ role }) => role !== 'start')];
		if (start && end && end !== start) found.lengths.push(end.value - start.value);
	});
	return places;
}

export function median(values: readonly number[]): number {
	return [...values].sort((a, b) => a - b)[values.length >>> 1] ?? 0;
}

/**
 * The places in which numbers are milliseconds: they are whole and reach beyond the audio, but not a thousand times as
 * far. Frames, and seconds of something else, would be taken for milliseconds of its first moments.
 */
export function millisecondPlaces(transcript: unknown, fields: MappedFields, map: TimeMap): string[] {
	const [length, most] = [cutLength(map), farthest(map)];
	const whole = [...numbersIn(transcript, fields)].filter(([, { isWhole, largest }]) => isWhole && largest <= 1000 * most);
	const isSure = ({ largest, lengths }: Numbers) => largest > most && (largest >= 1000 * LEAST_SHARE * length || median(lengths) >= LEAST_WORD);
	// A short list beside them has only times that could be seconds.
	return whole.some(([, numbers]) => isSure(numbers)) ? whole.map(([place]) => place) : [];
}
