/** Silero VAD v6.2 without ONNX Runtime: the same probabilities within rounding, see `silero.ts`. */
import { inRuns, Kernel } from './kernel';
import { AS_IT_IS, SILERO_HOP, type Gain, type SileroRate, type SpeechModel } from './speechModel';

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

	async run(audio: Float32Array, gain: Gain = AS_IT_IS): Promise<Float32Array> {
		return await inRuns(this.kernel, audio, this, (chunks) => {
			this.kernel.run(chunks, gain);
			return this.kernel.view('probabilities', chunks);
		});
	}
}
