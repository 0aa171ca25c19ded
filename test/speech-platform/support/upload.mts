/**
 * Uploads bytes that exist only while they are sent, and prints how much memory that took:
 * `node upload.mts BASE_URL BYTES known|unknown`. A process of its own, so that nothing else counts.
 */
import { Readable } from 'node:stream';
import { SpeechPlatform } from '../../../dist/speech-platform/index.js';
import { undiciTransport } from './undiciTransport.mts';

const [baseUrl, size, length] = process.argv.slice(2);

const transport = undiciTransport();
const api = new SpeechPlatform({ baseUrl, transport, correlationId: 'memory' });

/** One block over and over: garbage of this script would count too. */
const BLOCK = Buffer.alloc(64 * 1024);

function* blocks(bytes: number) {
	for (let left = bytes; left > 0; left -= BLOCK.length) yield BLOCK.subarray(0, Math.min(left, BLOCK.length));
}

async function upload(bytes: number): Promise<void> {
	await api.startVoiceActivityDetection({
		open: async () => Readable.from(blocks(bytes), { objectMode: false }),
		fileName: 'long.wav',
		mimeType: 'audio/wav',
		bytes: length === 'known' ? bytes : undefined,
	});
}

// So that what is loaded and compiled once does not count.
await upload(2_000_000);
const before = process.memoryUsage().rss;
let peak = before;
const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 10);
await upload(Number(size));
clearInterval(timer);
await transport.close();
console.log(JSON.stringify({ addedBytes: peak - before }));
