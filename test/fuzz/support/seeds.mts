/** Sound files to begin with: a short piece of speech in each container and codec that the bundled FFmpeg can write. */
import { createFfmpegCore } from '../../../dist/engine/process/media/ffmpeg/core.js';
import { floatWav, type MemoryFiles } from '../../engine/process/media/support/encode.mts';
import { CALL, decodeChannels, SAMPLE_RATE } from '../../support/recordings.mts';

/** What FFmpeg is told to make of the speech; the ending of the name says the container. */
const FORMATS: Record<string, string> = {
	's16.wav': '-c:a pcm_s16le -ar 16000',
	's16-44k.wav': '-c:a pcm_s16le -ar 44100',
	'u8.wav': '-c:a pcm_u8 -ar 11025',
	's24.wav': '-c:a pcm_s24le -ar 48000',
	'f32.wav': '-c:a pcm_f32le -ar 16000',
	'f64.wav': '-c:a pcm_f64le -ar 22050',
	'alaw.wav': '-c:a pcm_alaw -ar 8000 -ac 1',
	'mulaw.wav': '-c:a pcm_mulaw -ar 8000 -ac 1',
	'adpcm-ms.wav': '-c:a adpcm_ms -ar 16000',
	'adpcm-ima.wav': '-c:a adpcm_ima_wav -ar 16000 -ac 1',
	'mp3.wav': '-c:a libmp3lame -ar 44100',
	'rf64.wav': '-c:a pcm_s16le -ar 16000 -rf64 always',
	's16.w64': '-c:a pcm_s16le -ar 16000',
	's16.aiff': '-c:a pcm_s16be -ar 22050',
	'f32.aifc': '-c:a pcm_f32be -ar 16000 -f aiff',
	's16.au': '-c:a pcm_s16be -ar 16000',
	's16.caf': '-c:a pcm_s16le -ar 16000',
	'alac.caf': '-c:a alac -ar 16000',
	's16.voc': '-c:a pcm_s16le -ar 16000',
	's16.flac': '-c:a flac -sample_fmt s16 -ar 16000',
	'flac.oga': '-c:a flac -sample_fmt s16 -ar 16000 -f ogg',
	'lossless.wv': '-c:a wavpack -ar 16000',
	'lossless.tta': '-c:a tta -ar 16000 -sample_fmt s16',
	'alac.m4a': '-c:a alac -ar 16000',
	'aac.m4a': '-c:a aac -ar 44100',
	'aac-fragmented.m4a': '-c:a aac -ar 16000 -movflags frag_keyframe+empty_moov',
	'aac.aac': '-c:a aac -ar 44100 -f adts',
	'aac.mov': '-c:a aac -ar 44100',
	'aac.3gp': '-c:a aac -ar 16000 -ac 1',
	'aac.mkv': '-c:a aac -ar 44100',
	'aac.ts': '-c:a aac -ar 44100',
	'aac.flv': '-c:a aac -ar 44100',
	'cbr.mp3': '-c:a libmp3lame -b:a 64k -ar 44100',
	'vbr.mp3': '-c:a libmp3lame -q:a 5 -ar 16000',
	'layer2.mp2': '-c:a mp2 -ar 48000',
	'dolby.ac3': '-c:a ac3 -ar 48000',
	'dolby.eac3': '-c:a eac3 -ar 48000',
	'opus.ogg': '-c:a libopus -frame_duration 10 -ar 48000',
	'opus.webm': '-c:a libopus -frame_duration 10 -ar 48000',
	'opus.mkv': '-c:a libopus -frame_duration 10 -ar 48000 -ac 1',
	'opus.mp4': '-c:a libopus -frame_duration 10 -ar 48000',
	'vorbis.ogg': '-c:a libvorbis -ar 44100',
	'vorbis.webm': '-c:a libvorbis -ar 44100',
	'v1.wma': '-c:a wmav1 -ar 44100',
	'v2.wma': '-c:a wmav2 -ar 44100',
	'mp3.avi': '-c:a libmp3lame -ar 44100',
	'mp2.mpg': '-c:a mp2 -ar 48000',
};

/** Seconds of speech of the sample call from its third second on. */
const FROM = 2;
const SECONDS = 1.5;

/** A stretch of the sample call, both channels, 16 kHz. */
export async function speech(from: number, seconds: number): Promise<Float32Array[]> {
	const channels = await decodeChannels(CALL);
	return channels.map((samples) => samples.slice(from * SAMPLE_RATE, (from + seconds) * SAMPLE_RATE));
}

/** Runs FFmpeg once over a WAV file and returns what it wrote. */
export async function writeWith(source: Buffer, outputs: Record<string, string[]>): Promise<Map<string, Buffer>> {
	const core = await createFfmpegCore();
	const memory = core.FS as unknown as MemoryFiles;
	const log: string[] = [];
	core.setLogger(({ message }) => log.push(message));
	memory.writeFile('/source.wav', source);
	const args = Object.entries(outputs).flatMap(([name, options]) => [...options, `/${name}`]);
	const code = core.exec('-hide_banner', '-loglevel', 'error', '-i', '/source.wav', ...args);
	if (code !== 0) throw new Error(`FFmpeg could not make the files: ${log.join('\n')}`);
	return new Map(Object.keys(outputs).map((name) => [name, Buffer.from(memory.readFile(`/${name}`))]));
}

/** All seeds by name. */
export async function seeds(): Promise<Map<string, Buffer>> {
	const source = floatWav({ channels: await speech(FROM, SECONDS), rate: SAMPLE_RATE });
	const outputs = Object.entries(FORMATS).map(([name, options]) => [name, options.split(' ')] as const);
	return await writeWith(source, Object.fromEntries(outputs));
}
