/**
 * Silero VAD v6.2 over runs of chunks, with the state carried from run to run: equal to feeding the published model
 * chunk by chunk. The graph is made by `tools/build/sileroGraph.cjs`.
 */
import { modelPath } from '../../../models/bundled';
import { readPackageFile } from '../../../models/packageFiles';
import type { Runtime, Session } from '../runtime/interface';

export const SILERO_MODEL = 'silero-vad-6.2';

/** Seconds of audio behind each speech probability, at both sample rates. */
export const SILERO_HOP = 0.032;

const HIDDEN = 128;
const STATE_DIMS = [1, 1, HIDDEN];

export type SileroRate = 16000 | 8000;

const modelFile = (sampleRate: SileroRate) => modelPath(`${SILERO_MODEL}-${sampleRate / 1000}k.onnx`);

export class SileroVad {
	/** Samples per chunk. */
	readonly window: number;

	/** Samples before each chunk that the model sees again. */
	readonly context: number;

	private h = new Float32Array(HIDDEN);

	private c = new Float32Array(HIDDEN);

	private constructor(
		private readonly session: Session,
		sampleRate: SileroRate,
	) {
		this.window = sampleRate * SILERO_HOP;
		this.context = this.window / 8;
	}

	/** @throws VoiceprintError RUNTIME_UNAVAILABLE where the model is missing or damaged */
	static async load(runtime: Runtime, sampleRate: SileroRate): Promise<SileroVad> {
		return new SileroVad(await runtime.load(await readPackageFile(modelFile(sampleRate))), sampleRate);
	}

	/** Forgets what was heard; to be called before each recording. */
	reset(): void {
		this.h.fill(0);
		this.c.fill(0);
	}

	/**
	 * @param audio `context + n * window` samples, -1 to 1: the samples before the run (zeros at the start of the
	 *   recording), then the run itself
	 * @returns n speech probabilities
	 */
	async run(audio: Float32Array): Promise<Float32Array> {
		const outputs = await this.session.run({
			audio: { data: audio, dims: [audio.length] },
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
