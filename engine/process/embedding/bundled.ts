/** How the models that come with the package are fed. */
import { ACCURATE_MODEL, FAST_MODEL, modelPath } from '../../../models/bundled';
import { readPackageFile } from '../../../models/packageFiles';
import type { BundledChoice } from '../../client/protocol';
import type { Runtime } from '../runtime/interface';
import { loadEmbedder, ModelEmbedder, type Embedder } from './embedder';
import { FastKernel } from './kernels/fastKernel';
import { KALDI_FBANK } from './featureDescription';
import type { ModelDescription } from './modelDescription';
import { loadPooledEmbedder, PooledEmbedder, type PooledModel } from './pooledEmbedder';
import { AccurateKernel } from './kernels/accurateKernel';

export const FAST: ModelDescription = {
	id: FAST_MODEL,
	file: modelPath(`${FAST_MODEL}.onnx`),
	dimension: 192,
	input: { kind: 'waveform', name: 'waveform' },
	output: 'embedding',
};

export const ACCURATE: PooledModel = {
	id: ACCURATE_MODEL,
	dimension: 256,
	width: 2560,
	features: { ...KALDI_FBANK, window: 'hamming' },
	windowSeconds: 3,
	longestSeconds: 15,
};

async function loadFast(runtime: Runtime): Promise<ModelEmbedder> {
	const bytes = await readPackageFile(FAST.file);
	return runtime.name === 'wasm' ? new ModelEmbedder(await FastKernel.load(bytes), FAST) : await loadEmbedder(runtime, FAST, bytes);
}

async function loadAccurate(runtime: Runtime): Promise<PooledEmbedder> {
	const read = async (part: string) => await readPackageFile(modelPath(`${ACCURATE_MODEL}.${part}.onnx`));
	const [bytes, head] = [await read('trunk'), await read('head')];
	if (runtime.name === 'wasm') {
		const kernel = await AccurateKernel.load(bytes, head);
		return new PooledEmbedder(kernel, kernel.head, ACCURATE);
	}
	// The trunk as it is cheapest natively; the weights are those of its own file.
	return await loadPooledEmbedder(runtime, ACCURATE, await read('trunk.native'), head, { name: `${ACCURATE_MODEL}.trunk.onnx`, bytes });
}

/** By what the job says. */
export const BUNDLED_EMBEDDERS: Record<BundledChoice, (runtime: Runtime) => Promise<Embedder>> = {
	accurate: loadAccurate,
	fast: loadFast,
};
