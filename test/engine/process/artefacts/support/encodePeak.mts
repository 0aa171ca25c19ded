/** Run as a child process: writes sounds as FLAC, as many as one instance of FFmpeg writes and then many. Prints the most memory that it had until then, MiB. */
import { join } from 'node:path';
import { encodeSounds } from '../../../../../dist/engine/process/artefacts/cuts/encode.js';

const [folder] = process.argv.slice(2);
const sound = { channels: 1, rate: 16_000, length: 3200, read: (_: number, start: number, target: Float32Array) => void target.forEach((_, i) => (target[i] = Math.sin((start + i) / 20) / 2)) };

async function peakOf(name: string, count: number): Promise<number> {
	const files = Array.from({ length: count }, (_, i) => ({ sound, path: join(folder, `${name}-${i}.flac`) }));
	const sizes = await encodeSounds(files, { format: 'flac', bitRate: 0, gain: 1 });
	if (!sizes.every((size) => size > 1000)) throw new Error('a file is empty');
	return process.resourceUsage().maxRSS / 1024;
}

console.log(JSON.stringify([await peakOf('some', 8), await peakOf('many', 96)]));
