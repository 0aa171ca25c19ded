/** Samples of a WAV file to float, bit for bit as FFmpeg converts them. */

/** One step of 16, and of 32 bits: multiplying by them is as exact as dividing, and faster. */
const STEP_16 = 2 ** -15;
const STEP_32 = 2 ** -31;

/** FFmpeg's codec names. */
export type SampleFormat =
	| 'pcm_u8'
	| 'pcm_s16le'
	| 'pcm_s24le'
	| 'pcm_s32le'
	| 'pcm_f32le'
	| 'pcm_alaw'
	| 'pcm_mulaw';

/** Fills `target` with as many samples from the start of `bytes`. */
type Convert = (bytes: Buffer, target: Float32Array) => void;

/** ITU-T G.711 mu-law to a 16-bit sample. */
function muLaw(code: number): number {
	const value = ~code & 0xff;
	const magnitude = ((((value & 0x0f) << 3) + 0x84) << ((value & 0x70) >> 4)) - 0x84;
	return value & 0x80 ? 0 - magnitude : magnitude;
}

/** ITU-T G.711 A-law to a 16-bit sample. */
function aLaw(code: number): number {
	const value = code ^ 0x55;
	const segment = (value & 0x70) >> 4;
	const mantissa = ((value & 0x0f) << 1) + 1;
	const magnitude = segment === 0 ? mantissa << 3 : (mantissa + 32) << (segment + 2);
	return value & 0x80 ? magnitude : -magnitude;
}

function table(decode: (code: number) => number): Convert {
	const values = Float32Array.from({ length: 256 }, (_, code) => decode(code) * STEP_16);
	return (bytes, target) => {
		for (let index = 0; index < target.length; index++) target[index] = values[bytes[index]!]!;
	};
}

export const CONVERT: Record<SampleFormat, Convert> = {
	pcm_u8: table((code) => (code - 128) * 256),
	pcm_alaw: table(aLaw),
	pcm_mulaw: table(muLaw),
	pcm_s16le(bytes, target) {
		for (let index = 0, at = 0; index < target.length; index++, at += 2) {
			target[index] = (((bytes[at + 1]! << 24) | (bytes[at]! << 16)) >> 16) * STEP_16;
		}
	},
	pcm_s24le(bytes, target) {
		for (let index = 0, at = 0; index < target.length; index++, at += 3) {
			target[index] = ((bytes[at + 2]! << 24) | (bytes[at + 1]! << 16) | (bytes[at]! << 8)) * STEP_32;
		}
	},
	pcm_s32le(bytes, target) {
		for (let index = 0; index < target.length; index++) target[index] = bytes.readInt32LE(index * 4) * STEP_32;
	},
	pcm_f32le(bytes, target) {
		new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(bytes.subarray(0, target.byteLength));
	},
};
