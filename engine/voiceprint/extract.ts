/** The voiceprint of one channel: its speech, window by window, through the model, and averaged. */
import type { VoiceprintQuality } from '../protocol';
import { SAMPLE_RATE, type Audio } from '../vad/audio';
import type { Span } from '../vad/segmenter';
import type { Embedder } from '../embedding/embedder';
import { pausePowers } from './frames';
import { SpeechMeter } from './quality';
import { cosine, normalize, weightedSum } from '../embedding/vector';
import type { Voiceprint } from './voiceprint';
import { chooseWindows, readWindow, samplesOf } from './windows';

export interface Extraction {
	voiceprint: Voiceprint;
	quality: Omit<VoiceprintQuality, 'warnings'>;
	/** One vector per window, in time order. */
	embeddings: Float32Array[];
}

/** Mean cosine between all pairs of windows; null for fewer than two. */
function consistencyOf(embeddings: readonly Float32Array[]): number | null {
	let sum = 0;
	let pairs = 0;
	embeddings.forEach((one, i) => {
		for (const other of embeddings.slice(i + 1)) {
			sum += cosine(one, other);
			pairs++;
		}
	});
	return pairs === 0 ? null : Math.round((sum / pairs) * 1000) / 1000;
}

const total = (spans: readonly Span[]) => spans.reduce((sum, { start, end }) => sum + end - start, 0);

/**
 * @param spans the speech in the audio, seconds
 * @param maximum seconds of speech to use at most; 0: all of it
 */
export async function extractVoiceprint(
	audio: Audio,
	spans: readonly Span[],
	embedder: Embedder,
	maximum: number,
): Promise<Extraction> {
	const windows = chooseWindows(spans, maximum);
	const meter = new SpeechMeter();
	const embeddings: Float32Array[] = [];
	for (const window of windows) {
		const speech = readWindow(audio, window);
		meter.add(speech);
		embeddings.push(await embedder.embed(speech));
	}
	const lengths = windows.map((window) => samplesOf(window) / SAMPLE_RATE);
	return {
		voiceprint: {
			model: embedder.id,
			speechLength: lengths.reduce((sum, length) => sum + length, 0),
			vector: normalize(Float32Array.from(weightedSum(embeddings, lengths))),
		},
		quality: {
			speech_found: Math.round(total(spans) * 1000) / 1000,
			level: meter.level,
			clipping: meter.clipping,
			snr: windows.length === 0 ? null : meter.snr(pausePowers(audio, spans)),
			consistency: consistencyOf(embeddings),
		},
		embeddings,
	};
}
