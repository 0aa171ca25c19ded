/**
 * ONNX Runtime behind our interface. Both builds share one API (onnxruntime-common), so only how they are
 * loaded and configured differs.
 */
import path from 'node:path';
import { checkPackageFile } from '../../../models/packageFiles';
import type * as Ort from 'onnxruntime-node';
import type { RuntimeName } from '../../client/protocol';
import type { InputTensor, Runtime, Session, Tensor, Tensors } from './interface';

type OrtModule = Pick<typeof Ort, 'InferenceSession' | 'Tensor' | 'env'>;

/** Where the build puts the WASM build of ONNX Runtime: `dist/vendor/onnxruntime-web`. */
const WASM_FOLDER = path.join(__dirname, '..', '..', '..', 'vendor', 'onnxruntime-web');
const WASM_LOADER = 'ort.node.min.js';
const WASM_FILES = [WASM_LOADER, 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];

/**
 * One thread: the graphs here do not gain from more, and n8n needs the other cores. Without the memory pattern
 * optimisation, since block lengths vary.
 */
const SESSION_OPTIONS: Ort.InferenceSession.SessionOptions = {
	intraOpNumThreads: 1,
	interOpNumThreads: 1,
	graphOptimizationLevel: 'all',
	logSeverityLevel: 3,
};

/** @throws whatever the loader throws where the native binding cannot be loaded (musl, Intel Mac, missing files). */
export function loadNativeModule(): OrtModule {
	// eslint-disable-next-line @typescript-eslint/no-require-imports -- optional native module: loaded only once probed
	return require('onnxruntime-node') as OrtModule;
}

/** @throws VoiceprintError RUNTIME_UNAVAILABLE where one of the bundled WASM files is missing or damaged */
export function loadWasmModule(): OrtModule {
	for (const file of WASM_FILES) checkPackageFile(path.join(WASM_FOLDER, file));
	// eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only where it is chosen
	const ort = require(path.join(WASM_FOLDER, WASM_LOADER)) as OrtModule;
	ort.env.wasm.numThreads = 1;
	ort.env.wasm.proxy = false;
	return ort;
}

/** As the builds expect one, without a copy: models of one's own can be large. */
const plainView = (file: Uint8Array) => new Uint8Array(file.buffer, file.byteOffset, file.byteLength);

/**
 * Wraps an ONNX Runtime module.
 * @param module called when the first model is loaded: not every job needs one. What it throws, `load` rejects with
 */
export function onnxRuntime(name: RuntimeName, module: () => OrtModule): Runtime {
	const executionProviders = [name === 'native' ? 'cpu' : 'wasm'];
	return {
		name,
		async load(file, weights) {
			const ort = module();
			const options: Ort.InferenceSession.SessionOptions = { ...SESSION_OPTIONS, executionProviders };
			if (weights) options.externalData = [{ path: weights.name, data: plainView(weights.bytes) }];
			return wrapSession(ort, await ort.InferenceSession.create(plainView(file), options));
		},
	};
}

function wrapSession(ort: OrtModule, session: Ort.InferenceSession): Session {
	const { inputNames, outputNames } = session;
	return {
		inputNames,
		outputNames,
		async run(inputs, wanted = outputNames) {
			const feeds: Record<string, Ort.Tensor> = {};
			for (const [name, tensor] of Object.entries(inputs)) feeds[name] = toOrt(ort, tensor);
			const outputs: Tensors = {};
			for (const [name, tensor] of Object.entries(await session.run(feeds, wanted))) {
				outputs[name] = fromOrt(name, tensor);
			}
			return outputs;
		},
		async release() {
			await session.release();
		},
	};
}

function toOrt(ort: OrtModule, { data, dims }: InputTensor): Ort.Tensor {
	return data instanceof BigInt64Array ? new ort.Tensor('int64', data, dims) : new ort.Tensor('float32', data, dims);
}

/** @throws Error where the tensor is not float32 */
function fromOrt(name: string, { type, data, dims }: Ort.Tensor): Tensor {
	if (!(data instanceof Float32Array)) throw new Error(`the output '${name}' is ${type}, not float32`);
	return { data, dims };
}
