/**
 * Local speakers: who of at most three people talks in each frame of a window of ten seconds. Which of them is who in
 * another window is not said. Model: pyannote segmentation 3.0, see `models/segmentation-3.0.md`.
 */
import { modelPath } from '../../../models/bundled';
import { readPackageFile } from '../../../models/packageFiles';
import { SAMPLE_RATE, type Audio, type Span } from '../audio';
import type { Runtime, Session } from '../runtime/interface';
import { CLASSES, FEATURES, FRAMES, SegmentationKernel } from './segmentationKernel';

export { FRAMES, WINDOW } from './segmentationKernel';

/** Samples from frame to frame. */
export const STEP = 270;

/** Sample at which the middle of the first frame of a window lies: half of what a frame sees. */
const FIRST_MIDDLE = 495.5;

/** Local speakers at most. */
export const LOCAL_SPEAKERS = 3;

/** Which local speakers talk, by class: one bit each. At most two at the same time. */
const SPEAKERS_OF_CLASS = [0b000, 0b001, 0b010, 0b100, 0b011, 0b101, 0b110];

/** The class of silence, and the first of those of talk. */
const NOBODY = 0;
const SOMEBODY = 1;

/** Seconds of the recording at which a frame begins, counted from the recording's first one. */
export const frameStart = (frame: number): number => (FIRST_MIDDLE - STEP / 2 + frame * STEP) / SAMPLE_RATE;

/** Frames of which so many samples hold all that they see; one at least. */
export const framesIn = (samples: number): number => Math.max(1, Math.floor((samples - 2 * FIRST_MIDDLE) / STEP) + 1);

/** @returns `[frames]`: 1 where the middle of a frame lies in one of the spans, which are in time order, in seconds; else 0 */
export function framesOfSpans(frames: number, spans: readonly Span[]): Uint8Array {
	const frameFrom = (seconds: number) => Math.max(0, Math.ceil((seconds * SAMPLE_RATE - FIRST_MIDDLE) / STEP));
	const marked = new Uint8Array(frames);
	for (const { start, end } of spans) marked.fill(1, frameFrom(start), frameFrom(end));
	return marked;
}

/** Of a window that begins with a sample, what the model says: `[FRAMES, CLASSES]`, the larger the likelier. */
export type Score = (audio: Audio, start: number) => Promise<Float32Array> | Float32Array;

export class Segmentation {
	constructor(private readonly score: Score) {}

	/**
	 * Where there is speech for sure, somebody talks: what this model takes for silence there is missed speech.
	 * @param frame of the recording, with which the window begins
	 * @param speech of each frame of the recording, whether there is speech for sure
	 * @returns `[FRAMES]`: the local speakers that talk in each frame, one bit each
	 */
	async window(audio: Audio, frame: number, speech: Uint8Array): Promise<Uint8Array> {
		const data = await this.score(audio, frame * STEP);
		return Uint8Array.from({ length: FRAMES }, (_, i) => {
			const first = speech[frame + i] === 1 ? SOMEBODY : NOBODY;
			return SPEAKERS_OF_CLASS[likeliest(data, i * CLASSES, first)]!;
		});
	}
}

/** @param first class that comes into question */
function likeliest(values: Float32Array, from: number, first: number): number {
	let best = first;
	for (let i = first + 1; i < CLASSES; i++) if (values[from + i]! > values[from + best]!) best = i;
	return best;
}

/** Native ONNX Runtime is faster in the second part of the model. @throws VoiceprintError RUNTIME_UNAVAILABLE where a file is missing or damaged */
export async function loadSegmentation(runtime: Runtime): Promise<Segmentation> {
	const kernel = await SegmentationKernel.load();
	if (runtime.name === 'wasm') return new Segmentation((audio, start) => kernel.scores(audio, start));
	const session = await runtime.load(await readPackageFile(modelPath('segmentation-3.0.sequence.onnx')));
	return new Segmentation(async (audio, start) => await logProbabilities(session, kernel.features(audio, start)));
}

async function logProbabilities(session: Session, features: Float32Array): Promise<Float32Array> {
	const { log_probabilities } = await session.run({ features: { data: features, dims: [FRAMES, 1, FEATURES] } });
	return log_probabilities!.data;
}
