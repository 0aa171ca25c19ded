/** One interface over the two builds of ONNX Runtime. Float32 tensors, and int64 where a model asks for a count. */
import type { RuntimeName } from '../../client/protocol';

export interface Tensor {
	dims: readonly number[];
	data: Float32Array;
}

export type Tensors = Record<string, Tensor>;

/** What a model is fed. */
export interface InputTensor {
	dims: readonly number[];
	/** BigInt64Array becomes an int64 tensor. */
	data: Float32Array | BigInt64Array;
}

/** A loaded model. Calls must not overlap. */
export interface Session {
	/** Names of what the graph must be fed. */
	readonly inputNames: readonly string[];
	/** Names of what the graph gives. */
	readonly outputNames: readonly string[];
	/**
	 * @param outputs names of the outputs that are wanted; absent: all
	 * @throws Error when names, types or shapes do not fit the model, or a wanted output is not float32
	 */
	run(inputs: Record<string, InputTensor>, outputs?: readonly string[]): Promise<Tensors>;
	release(): Promise<void>;
}

/** A file whose bytes hold the weights of a model that is stored apart from it. */
export interface WeightsFile {
	/** As the model calls it. */
	name: string;
	bytes: Uint8Array;
}

export interface Runtime {
	name: RuntimeName;
	/**
	 * @param model an `.onnx` file; it must not name other files than `weights`, see `refuseExternalData`
	 * @param weights read while the session is made, and not after
	 */
	load(model: Uint8Array, weights?: WeightsFile): Promise<Session>;
}
