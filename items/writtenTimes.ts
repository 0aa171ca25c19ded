/** Times as they are written in transcripts: numbers, texts with numbers, clocks, seconds with nanoseconds. What is changed stays in its form. */

/** A time that was read: how many seconds it is depends on the unit where none is written with it. */
export interface WrittenTime {
	/** In the unit of the transcript; where `isSeconds`, in seconds. */
	value: number;
	/** Whether the text says that it is seconds. */
	isSeconds: boolean;
	/** Whether it is written without a fraction, not even a zero. */
	isWhole: boolean;
	/** In the form in which the time was written. @param seconds @param perSecond how many of the transcript's unit */
	write: (seconds: number, perSecond: number) => number | string | object;
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
	return { value: sign ? -value : value, isSeconds: true, isWhole: false, write: (time) => clockOf(time, hours !== undefined, separator, digits, hours?.length) };
}

const MILLISECOND = 3;

/** As ISO 8601 writes durations, and Azure times. */
const PERIOD = /^PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?$/;

function readPeriod(text: string): WrittenTime | undefined {
	const match = PERIOD.exec(text);
	if (!match) return undefined;
	const [, hours = 0, minutes = 0, seconds = 0, fraction = ''] = match;
	const write = (time: number) => {
		const all = Math.round(Math.max(0, time) * 1000);
		const [whole, minute] = [Math.floor(all / 3_600_000), Math.floor(all / 60_000) % 60];
		return `PT${whole > 0 ? `${whole}H` : ''}${minute > 0 ? `${minute}M` : ''}${(all % 60_000) / 1000}S`;
	};
	return { value: Number(hours) * 3600 + Number(minutes) * 60 + Number(`${seconds}.${fraction || 0}`), isSeconds: true, isWhole: false, write };
}

function readText(text: string): WrittenTime | undefined {
	const match = /^(-?\d+(?:\.(\d+))?)(s?)$/.exec(text);
	if (!match) return readClock(text) ?? readPeriod(text);
	const [, number, fraction = '', unit] = match;
	const isSeconds = unit === 's';
	const write = (seconds: number, perSecond: number) => {
		const isWhole = perSecond > 1 && !isSeconds;
		return `${(isWhole ? seconds * perSecond : seconds).toFixed(isWhole ? 0 : Math.max(MILLISECOND, fraction.length))}${unit}`;
	};
	return { value: Number(number), isSeconds, isWhole: fraction === '', write };
}

const rounded = (value: number) => Math.round(value * 1000) / 1000;

/** Seconds and nanoseconds, as Google's libraries give them; what is 0 may be absent. */
function readParts(value: Record<string, unknown>): WrittenTime | undefined {
	const names = Object.keys(value);
	const isPart = (name: string) => name === 'nanos' || name === 'seconds';
	if (names.length === 0 || !names.every((name) => isPart(name) && /^\d+$/.test(String(value[name])))) return undefined;
	const { seconds = 0, nanos = 0 } = value;
	const write = (time: number) => {
		const all = Math.round(time * 1000);
		const whole = Math.floor(all / 1000);
		return { seconds: typeof seconds === 'string' ? String(whole) : whole, nanos: (all % 1000) * 1e6 };
	};
	return { value: Number(seconds) + Number(nanos) / 1e9, isSeconds: true, isWhole: false, write };
}

/** @returns undefined for what is no time */
export function readTime(value: unknown): WrittenTime | undefined {
	if (typeof value === 'string') return readText(value.trim());
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return readParts(value as Record<string, unknown>);
	if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
	const write = (seconds: number, perSecond: number) => (perSecond > 1 ? Math.round(seconds * perSecond) : rounded(seconds));
	return { value, isSeconds: false, isWhole: Number.isInteger(value), write };
}
