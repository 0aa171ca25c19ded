/**
 * The WebAssembly modules that are written for the Silero models alone, see `tools/build/sileroKernel.cjs`: small,
 * needing no ONNX Runtime, compiled in some milliseconds.
 */
import { modelPath } from '../../../models/bundled';
import { readPackageFile } from '../../../models/packageFiles';
import { wasm } from '../webAssembly';
import { SILERO_MODEL } from './silero';
import type { SileroRate } from './speechModel';

interface Exports {
	memory: { buffer: ArrayBuffer };
	run: (chunks: number) => void;
	halve: (samples: number) => void;
	/** Addresses in bytes. */
	state: { value: number };
	samples: { value: number };
	probabilities: { value: number };
	wide: { value: number };
	taps: { value: number };
	constants: { value: number };
}

const file = (sampleRate: SileroRate, ending: string) => modelPath(`${SILERO_MODEL}-${sampleRate / 1000}k.kernel.${ending}`);

/** Node.js 22 and newer know the instructions that multiply and add at once. */
async function readModule(sampleRate: SileroRate, mayRelax: boolean): Promise<Buffer> {
	const relaxed = mayRelax ? await readPackageFile(file(sampleRate, 'relaxed.wasm')) : undefined;
	return relaxed && wasm.validate(relaxed) ? relaxed : await readPackageFile(file(sampleRate, 'wasm'));
}

export class Kernel {
	readonly run: (chunks: number) => void;

	readonly halve: (samples: number) => void;

	private constructor(private readonly exports: Exports) {
		this.run = exports.run;
		this.halve = exports.halve;
	}

	/** @throws VoiceprintError RUNTIME_UNAVAILABLE where a file is missing or damaged */
	static async load(sampleRate: SileroRate, mayRelax = true): Promise<Kernel> {
		const module = await wasm.compile(await readModule(sampleRate, mayRelax));
		return new Kernel(new wasm.Instance(module).exports as Exports);
	}

	/** Copies the weights in. @throws VoiceprintError RUNTIME_UNAVAILABLE where they are missing or damaged */
	async loadWeights(sampleRate: SileroRate): Promise<void> {
		const bytes = await readPackageFile(file(sampleRate, 'bin'));
		new Uint8Array(this.exports.memory.buffer).set(bytes, this.exports.constants.value);
	}

	/** A view of the kernel's memory. */
	view(place: 'state' | 'samples' | 'probabilities' | 'wide' | 'taps', length: number): Float32Array {
		return new Float32Array(this.exports.memory.buffer, this.exports[place].value, length);
	}
}
