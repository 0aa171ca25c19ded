/**
 * The WebAssembly modules that are written for the Silero models alone, see `tools/build/kernels/sileroKernel.cjs`: small,
 * needing no ONNX Runtime, compiled in some milliseconds.
 */
import { modelPath } from '../../../models/bundled';
import { readPackageFile } from '../../../models/packageFiles';
import { oncePerKey } from '../../../once';
import { compileFastest, wasm } from '../webAssembly';
import { SILERO_MODEL, type Gain, type SileroRate, type SpeechModel } from './speechModel';

/** For so many chunks or samples, with the factor and the limit of a gain. */
type Call = (count: number, factor: number, limit: number) => void;

interface Exports {
	memory: { buffer: ArrayBuffer };
	run: Call;
	magnitudes: Call;
	/** Of the 8 kHz model's alone. */
	halve: Call;
	/** Addresses in bytes. */
	state: { value: number };
	samples: { value: number };
	probabilities: { value: number };
	wide: { value: number };
	taps: { value: number };
	leading: { value: number };
	inner: { value: number };
	trailing: { value: number };
	constants: { value: number };
}

/** What lies in the memory, as float32. */
type Place = 'state' | 'samples' | 'probabilities' | 'wide' | 'taps' | 'leading' | 'inner' | 'trailing';

/** Chunks that a kernel has room for. */
export const MOST_CHUNKS = 256;

const file = (sampleRate: SileroRate, ending: string) => modelPath(`${SILERO_MODEL}-${sampleRate / 1000}k.kernel.${ending}`);

/**
 * Runs a model over the chunks of a block of audio, as many at a time as there is room for.
 * @param run what it gives for the chunks that lie at `samples`
 */
export async function inRuns(
	kernel: Kernel,
	audio: Float32Array,
	{ window, context }: SpeechModel,
	run: (chunks: number) => Promise<Float32Array> | Float32Array,
): Promise<Float32Array> {
	const chunks = Math.floor((audio.length - context) / window);
	const probabilities = new Float32Array(chunks);
	for (let done = 0; done < chunks; done += MOST_CHUNKS) {
		const count = Math.min(MOST_CHUNKS, chunks - done);
		const samples = audio.subarray(done * window, context + (done + count) * window);
		kernel.view('samples', samples.length).set(samples);
		probabilities.set(await run(count), done);
	}
	return probabilities;
}

/** Compiled once, though a model and the filter before it have a kernel each. */
const compiled = (mayRelax: boolean) =>
	oncePerKey(async (sampleRate: SileroRate) => await compileFastest(async (ending) => await readPackageFile(file(sampleRate, ending)), mayRelax));

const [fastest, plain] = [compiled(true), compiled(false)];

export class Kernel {
	private constructor(private readonly exports: Exports) {}

	/** @throws VoiceprintError RUNTIME_UNAVAILABLE where a file is missing or damaged */
	static async load(sampleRate: SileroRate, mayRelax = true): Promise<Kernel> {
		const module = await (mayRelax ? fastest : plain)(sampleRate);
		return new Kernel(new wasm.Instance(module).exports as Exports);
	}

	/** Copies the weights in. @throws VoiceprintError RUNTIME_UNAVAILABLE where they are missing or damaged */
	async loadWeights(sampleRate: SileroRate): Promise<void> {
		const bytes = await readPackageFile(file(sampleRate, 'bin'));
		new Uint8Array(this.exports.memory.buffer).set(bytes, this.exports.constants.value);
	}

	/** Probabilities of so many of the samples' chunks; needs the weights. */
	run(chunks: number, { factor, limit }: Gain): void {
		this.exports.run(chunks, factor, limit);
	}

	/** Spectra of so many of the samples' chunks: to `leading`, `inner` and `trailing`. */
	magnitudes(chunks: number, { factor, limit }: Gain): void {
		this.exports.magnitudes(chunks, factor, limit);
	}

	/** So many samples at 8 kHz from those at `wide`. */
	halve(samples: number, { factor, limit }: Gain): void {
		this.exports.halve(samples, factor, limit);
	}

	/** A view of the kernel's memory. */
	view(place: Place, length: number): Float32Array {
		return new Float32Array(this.exports.memory.buffer, this.exports[place].value, length);
	}
}
