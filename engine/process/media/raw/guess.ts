/**
 * Whether bytes that no program recognises are samples without a header: sound moves in small steps, and it does so only
 * where its samples are read as what they are.
 */
import type { RawEncoding } from '../../../client/protocol';
import { CONVERT } from '../wav/samples';

/** What a name says that has one of the endings that telephone systems use. */
const ENDINGS: Record<string, RawEncoding | undefined> = {
	ulaw: 'mulaw',
	ul: 'mulaw',
	mulaw: 'mulaw',
	mu: 'mulaw',
	pcmu: 'mulaw',
	alaw: 'alaw',
	al: 'alaw',
	pcma: 'alaw',
	sln: 's16le',
	slin: 's16le',
	vox: 'vox',
	g722: 'g722',
	gsm: 'gsm',
};

/** How people call the encodings. */
export const ENCODING_NAMES: Record<RawEncoding, string> = {
	mulaw: 'mu-law (G.711)',
	alaw: 'A-law (G.711)',
	u8: 'unsigned 8-bit PCM',
	s16le: 'signed 16-bit PCM, little endian (slin)',
	s16be: 'signed 16-bit PCM, big endian',
	s24le: 'signed 24-bit PCM, little endian',
	s32le: 'signed 32-bit PCM, little endian',
	f32le: '32-bit float PCM, little endian',
	vox: 'Dialogic ADPCM (vox)',
	g722: 'G.722',
	gsm: 'GSM full rate',
};

/** Samples that are looked at. */
export const LOOKED_AT = 32_768;

/** Energy of the steps between samples beside that of the samples: 2 for noise, far less for sound. */
const ROUGHEST = 1.2;

/** By which factor the right reading is smoother than others. */
const CLEARLY = 1.5;

type Reading = (bytes: Buffer) => Float32Array;

function read(convert: (typeof CONVERT)[keyof typeof CONVERT], width: number): Reading {
	return (bytes) => {
		const samples = new Float32Array(Math.floor(bytes.length / width));
		convert(bytes, samples);
		return samples;
	};
}

/** Linear 8-bit samples are not among them: mu-law reads as nearly as smooth. */
const READINGS: Array<[RawEncoding, Reading]> = [
	['mulaw', read(CONVERT.pcm_mulaw, 1)],
	['alaw', read(CONVERT.pcm_alaw, 1)],
	['f32le', (bytes) => read(CONVERT.pcm_f32le, 4)(bytes).map((sample) => (Math.abs(sample) < 10 ? sample : NaN))],
	['s16le', read(CONVERT.pcm_s16le, 2)],
	['s16be', (bytes) => read(CONVERT.pcm_s16le, 2)(Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2))).swap16())],
];

function roughness(samples: Float32Array): number {
	const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
	let [energy, steps] = [0, 0];
	for (let index = 1; index < samples.length; index++) {
		energy += (samples[index]! - mean) ** 2;
		steps += (samples[index]! - samples[index - 1]!) ** 2;
	}
	return energy > 0 ? steps / energy : Infinity;
}

function byEnding(fileName: string): RawEncoding | undefined {
	const ending = /\.([a-z]+\d*)$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
	return ENDINGS[ending] ?? (/^sln\d+$/.test(ending) ? 's16le' : undefined);
}

/**
 * What the samples seem to be; undefined where they seem to be none.
 * @param bytes from the middle of the file, at an even place
 * @param fileName whose ending counts; empty: only the bytes do
 */
export function guessRaw(bytes: Buffer, fileName: string): RawEncoding | undefined {
	const named = byEnding(fileName);
	if (named) return named;
	const part = bytes.subarray(0, LOOKED_AT);
	if (part.length < 1000) return undefined;
	const rough = READINGS.map(([encoding, reading]) => ({ encoding, value: roughness(reading(part)) }));
	const [best, second] = rough.sort((one, other) => one.value - other.value) as [(typeof rough)[0], (typeof rough)[0]];
	return best.value < ROUGHEST && second.value > CLEARLY * best.value ? best.encoding : undefined;
}
