import { wav as withHeader } from '../../engine/process/media/support/wav.mts';

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
	return withHeader(data, { channels, rate });
}
