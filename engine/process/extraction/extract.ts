/** The voiceprint of one channel: its speech, window by window, through the model, and averaged. */
import type { VoiceprintQuality } from '../../client/protocol';
import { type Audio, SAMPLE_RATE, type Span } from '../audio';
import type { Embedded, Embedder } from '../embedding/embedder';
import { BandMeter } from './band';
import { pausePowers } from './frames';
import { rounded, SpeechMeter } from './quality';
import { pairCosines } from '../../../voiceprints/vector';
import type { Voiceprint } from '../../../voiceprints/voiceprint';
import { chooseWindows, readWindow, samplesOf, type Window } from './windows';

export interface Extraction {
	voiceprint: Voiceprint;
	quality: Omit<VoiceprintQuality, 'speakers' | 'warnings'>;
	/** Vectors of the windows that the speech was cut into. */
	windows: Float32Array[];
	/** Whether it came through a telephone. */
	narrowBand: boolean;
}

/** Without speech. */
const NOBODY: Embedded = { vector: new Float32Array(0), windows: [] };

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
	const windows = chooseWindows(spans, maximum, embedder.windowSeconds);
	const meter = new SpeechMeter(step);
	const band = new BandMeter();
	const measured = (window: Window) => {
		const speech = readWindow(audio, window);
		meter.add(speech);
		band.add(speech);
		return speech;
	};
	const speech = windows.map((window) => ({ samples: samplesOf(window), read: () => measured(window) }));
	const { vector, windows: vectors } = windows.length === 0 ? NOBODY : await embedder.embedWindows(speech);
	const alike = pairCosines(vectors);
	return {
		voiceprint: {
			model: embedder.id,
			speechLength: speech.reduce((sum, { samples }) => sum + samples, 0) / SAMPLE_RATE,
			vector,
		},
		quality: {
			speech_found: rounded(total(spans), 3),
			level: meter.level,
			clipping: meter.clipping,
			snr: windows.length === 0 ? null : meter.snr(pausePowers(audio, spans)),
			consistency: alike.length === 0 ? null : rounded(alike.reduce((sum, one) => sum + one, 0) / alike.length, 3),
		},
		windows: vectors,
		narrowBand: band.isNarrow,
	};
}
