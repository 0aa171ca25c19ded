/** The time axis: where its marks are, and what stands at them. */

/** Seconds between two marks that people count in. */
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600];

export interface Tick {
	/** Seconds of the file's timeline. */
	time: number;
	label: string;
}

const two = (value: number) => String(value).padStart(2, '0');

/** `0:05`, `12:30`, `1:00:00`; with tenths where the step has them. @param hasHours whether other times beside it do */
export function clock(seconds: number, { tenths = false, hasHours = seconds >= 3600 } = {}): string {
	const all = tenths ? Math.round(seconds * 10) : Math.round(seconds) * 10;
	const whole = Math.floor(all / 10);
	const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
	const start = hasHours ? `${hours}:${two(minutes)}` : String(Math.floor(whole / 60));
	return `${start}:${two(rest)}${tenths ? `.${all % 10}` : ''}`;
}

/**
 * Marks at round times.
 * @param start seconds
 * @param duration seconds
 * @param most marks that have room beside one another
 */
export function ticksOf(start: number, duration: number, most: number): Tick[] {
	const step = STEPS.find((one) => duration / one <= most) ?? Math.ceil(duration / most / 86_400) * 86_400;
	const end = start + duration;
	const shown = { tenths: step < 1, hasHours: end >= 3600 };
	const ticks: Tick[] = [];
	// Of whole numbers, so that the steps do not add up their rounding.
	for (let i = Math.ceil(start / step - 1e-6); i * step <= end + 1e-6; i++) ticks.push({ time: i * step, label: clock(i * step, shown) });
	return ticks;
}
