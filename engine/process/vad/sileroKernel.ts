/** Silero VAD v6.2 without ONNX Runtime: the same probabilities within rounding, see `silero.ts`. */
import { Kernel } from './kernel';
import { SILERO_HOP, type SileroRate, type SpeechModel } from './speechModel';

/** Chunks that the kernel has room for. */
const MOST_CHUNKS = 256;
const STATE = 256;

export class SileroKernel implements SpeechModel {
	readonly window: number;

	readonly context: number;

	private constructor(
		private readonly kernel: Kernel,
		sampleRate: SileroRate,
	) {
		this.window = sampleRate * SILERO_HOP;
		this.context = this.window / 8;
	}

	/**
	 * @param mayRelax use multiply-and-add in one step where Node.js knows it
	 * @throws VoiceprintError RUNTIME_UNAVAILABLE where a file is missing or damaged
	 */
	static async load(sampleRate: SileroRate, mayRelax = true): Promise<SileroKernel> {
		const kernel = await Kernel.load(sampleRate, mayRelax);
		await kernel.loadWeights(sampleRate);
		return new SileroKernel(kernel, sampleRate);
	}

	reset(): void {
		this.kernel.view('state', STATE).fill(0);
	}

	async run(audio: Float32Array): Promise<Float32Array> {
		const chunks = Math.floor((audio.length - this.context) / this.window);
		const probabilities = new Float32Array(chunks);
		for (let done = 0; done < chunks; done += MOST_CHUNKS) {
			const count = Math.min(MOST_CHUNKS, chunks - done);
			const samples = audio.subarray(done * this.window, this.context + (done + count) * this.window);
			this.kernel.view('samples', samples.length).set(samples);
			this.kernel.run(count);
			probabilities.set(this.kernel.view('probabilities', count), done);
		}
		return probabilities;
	}
}
