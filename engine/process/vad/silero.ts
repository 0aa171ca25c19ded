/**
 * Silero VAD v6.2 over runs of chunks, with the state carried from run to run: equal to feeding the published model
 * chunk by chunk. The spectra come from the kernel, the rest is a graph that `tools/build/sileroGraph.cjs` makes.
 */
import { modelPath } from '../../../models/bundled';
import { readPackageFile } from '../../../models/packageFiles';
import type { InputTensor, Runtime, Session } from '../runtime/interface';
import { inRuns, Kernel } from './kernel';
import { AS_IT_IS, SILERO_HOP, SILERO_MODEL, type Gain, type SileroRate, type SpeechModel } from './speechModel';

const HIDDEN = 128;
const STATE_DIMS = [1, 1, HIDDEN];

const modelFile = (sampleRate: SileroRate) => modelPath(`${SILERO_MODEL}-${sampleRate / 1000}k.onnx`);

export class SileroVad implements SpeechModel {
	readonly window: number;

	readonly context: number;

	/** Frequencies of a spectrum. */
	private readonly bins: number;

	private h = new Float32Array(HIDDEN);

	private c = new Float32Array(HIDDEN);

	private constructor(
		private readonly session: Session,
		private readonly kernel: Kernel,
		sampleRate: SileroRate,
	) {
		this.window = sampleRate * SILERO_HOP;
		this.context = this.window / 8;
		this.bins = this.window / 4 + 1;
	}

	/** @throws VoiceprintError RUNTIME_UNAVAILABLE where the model is missing or damaged */
	static async load(runtime: Runtime, sampleRate: SileroRate): Promise<SileroVad> {
		const session = await runtime.load(await readPackageFile(modelFile(sampleRate)));
		return new SileroVad(session, await Kernel.load(sampleRate), sampleRate);
	}

	reset(): void {
		this.h.fill(0);
		this.c.fill(0);
	}

	async run(audio: Float32Array, gain: Gain = AS_IT_IS): Promise<Float32Array> {
		return await inRuns(this.kernel, audio, this, async (chunks) => {
			this.kernel.magnitudes(chunks, gain);
			return await this.decide(chunks);
		});
	}

	/** The spectra at a place of the kernel's memory. */
	private spectra(place: 'leading' | 'inner' | 'trailing', rows: number, frames: number): InputTensor {
		const columns = frames * this.bins;
		return { data: this.kernel.view(place, rows * columns), dims: [rows, columns] };
	}

	private async decide(chunks: number): Promise<Float32Array> {
		const outputs = await this.session.run({
			leading: this.spectra('leading', chunks, 2),
			inner: this.spectra('inner', 2 * chunks, 3),
			trailing: this.spectra('trailing', chunks, 2),
			h: { data: this.h, dims: STATE_DIMS },
			c: { data: this.c, dims: STATE_DIMS },
		});
		const output = (name: string) => {
			const tensor = outputs[name];
			if (!tensor) throw new Error(`the model gave no output named ${name}`);
			return tensor.data;
		};
		this.h.set(output('h_out'));
		this.c.set(output('c_out'));
		return output('probabilities');
	}
}
