/**
 * Reads the WAV stream that FFmpeg writes (32-bit float, little endian) while it is written. WAV rather than raw
 * samples, because its header gives the channel count that the decoder really delivers; what the container or the
 * log says before the first decoded block can be wrong (HE-AAC v2 announces one channel and decodes to two).
 */
import { inMemory, riffChunks } from '../wav/riff';

interface Header {
	/** Bytes before the first sample. */
	length: number;
	channels: number;
	/** Hz. */
	sampleRate: number;
}

/** The header, or undefined while it is not complete. */
function parseHeader(bytes: Buffer): Header | undefined {
	let [channels, sampleRate] = [0, 0];
	for (const { name, start } of riffChunks(inMemory(bytes))) {
		if (name === 'data') return { length: start, channels, sampleRate };
		if (name !== 'fmt ' || start + 8 > bytes.length) continue;
		channels = bytes.readUInt16LE(start + 2);
		sampleRate = bytes.readUInt32LE(start + 4);
	}
	return undefined;
}

export interface FrameSink {
	/** Called once, before the first samples. */
	onFormat(channels: number, sampleRate: number): void;
	/** Interleaved samples, only valid during the call; always whole frames (one sample per channel each). */
	onFrames(samples: Float32Array, frames: number): void;
}

export class WavOutput {
	private head: Buffer = Buffer.alloc(0);

	private header: Header | undefined;

	/** Bytes of a frame that is not complete yet. */
	private rest = 0;

	private scratch = new Uint8Array(0);

	private readonly sink: FrameSink;

	constructor(sink: FrameSink) {
		this.sink = sink;
	}

	/** Takes what FFmpeg wrote at `position` of its output file. */
	write(bytes: Uint8Array, position: number): void {
		if (this.header) {
			// When it ends, FFmpeg goes back to fill in the lengths in the header.
			if (position >= this.header.length) this.data(bytes);
			return;
		}
		if (position !== this.head.length) return;
		this.head = Buffer.concat([this.head, bytes]);
		this.header = parseHeader(this.head);
		if (!this.header) return;
		this.sink.onFormat(this.header.channels, this.header.sampleRate);
		this.data(this.head.subarray(this.header.length));
		this.head = Buffer.alloc(0);
	}

	private data(bytes: Uint8Array): void {
		const frameBytes = 4 * this.header!.channels;
		if (this.rest === 0 && bytes.byteOffset % 4 === 0 && bytes.length % frameBytes === 0) {
			// Whole frames can be read where they are, which is how nearly all come.
			if (bytes.length > 0) this.sink.onFrames(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), bytes.length / frameBytes);
			return;
		}
		const available = this.rest + bytes.length;
		if (this.scratch.length < available) this.grow(available);
		this.scratch.set(bytes, this.rest);
		const frames = Math.floor(available / frameBytes);
		const used = frames * frameBytes;
		this.rest = available - used;
		if (frames > 0) this.sink.onFrames(new Float32Array(this.scratch.buffer, 0, used / 4), frames);
		this.scratch.copyWithin(0, used, available);
	}

	private grow(size: number): void {
		const larger = new Uint8Array(Math.ceil(size / 4) * 4);
		larger.set(this.scratch.subarray(0, this.rest));
		this.scratch = larger;
	}
}
