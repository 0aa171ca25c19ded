/** WAV files by hand, byte for byte, so that each field can be wrong. */
import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';

export interface WavHeader {
	/** Format tag; 1 is PCM. */
	format?: number;
	channels?: number;
	rate?: number;
	bits?: number;
	/** Size of the data chunk that the header claims. */
	claimed?: number;
}

export function wavHeader(dataBytes: number, header: WavHeader = {}): Buffer {
	const { format = 1, channels = 1, rate = 16000, bits = 16, claimed = dataBytes } = header;
	const bytes = Buffer.alloc(44);
	bytes.write('RIFF', 0, 'latin1');
	bytes.writeUInt32LE((36 + claimed) % 2 ** 32, 4);
	bytes.write('WAVEfmt ', 8, 'latin1');
	bytes.writeUInt32LE(16, 16);
	bytes.writeUInt16LE(format, 20);
	bytes.writeUInt16LE(channels, 22);
	bytes.writeUInt32LE(rate, 24);
	bytes.writeUInt32LE((rate * channels * bits) / 8, 28);
	bytes.writeUInt16LE((channels * bits) / 8, 32);
	bytes.writeUInt16LE(bits, 34);
	bytes.write('data', 36, 'latin1');
	bytes.writeUInt32LE(claimed, 40);
	return bytes;
}

export function wav(data: Uint8Array, header: WavHeader = {}): Buffer {
	return Buffer.concat([wavHeader(data.length, header), data]);
}

/** Channels as interleaved 16-bit samples. */
export function samples16(channels: Float32Array[]): Buffer {
	const data = Buffer.alloc(channels[0].length * channels.length * 2);
	channels.forEach((channel, number) =>
		channel.forEach((value, index) =>
			data.writeInt16LE(Math.round(value * 32767), (index * channels.length + number) * 2),
		),
	);
	return data;
}

/** Channels as interleaved 32-bit float samples. */
export function samplesFloat(channels: Float32Array[]): Buffer {
	const data = Buffer.alloc(channels[0].length * channels.length * 4);
	channels.forEach((channel, number) =>
		channel.forEach((value, index) => data.writeFloatLE(value, (index * channels.length + number) * 4)),
	);
	return data;
}

/** A long WAV file that takes hardly any space on disk: zeros after a short beginning. */
export function writeSparseWav(path: string, seconds: number, header: WavHeader): void {
	const frameBytes = ((header.channels ?? 1) * (header.bits ?? 16)) / 8;
	const dataBytes = seconds * (header.rate ?? 16000) * frameBytes;
	writeFileSync(path, wavHeader(dataBytes, header));
	appendFileSync(path, Buffer.alloc(frameBytes * 1000, 17));
	truncateSync(path, 44 + dataBytes);
}

/** Bytes that are the same in every run and look random. */
export function noise(length: number): Buffer {
	const bytes = Buffer.alloc(length);
	let state = 0x2545f491;
	for (let index = 0; index < length; index++) {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		bytes[index] = state >>> 8;
	}
	return bytes;
}
