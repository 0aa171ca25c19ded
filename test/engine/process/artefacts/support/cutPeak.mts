/**
 * Run as a child process: cuts all of each WAV file of 44.1 kHz but each tenth second, one file after the other. Prints for
 * each the seconds that came out, and the most memory that the process ever had until then, in MB.
 */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { OwnSound } from '../../../../../dist/engine/process/artefacts/cuts/ownSound.js';
import { cutSpeechOnly } from '../../../../../dist/engine/process/artefacts/cuts/speechOnly.js';

const [folder, ...files] = process.argv.slice(2);
const info = { container: 'wav', codec: 'pcm_s16le', sample_rate: 44_100, channels: 1 };

async function cut(path: string, seconds: number) {
	const work = mkdtempSync(join(folder, 'job-'));
	const spans = Array.from({ length: Math.floor(seconds / 10) }, (_, i) => ({ start: 10 * i, end: 10 * i + 9 }));
	const sound = await OwnSound.decode({ media: { path, channelMode: 'split' }, info, spans, folder: work });
	const made = await cutSpeechOnly({ sound, gain: 1, spans, start: 0, folder: work, baseName: 'x' }, { format: 'flac', bitRate: 0, keptPause: 0 });
	sound.dispose();
	return { length: made!.length, peak: process.resourceUsage().maxRSS / 1024 };
}

const measured: object[] = [];
for (const file of files) {
	const [path, seconds] = file.split('=');
	measured.push(await cut(path, Number(seconds)));
}
console.log(JSON.stringify(measured));
