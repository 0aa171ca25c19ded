/** Sound with a known structure: bursts of gliding harmonics, another pitch and rhythm in each channel. */

/** Highest harmonic, Hz: below what 8 kHz telephony and low bit rates keep. */
const HIGHEST = 3000;

/** A channel's value at a time in seconds; the same at every sample rate. Within -0.6 to 0.6. */
function valueAt(time: number, channel: number): number {
	const rhythm = 0.9 + 0.23 * channel;
	const burst = Math.max(0, Math.sin(2 * Math.PI * (time / rhythm) + channel)) ** 0.5;
	const pitch = 130 + 45 * channel;
	const phase = 2 * Math.PI * (pitch * time + 11 * Math.sin(1.3 * time + channel));
	const harmonics = HIGHEST / (pitch + 15);
	let sum = 0;
	for (let harmonic = 1; harmonic < harmonics; harmonic += 2) sum += Math.sin(harmonic * phase) / harmonic;
	return 0.6 * burst * sum;
}

const made = new Map<string, Float32Array>();

function channelSignal(rate: number, length: number, channel: number): Float32Array {
	const key = `${rate} ${length} ${channel}`;
	const known = made.get(key);
	if (known) return known;
	const samples = Float32Array.from({ length }, (_, index) => valueAt(index / rate, channel));
	made.set(key, samples);
	return samples;
}

/** One Float32Array per channel, not to be written to. */
export function signal(rate: number, seconds: number, channels: number): Float32Array[] {
	return Array.from({ length: channels }, (_, channel) => channelSignal(rate, Math.round(rate * seconds), channel));
}

/** Normalised correlation of two signals at a lag (samples by which `late` is behind). */
function correlationAt(late: Float32Array, original: Float32Array, lag: number, step: number): number {
	const from = Math.max(0, -lag);
	const to = Math.min(original.length, late.length - lag);
	let cross = 0;
	let a = 0;
	let b = 0;
	for (let index = from; index < to; index += step) {
		const x = late[index + lag];
		const y = original[index];
		cross += x * y;
		a += x * x;
		b += y * y;
	}
	return cross / Math.sqrt(a * b || 1);
}

/** The lag (samples, at most `furthest` either way) at which two signals correlate best. */
export function align(late: Float32Array, original: Float32Array, furthest: number) {
	let best = { lag: 0, correlation: -1 };
	for (let lag = -furthest; lag <= furthest; lag++) {
		const correlation = correlationAt(late, original, lag, 23);
		if (correlation > best.correlation) best = { lag, correlation };
	}
	return { lag: best.lag, correlation: correlationAt(late, original, best.lag, 1) };
}

/** Whether two signals are the same; a deep comparison would take half a minute to describe a difference. */
export function sameSamples(one: Float32Array, other: Float32Array): boolean {
	return one.length === other.length && one.every((sample, index) => sample === other[index]);
}
