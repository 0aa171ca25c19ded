/** Run as a child process: cuts all of a WAV file of 44.1 kHz but each tenth second; prints the process's peak memory in MB. */
import { OwnSound } from '../../../../../dist/engine/process/artefacts/cuts/ownSound.js';
import { cutSpeechOnly } from '../../../../../dist/engine/process/artefacts/cuts/speechOnly.js';

const [path, folder, seconds] = process.argv.slice(2);
const spans = Array.from({ length: Math.floor(Number(seconds) / 10) }, (_, i) => ({ start: 10 * i, end: 10 * i + 9 }));
const info = { container: 'wav', codec: 'pcm_s16le', sample_rate: 44_100, channels: 1 };
const sound = await OwnSound.decode({ media: { path, channelMode: 'split' }, info, spans, folder });
const made = await cutSpeechOnly({ sound, gain: 1, spans, start: 0, folder, baseName: 'x' }, { format: 'flac', bitRate: 0, keptPause: 0 });
sound.dispose();
console.log(JSON.stringify({ peak: process.resourceUsage().maxRSS / 1024, length: made!.length }));
