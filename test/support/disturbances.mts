/** What recordings have beside speech and what is no speech: made by code, at a level of their own near full scale. */
const RATE = 16000;

/** Adds a disturbance to speech, in place. @param random reproducible, 0 to 1 */
type Disturb = (samples: Float32Array, random: () => number) => void;

/** Reproducible numbers from 0 to 1. */
export function generator(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
}

type Wave = (seconds: number, random: () => number) => number;

const tone = (...hertz: number[]): Wave => (t) => hertz.reduce((sum, one) => sum + Math.sin(2 * Math.PI * one * t), 0) / hertz.length;
const hiss: Wave = (_, random) => 2 * random() - 1;
const chord = tone(220, 277, 330, 440, 554);

/** Adds a wave from `from` on for `seconds`, at an amplitude. */
function burst(samples: Float32Array, from: number, seconds: number, amplitude: number, wave: Wave, random: () => number): void {
	const start = Math.round(from * RATE);
	const end = Math.min(samples.length, start + Math.round(seconds * RATE));
	for (let i = start; i < end; i++) samples[i] += amplitude * wave((i - start) / RATE, random);
}

const once = (at: number, seconds: number, amplitude: number, wave: Wave): Disturb => (samples, random) =>
	burst(samples, (at * samples.length) / RATE, seconds, amplitude, wave, random);

const every = (period: number, seconds: number, amplitude: number, wave: Wave): Disturb => (samples, random) => {
	for (let from = period / 2; from * RATE < samples.length; from += period) burst(samples, from, seconds, amplitude, wave, random);
};

/** In the first part of the recording. */
const first = (share: number, on: number, off: number, amplitude: number, wave: Wave): Disturb => (samples, random) => {
	for (let from = 0; from + on <= (share * samples.length) / RATE; from += on + off) burst(samples, from, on, amplitude, wave, random);
};

const all = (amplitude: number, wave: Wave): Disturb => (samples, random) => burst(samples, 0, samples.length / RATE, amplitude, wave, random);

/** Noise below a frequency. */
function lowNoise(hertz: number): Wave {
	const a = Math.exp((-2 * Math.PI * hertz) / RATE);
	const states = [0, 0, 0];
	return (t, random) => {
		if (t === 0) states.fill(0);
		let value = (2 * random() - 1) / (1 - a);
		states.forEach((state, i) => (value = states[i] = a * state + (1 - a) * value));
		return 0.3 * value;
	};
}

const decaying = (seconds: number, wave: Wave): Wave => (t, random) => Math.exp(-t / seconds) * wave(t, random);

const silenceFrom = (share: number): Disturb => (samples) => void samples.fill(0, Math.round(share * samples.length));

export const DISTURBANCES: Record<string, Disturb> = {
	'nothing': () => {},
	'one click': (samples) => void (samples[Math.round(samples.length / 3)] = 0.95),
	'click of 5 ms': once(0.3, 0.005, 0.95, () => 1),
	'a click every second': every(1, 0.0005, 0.95, () => 1),
	'crackle, 20 clicks a second': every(0.05, 0.0003, 0.7, () => 1),
	'one sample of 17,000': (samples) => void (samples[Math.round(samples.length / 4)] = 17_000),
	'one sample of -1,000': (samples) => void (samples[Math.round(samples.length / 2)] = -1000),
	'ten samples of 1,000,000': (samples, random) => {
		for (let i = 0; i < 10; i++) samples[Math.floor(random() * samples.length)] = 1e6;
	},
	'offset of 0.5': all(0.5, () => 1),
	'offset that jumps': once(0.5, 1e6, 0.6, () => 1),
	'slow drift': all(0.5, tone(0.3)),
	'hum of 50 Hz': all(0.3, tone(50)),
	'hum of 60 Hz with harmonics': all(0.1, (t, random) => tone(60)(t, random) + 0.3 * tone(120)(t, random) + 0.1 * tone(180)(t, random)),
	'rumble below 40 Hz': all(0.5, lowNoise(40)),
	'gusts of wind': every(3, 1, 0.8, lowNoise(60)),
	'beep of 0.2 s': once(0.3, 0.2, 0.9, tone(1000)),
	'beep of 1 s': once(0.1, 1, 0.9, tone(1000)),
	'beep every 5 s': every(5, 0.4, 0.7, tone(1400)),
	'busy tone': first(0.4, 0.5, 0.5, 0.5, tone(425)),
	'dial tone': first(0.3, 1, 0, 0.5, tone(350, 440)),
	'ring tone': first(0.4, 1, 2, 0.6, tone(440, 480)),
	'keys dialled': first(0.25, 0.1, 0.1, 0.7, tone(770, 1336)),
	'fax tone': once(0, 3, 0.6, tone(2100)),
	'squelch tails': every(3, 0.3, 0.8, hiss),
	'burst of noise': once(0, 2, 0.7, hiss),
	'sweep': once(0.2, 1.5, 0.8, (t) => Math.sin(2 * Math.PI * (200 + 1200 * t) * t)),
	'chord of 3 s': once(0.05, 3, 0.8, chord),
	'door': once(0.3, 0.8, 0.9, decaying(0.15, lowNoise(400))),
	'thumps on the handset': every(4, 0.3, 0.9, decaying(0.05, tone(70))),
	'buzz of a mobile phone': every(6, 1.2, 0.6, (t) => ((t * 217) % 1 < 0.12 ? 1 : 0)),
	'digital silence in the last 70 %': silenceFrom(0.3),
	'dither': all(2 ** -15, hiss),
	'noise at -70 dBFS': all(0.0005, hiss),
	'dropouts': (samples) => {
		for (let start = 0; start < samples.length; start += RATE) samples.fill(0, start, start + RATE / 25);
	},
};
