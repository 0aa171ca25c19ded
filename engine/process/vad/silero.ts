/**
 * Silero VAD v6.2 over runs of chunks, with the state carried from run to run: equal to feeding the published model
 * chunk by chunk. The graph is made by `tools/build/sileroGraph.cjs`.
 */
import { modelPath } from '../../../models/bundled';
import { readPackageFile } from '../../../models/packageFiles';
import type { Runtime, Session } from '../runtime/interface';
import { SILERO_HOP, type SileroRate, type SpeechModel } from './speechModel';

export const SILERO_MODEL = 'silero-vad-6.2';

const HIDDEN = 128;
const STATE_DIMS = [1, 1, HIDDEN];

const modelFile = (sampleRate: SileroRate) => modelPath(`${SILERO_MODEL}-${sampleRate / 1000}k.onnx`);

export class SileroVad implements SpeechModel {
	readonly window: number;

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

	reset(): void {
		this.h.fill(0);
		this.c.fill(0);
	}

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
