/** One interface over the two builds of ONNX Runtime. Only float32 tensors: that is all our models use. */
import type { RuntimeName } from '../protocol';

export interface Tensor {
	dims: readonly number[];
	data: Float32Array;
}

export type Tensors = Record<string, Tensor>;

/** A loaded model. Calls must not overlap. */
export interface Session {
	/** @throws Error when names or shapes do not fit the model. */
	run(inputs: Tensors): Promise<Tensors>;
	release(): Promise<void>;
}

export interface Runtime {
	name: RuntimeName;
	/** @param modelFile path of an `.onnx` file */
	load(modelFile: string): Promise<Session>;
}
