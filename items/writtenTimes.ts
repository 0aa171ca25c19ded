/** Times as they are written in transcripts: numbers, texts with numbers, clocks. What is changed stays in its form. */

/** A time that was read: how many seconds it is depends on the unit where none is written with it. */
export interface WrittenTime {
	/** In the unit of the transcript; where `isSeconds`, in seconds. */
	value: number;
	/** Whether the text says that it is seconds. */
	isSeconds: boolean;
	/** In the form in which the time was written. @param seconds @param perSecond how many of the transcript's unit */
	write: (seconds: number, perSecond: number) => number | string;
}

const CLOCK = /^(-?)(?:(\d+):)?(\d{1,2}):(\d{2})(?:([.,])(\d{1,9}))?$/;

/** Seconds as a clock. @param hasHours where the hours are 0 too */
export function clockOf(seconds: number, hasHours: boolean, separator: string, digits: number, hourDigits = 2): string {
	const scale = 10 ** digits;
	const all = Math.round(Math.max(0, seconds) * scale);
	const [whole, fraction] = [Math.floor(all / scale), all % scale];
	const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
	const two = (value: number) => String(value).padStart(2, '0');
	const front = hasHours || hours > 0 ? `${String(hours).padStart(hourDigits, '0')}:` : '';
	return `${front}${two(minutes)}:${two(whole % 60)}${digits > 0 ? `${separator}${String(fraction).padStart(digits, '0')}` : ''}`;
}

function readClock(text: string): WrittenTime | undefined {
	const match = CLOCK.exec(text);
	if (!match) return undefined;
	const [, sign, hours, minutes, seconds, separator = '.', fraction = ''] = match;
	const value = Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(`${seconds}.${fraction || 0}`);
	const digits = Math.max(3, fraction.length);
	return { value: sign ? -value : value, isSeconds: true, write: (time) => clockOf(time, hours !== undefined, separator, digits, hours?.length) };
}

const MILLISECOND = 3;

function readText(text: string): WrittenTime | undefined {
	const match = /^(-?\d+(?:\.(\d+))?)(s?)$/.exec(text);
	if (!match) return readClock(text);
	const [, number, fraction = '', unit] = match;
	const isSeconds = unit === 's';
	const write = (seconds: number, perSecond: number) => {
		const isWhole = perSecond > 1 && !isSeconds;
		return `${(isWhole ? seconds * perSecond : seconds).toFixed(isWhole ? 0 : Math.max(MILLISECOND, fraction.length))}${unit}`;
	};
	return { value: Number(number), isSeconds, write };
}

const rounded = (value: number) => Math.round(value * 1000) / 1000;

/** @returns undefined for what is no time */
export function readTime(value: unknown): WrittenTime | undefined {
	if (typeof value === 'string') return readText(value.trim());
	if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
	return { value, isSeconds: false, write: (seconds, perSecond) => (perSecond > 1 ? Math.round(seconds * perSecond) : rounded(seconds)) };
}
