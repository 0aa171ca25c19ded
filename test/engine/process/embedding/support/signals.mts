/** Sounds with the properties of speech that matter to a front end: harmonics, noise, pauses, wide range of levels. */
import { numbers } from './graphs.mts';

const SAMPLE_RATE = 16000;

/** A gliding tone with harmonics that comes and goes, under quiet noise; repeatable. */
export function speechLike(length: number, seed = 1): Float32Array {
	const noise = numbers(length, seed);
	let phase = 0;
	return noise.map((rustle, i) => {
		const time = i / SAMPLE_RATE;
		phase += (2 * Math.PI * (140 + 40 * Math.sin(7 * time))) / SAMPLE_RATE;
		let voice = 0;
		for (let harmonic = 1; harmonic <= 20; harmonic++) voice += Math.sin(harmonic * phase) / harmonic;
		return 0.2 * voice * Math.max(0, Math.sin(9 * time)) + 0.002 * rustle;
	});
}
