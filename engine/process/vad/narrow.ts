/** The 8 kHz model, for sound at 16 kHz. */
import type { Runtime } from '../runtime/interface';
import { Halfband } from './halfband';
import { SileroVad } from './silero';
import { SileroKernel } from './sileroKernel';
import type { Gain, SileroRate, SpeechModel } from './speechModel';

export interface NarrowModel {
	/** To be told as soon as it is known: much sound is worth a thread. @param samples at 16 kHz, so many or more */
	expect?(samples: number): void;

	/** Forgets what was heard; to be called before each recording. */
	reset(): void;

	/**
	 * @param audio as many chunks at 16 kHz with their context, and HALFBAND_LEAD samples before and behind them
	 * @param gain on the audio; absent: as it is
	 * @returns as many speech probabilities
	 */
	run(audio: Float32Array, chunks: number, gain?: Gain): Promise<Float32Array>;
}

/** Beside native ONNX Runtime the kernel is slower, beside WASM faster. @throws VoiceprintError RUNTIME_UNAVAILABLE */
export async function loadSilero(runtime: Runtime, sampleRate: SileroRate): Promise<SpeechModel> {
	return runtime.name === 'native' ? await SileroVad.load(runtime, sampleRate) : await SileroKernel.load(sampleRate);
}

/** In the thread that it was loaded in. */
export class NarrowHere implements NarrowModel {
	private constructor(
		private readonly model: SpeechModel,
		private readonly halfband: Halfband,
	) {}

	/** @throws VoiceprintError RUNTIME_UNAVAILABLE where a file is missing or damaged */
	static async load(runtime: Runtime): Promise<NarrowHere> {
		return new NarrowHere(await loadSilero(runtime, 8000), await Halfband.load());
	}

	reset(): void {
		this.model.reset();
	}

	async run(audio: Float32Array, chunks: number, gain?: Gain): Promise<Float32Array> {
		const { context, window } = this.model;
		return await this.model.run(this.halfband.halve(audio, context + chunks * window, gain));
	}
}
