/** From speech to the tensors a model takes. */
import type { InputTensor } from '../runtime/interface';
import { Fbank } from './fbank';
import { arrangeFeatures, normalizeFeatures } from './features';
import type { FbankInput, ModelDescription } from './modelDescription';

/** A model's main input, and how much is in it: frames, or samples of a waveform. */
export interface MainInput {
	tensor: InputTensor;
	length: number;
}

export type Feeder = (speech: Float32Array) => MainInput;

const feedWaveform: Feeder = (speech) => ({ tensor: { data: speech, dims: [1, speech.length] }, length: speech.length });

function feedFeatures({ features: options, normalization, layout }: FbankInput): Feeder {
	const fbank = new Fbank(options);
	return (speech) => {
		const features = fbank.compute(speech);
		normalizeFeatures(features, normalization);
		return { tensor: arrangeFeatures(features, layout), length: features.frames };
	};
}

export function feederFor(input: ModelDescription['input']): Feeder {
	return input.kind === 'waveform' ? feedWaveform : feedFeatures(input);
}

/** Samples that a model is given at least: half a second. */
const SHORTEST = 8000;

/**
 * Speech as a model can take it: repeated up to half a second where it is shorter, since models look at more than a
 * word at once and would fail or see mostly silence; cut into equal pieces where it is longer than `longest`.
 * @param speech not empty
 * @param longest samples
 */
export function piecesOf(speech: Float32Array, longest = Infinity): Float32Array[] {
	if (speech.length === 0) throw new Error('there is no speech to embed');
	if (speech.length < SHORTEST) return [Float32Array.from({ length: SHORTEST }, (_, i) => speech[i % speech.length]!)];
	const count = Math.max(1, Math.ceil(speech.length / longest));
	const bound = (i: number) => Math.round((i * speech.length) / count);
	return Array.from({ length: count }, (_, i) => speech.subarray(bound(i), bound(i + 1)));
}
