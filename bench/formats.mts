/** The sample call at any length in the formats people send. */
import { encode } from '../test/engine/process/media/support/encode.mts';
import { CALL, decodeChannels, SAMPLE_RATE } from '../test/support/recordings.mts';

/** A format's label, file name and the encoder's arguments. */
export const FORMATS: Array<[label: string, name: string, ...args: string[]]> = [
	['WAV 16 kHz', 'call-16k.wav', '-c:a', 'pcm_s16le'],
	['WAV 8 kHz mu-law', 'call-8k.wav', '-ar', '8000', '-c:a', 'pcm_mulaw'],
	['WAV 44.1 kHz', 'call-44k.wav', '-ar', '44100', '-c:a', 'pcm_s16le'],
	['MP3 128 kbit/s', 'call.mp3', '-ar', '44100', '-b:a', '128k'],
	['M4A (AAC) 128 kbit/s', 'call.m4a', '-ar', '44100', '-b:a', '128k'],
	['Opus 48 kbit/s', 'call.opus', '-c:a', 'libopus', '-b:a', '48k'],
	['FLAC', 'call.flac', '-ar', '44100'],
];

/** The call again and again. @param count of channels: those of the call in turn */
export async function callOf(seconds: number, count = 2): Promise<Float32Array[]> {
	const call = await decodeChannels(CALL);
	return Array.from({ length: count }, (_, channel) => {
		const once = call[channel % call.length];
		return Float32Array.from({ length: seconds * SAMPLE_RATE }, (_, i) => once[i % once.length]);
	});
}

const made = new Map<string, Promise<string>>();

/** @returns path of the encoded file, made once, which goes when the process ends */
export async function callFile(seconds: number, [, name, ...args]: (typeof FORMATS)[number], count = 2): Promise<string> {
	const file = `${seconds}s-${count}-${name}`;
	const make = async () => await encode({ channels: await callOf(seconds, count), rate: SAMPLE_RATE }, file, ...args);
	if (!made.has(file)) made.set(file, make());
	return await made.get(file)!;
}
