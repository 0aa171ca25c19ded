/** Makes a 16-bit PCM WAV file. `sample` gives the value, -1 to 1, of a channel at a time in seconds. */
export function wav(
	{ seconds, channels = 1, rate = 16_000 }: { seconds: number; channels?: number; rate?: number },
	sample: (time: number, channel: number) => number = () => 0,
): Buffer {
	const frames = Math.round(seconds * rate);
	const data = Buffer.alloc(frames * channels * 2);
	for (let frame = 0; frame < frames; frame++) {
		for (let channel = 0; channel < channels; channel++) {
			data.writeInt16LE(Math.round(sample(frame / rate, channel) * 32_767), (frame * channels + channel) * 2);
		}
	}
	return Buffer.concat([header(data.length, channels, rate), data]);
}

function header(length: number, channels: number, rate: number): Buffer {
	const bytes = Buffer.alloc(44);
	bytes.write('RIFF', 0);
	bytes.writeUInt32LE(36 + length, 4);
	bytes.write('WAVEfmt ', 8);
	bytes.writeUInt32LE(16, 16);
	bytes.writeUInt16LE(1, 20);
	bytes.writeUInt16LE(channels, 22);
	bytes.writeUInt32LE(rate, 24);
	bytes.writeUInt32LE(rate * channels * 2, 28);
	bytes.writeUInt16LE(channels * 2, 32);
	bytes.writeUInt16LE(16, 34);
	bytes.write('data', 36);
	bytes.writeUInt32LE(length, 40);
	return bytes;
}
