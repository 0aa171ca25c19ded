/** A loaded speaker-embedding model: speech in, a vector of length one out. */
import { invalidModel, isOutOfMemory, VoiceprintError } from '../../../errors';
import type { InputTensor, Runtime, Session } from '../runtime/interface';
import { SAMPLE_RATE } from '../audio';
import { resolveNames, type GraphNames } from './graphNames';
import type { ModelDescription } from './modelDescription';
import { feederFor, piecesOf, type Feeder } from './modelInput';
import { normalize, weightedSum } from '../../../voiceprints/vector';

export interface Embedder {
	/** ID of the model, as it stands in voiceprints. */
	readonly id: string;
	/** Numbers per vector. */
	readonly dimension: number;
	/** As it stands in the description of a model of one's own; how scores are made of cosines. */
	readonly calibration?: Record<string, unknown> | undefined;
	/** Seconds of speech per window, more or less, that the model's calibration was made with. */
	readonly windowSeconds: number;
	/**
	 * @param windows speech of one voice, in time order, not empty; each is read once, when it is its turn
	 */
	embedWindows(windows: readonly SpeechWindow[]): Promise<Embedded>;
	/**
	 * @param speech of one voice, not empty: mono, 16 kHz, -1 to 1; up to some ten seconds
	 * @returns `[dimension]`, of length one
	 */
	embed(speech: Float32Array): Promise<Float32Array>;
}

/** A stretch of speech: mono, 16 kHz, -1 to 1; up to some ten seconds. */
export interface SpeechWindow {
	samples: number;
	read(): Float32Array;
}

/** Vectors of length one, `[dimension]`. */
export interface Embedded {
	/** Of all the speech. */
	vector: Float32Array;
	/** Of each window alone. */
	windows: Float32Array[];
}

/** @param vectors of length one, as heavy as `weights` says */
export const meanVector = (vectors: Float32Array[], weights: readonly number[]): Float32Array =>
	normalize(Float32Array.from(weightedSum(vectors, weights)));

/** What models are calibrated with that take a window at a time; accuracy is about the same from 3 to 10 s. */
const WINDOW_SECONDS = 4;

/** What ONNX Runtime threw, as an error about the model, unless it is none about the model. */
export function graphFault(error: unknown, message: string): unknown {
	const text = error instanceof Error ? error.message : String(error);
	if (error instanceof VoiceprintError || isOutOfMemory(text)) return error;
	return invalidModel(message, `ONNX Runtime says: ${text}`);
}

export class ModelEmbedder implements Embedder {
	readonly id: string;

	readonly dimension: number;

	readonly calibration: Record<string, unknown> | undefined;

	readonly windowSeconds = WINDOW_SECONDS;

	private readonly names: GraphNames;

	private readonly feed: Feeder;

	/** @throws VoiceprintError INVALID_MODEL where the graph has other inputs or outputs than described */
	constructor(
		private readonly session: Session,
		private readonly model: ModelDescription,
	) {
		this.id = model.id;
		this.dimension = model.dimension;
		this.calibration = model.calibration;
		this.names = resolveNames(session, model);
		this.feed = feederFor(model.input);
	}

	/**
	 * Speech shorter than half a second is repeated up to that; speech longer than the model may be given at once is cut
	 * into equal pieces, and their vectors are averaged.
	 * @throws VoiceprintError INVALID_MODEL where the graph fails or gives something else than described
	 */
	async embed(speech: Float32Array): Promise<Float32Array> {
		const { longestSeconds } = this.model;
		const longest = longestSeconds === undefined ? undefined : longestSeconds * SAMPLE_RATE;
		const pieces = piecesOf(speech, longest);
		const vectors: Float32Array[] = [];
		for (const piece of pieces) vectors.push(normalize(await this.run(piece)));
		return meanVector(vectors, pieces.map(({ length }) => length));
	}

	/** The voiceprint is the mean of the windows' vectors, each as heavy as the speech in it. */
	async embedWindows(windows: readonly SpeechWindow[]): Promise<Embedded> {
		const vectors: Float32Array[] = [];
		for (const window of windows) vectors.push(await this.embed(window.read()));
		return { vector: meanVector(vectors, windows.map(({ samples }) => samples)), windows: vectors };
	}

	/** Ends the use of the model and gives its memory back. */
	async release(): Promise<void> {
		await this.session.release();
	}

	private async run(speech: Float32Array): Promise<Float32Array> {
		const { input, length, output } = this.names;
		const main = this.feed(speech);
		const inputs: Record<string, InputTensor> = { [input]: main.tensor };
		if (length !== undefined) inputs[length] = { data: BigInt64Array.of(BigInt(main.length)), dims: [1] };
		try {
			const { data, dims } = (await this.session.run(inputs, [output]))[output]!;
			return this.checked(data, dims);
		} catch (error) {
			throw graphFault(error, `The model '${this.id}' fails on an input of shape [${main.tensor.dims.join(', ')}]`);
		}
	}

	/** @returns a copy of the output, which may have any number of dimensions of size one around its numbers */
	private checked(data: Float32Array, dims: readonly number[]): Float32Array {
		const { id, dimension } = this;
		if (data.length !== dimension || !dims.includes(dimension)) {
			throw invalidModel(
				`The model '${id}' gives an output of shape [${dims.join(', ')}], not one vector of the ${dimension} numbers ` +
					"that field 'dimension' says",
			);
		}
		if (!data.every(Number.isFinite)) throw invalidModel(`The model '${id}' gives numbers that are not finite`);
		if (data.every((value) => value === 0)) throw invalidModel(`The model '${id}' gives nothing but zeros`);
		return data.slice();
	}
}

/**
 * @param bytes the ONNX file
 * @throws VoiceprintError INVALID_MODEL where the graph has other inputs or outputs than described
 */
export async function loadEmbedder(runtime: Runtime, model: ModelDescription, bytes: Uint8Array): Promise<ModelEmbedder> {
	const session = await runtime.load(bytes);
	try {
		return new ModelEmbedder(session, model);
	} catch (error) {
		await session.release();
		throw error;
	}
}
