/**
 * Interleaved samples taken apart in WebAssembly, and whole numbers made samples: JavaScript takes ten times as long, and
 * everything that is decoded passes here. See `tools/build/kernels/planesKernel.cjs`.
 */
import path from 'node:path';
import { once } from '../../../once';
import { readPackageFile } from '../../../models/packageFiles';
import { growTo, wasm, type WasmMemory } from '../webAssembly';

interface Exports {
	memory: WasmMemory;
	energy(from: number, end: number): void;
	separate(from: number, end: number, one: number, two: number): void;
	shorts(from: number, end: number, to: number): void;
	/** Addresses in bytes. */
	energies: { value: number };
	samples: { value: number };
}

const FLOAT = 4;
/** Samples behind the end that the kernel reads and writes too. */
const BEYOND = 8;
const SUMS = 4;

const compiled = once(async () => await wasm.compile(await readPackageFile(path.join(__dirname, '..', '..', '..', 'models', 'planes.wasm'))));

/** @param floats that there has to be room for */
function instanceOf(module: Awaited<ReturnType<typeof compiled>>, floats: number): Exports {
	const kernel = new wasm.Instance(module).exports as Exports;
	growTo(kernel.memory, kernel.samples.value + floats * FLOAT);
	return kernel;
}

/** Blocks of one or two channels, and the samples they are made of. */
export class Planes {
	/** Samples per channel, one block each: what is handed on. */
	readonly blocks: Float32Array[];

	private readonly latest: Float32Array;

	private readonly energies: Float32Array;

	/** @param room samples of a block */
	private constructor(
		private readonly kernel: Exports,
		channels: number,
		room: number,
	) {
		const { buffer } = kernel.memory;
		const place = (index: number) => kernel.samples.value + index * (room + BEYOND) * FLOAT;
		this.blocks = Array.from({ length: channels }, (_, channel) => new Float32Array(buffer, place(channel), room));
		this.latest = new Float32Array(buffer, place(channels), 2 * room + BEYOND);
		this.energies = new Float32Array(buffer, kernel.energies.value, SUMS);
	}

	/**
	 * @returns what makes blocks of so many samples for one or two channels
	 * @throws VoiceprintError RUNTIME_UNAVAILABLE where the kernel's file is missing or damaged
	 */
	static async prepare(): Promise<MakePlanes> {
		const module = await compiled();
		return (channels, room) => new Planes(instanceOf(module, (channels + 2) * (room + BEYOND)), channels, room);
	}

	/**
	 * Fills the blocks from a sample on.
	 * @param samples interleaved, for which there is room
	 * @returns their energy, all channels together; no number where a sample is none
	 */
	take(samples: Float32Array, from: number): number {
		const { kernel, latest } = this;
		const [one, two] = this.blocks.map((block) => block.byteOffset + from * FLOAT) as [number, number | undefined];
		if (two === undefined) {
			this.blocks[0]!.set(samples, from);
			kernel.energy(one, one + samples.length * FLOAT);
		} else {
			latest.set(samples);
			latest.fill(0, samples.length, samples.length + BEYOND);
			kernel.separate(latest.byteOffset, latest.byteOffset + samples.length * FLOAT, one, two);
		}
		return this.energies.reduce((sum, energy) => sum + energy);
	}
}

export type MakePlanes = (channels: number, room: number) => Planes;

/** Whole numbers of 16 bits, little-endian, as samples. */
export class Shorts {
	/** To be filled with numbers. */
	readonly bytes: Uint8Array;

	private readonly samples: Float32Array;

	private constructor(
		private readonly kernel: Exports,
		room: number,
	) {
		this.samples = new Float32Array(kernel.memory.buffer, kernel.samples.value, room);
		const { byteOffset, byteLength } = this.samples;
		this.bytes = new Uint8Array(kernel.memory.buffer, byteOffset + byteLength + 2 * BEYOND * FLOAT, room * 2);
	}

	/** @param room numbers that are made samples at once, at most @throws as `Planes.prepare` does */
	static async prepare(room: number): Promise<Shorts> {
		return new Shorts(instanceOf(await compiled(), 2 * room + 4 * BEYOND), room);
	}

	/** @returns as many samples of the first numbers, -1 to 1; valid until the next call */
	convert(count: number): Float32Array {
		const { bytes, samples, kernel } = this;
		kernel.shorts(bytes.byteOffset, bytes.byteOffset + 2 * count, samples.byteOffset);
		return samples.subarray(0, count);
	}
}
