/** The voiceprint of one channel: its speech, window by window, through the model, and averaged. */
import type { VoiceprintQuality } from '../../client/protocol';
import { type Audio, SAMPLE_RATE, type Span } from '../audio';
import type { Embedder } from '../embedding/embedder';
import { pausePowers } from './frames';
import { rounded, SpeechMeter } from './quality';
import { normalize, pairCosines, weightedSum } from '../../../voiceprints/vector';
import type { Voiceprint } from '../../../voiceprints/voiceprint';
import { chooseWindows, readWindow, samplesOf } from './windows';

export interface Extraction {
	voiceprint: Voiceprint;
	quality: Omit<VoiceprintQuality, 'warnings'>;
	/** Windows that the speech was cut into. */
	windows: number;
	/** How alike they are: cosines of all pairs. */
	alike: number[];
}

const total = (spans: readonly Span[]) => spans.reduce((sum, { start, end }) => sum + end - start, 0);

/**
 * @param spans the speech in the audio, seconds
 * @param maximum seconds of speech to use at most; 0: all of it
 * @param step between two samples of the recording, of full scale 1
 */
export async function extractVoiceprint(
	audio: Audio,
	spans: readonly Span[],
	embedder: Embedder,
	maximum: number,
	step: number,
): Promise<Extraction> {
	const windows = chooseWindows(spans, maximum);
	const meter = new SpeechMeter(step);
	const embeddings: Float32Array[] = [];
	for (const window of windows) {
		const speech = readWindow(audio, window);
		meter.add(speech);
		embeddings.push(await embedder.embed(speech));
	}
	const alike = pairCosines(embeddings);
	const lengths = windows.map((window) => samplesOf(window) / SAMPLE_RATE);
	return {
		voiceprint: {
			model: embedder.id,
			speechLength: lengths.reduce((sum, length) => sum + length, 0),
			vector: normalize(Float32Array.from(weightedSum(embeddings, lengths))),
		},
		quality: {
			speech_found: rounded(total(spans), 3),
			level: meter.level,
			clipping: meter.clipping,
			snr: windows.length === 0 ? null : meter.snr(pausePowers(audio, spans)),
			consistency: alike.length === 0 ? null : rounded(alike.reduce((sum, one) => sum + one, 0) / alike.length, 3),
		},
		windows: windows.length,
		alike,
	};
}
