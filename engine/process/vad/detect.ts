/** Voice activity detection on one channel: audio and settings in, spans of speech out. */
import type { Runtime } from '../runtime/interface';
import { type Audio, SAMPLE_RATE, type Span } from '../audio';
import { hasSecondThread } from '../threads';
import type { VadSettings } from '../../client/presets';
import { speechProbabilities, type SileroModels } from './probabilities';
import { Segmenter } from './segmenter';
import { loadSilero, NarrowHere } from './narrow';
import { NarrowBeside } from './narrowBeside';
import { SILERO_HOP } from './speechModel';
import { sileroSegments } from './sileroSegments';
import { CORRECTED_HOP, DelayCorrection } from './delayCorrection';

export interface Detection {
	/** Spans of speech in seconds from the start of the audio, in time order, not overlapping. */
	spans: Span[];
	/** Speech probability of each hop; only where asked for. */
	probabilities?: number[];
	/** Seconds between two speech probabilities. */
	hop: number;
}

export interface DetectionOptions {
	settings: VadSettings;
	/** Factor on the samples that brings the recording to the models' level; not used in Silero's own mode. */
	gain: number;
	keepProbabilities: boolean;
}

/**
 * Loads both models; they serve one channel after the other.
 * @throws VoiceprintError RUNTIME_UNAVAILABLE where a file is missing or damaged
 */
export async function loadSileroModels(runtime: Runtime): Promise<Required<SileroModels>> {
	const loadNarrow = async () => await NarrowHere.load(runtime);
	const wide = await loadSilero(runtime, 16000);
	return { wide, narrow: hasSecondThread() ? new NarrowBeside(loadNarrow, runtime.name) : await loadNarrow() };
}

/** Silero's own algorithm: the 16 kHz model alone, no correction of level, delay or drift. */
async function detectAsSilero(
	audio: Audio,
	{ wide }: SileroModels,
	{ settings, keepProbabilities }: DetectionOptions,
): Promise<Detection> {
	const blocks: Float32Array[] = [];
	for await (const block of speechProbabilities(audio, { wide }, { gain: 1, resetAfterSilence: false })) {
		blocks.push(block);
	}
	const probabilities = blocks.flatMap((block) => Array.from(block));
	const spans = sileroSegments(probabilities, audio.length, settings.thresholds);
	return { spans, hop: SILERO_HOP, ...(keepProbabilities ? { probabilities } : {}) };
}

/**
 * Finds speech in one channel. Memory grows by 4 bytes per 32 ms in Silero's own mode and by nothing otherwise,
 * unless the probabilities are kept.
 */
export async function detectSpeech(
	audio: Audio,
	models: SileroModels,
	options: DetectionOptions,
): Promise<Detection> {
	const { settings, gain, keepProbabilities } = options;
	if (settings.sileroCompatible) return await detectAsSilero(audio, models, options);
	const probabilities: number[] = [];
	const segmenter = new Segmenter(settings.thresholds, CORRECTED_HOP);
	const correction = new DelayCorrection((probability) => {
		segmenter.push(probability);
		if (keepProbabilities) probabilities.push(probability);
	});
	for await (const block of speechProbabilities(audio, models, { gain, resetAfterSilence: true })) {
		block.forEach((probability) => correction.push(probability));
	}
	const duration = audio.length / SAMPLE_RATE;
	correction.finish(duration);
	const spans = segmenter.finish(duration);
	return { spans, hop: CORRECTED_HOP, ...(keepProbabilities ? { probabilities } : {}) };
}
