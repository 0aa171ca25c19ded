/** Voiceprints of recordings by the engine. */
import { runJob, withWorkFolder, type RunOptions } from '../../dist/engine/client/client.js';
import type { MediaRequest, RuntimeChoice, VadRequest, VoiceprintJob, VoiceprintRequest, VoiceprintResult } from '../../dist/engine/client/protocol.js';

export interface VoiceprintOptions extends RunOptions {
	media?: Partial<MediaRequest>;
	vad?: Partial<VadRequest>;
	voiceprint?: Partial<VoiceprintRequest>;
	runtime?: RuntimeChoice;
}

export function voiceprintJob(path: string, workFolder: string, { media, vad, voiceprint, runtime = 'auto' }: VoiceprintOptions = {}): VoiceprintJob {
	return {
		type: 'voiceprint',
		media: { path, channelMode: 'split', ...media },
		vad: { preset: 'forTranscription', ...vad },
		// The fast one: what most tests look at does not depend on the model.
		voiceprint: { model: 'fast', maximumSpeech: 60, minimumSpeech: 3, onLittleSpeech: 'warn', ...voiceprint },
		runtime,
		workFolder,
	};
}

export async function voiceprints(path: string, options: VoiceprintOptions = {}): Promise<VoiceprintResult> {
	return await withWorkFolder(async (folder) => await runJob(voiceprintJob(path, folder, options), options));
}

/** Cosine of two vectors of any length. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
	let [dot, aa, bb] = [0, 0, 0];
	for (let i = 0; i < a.length; i++) {
		dot += a[i] * b[i];
		aa += a[i] ** 2;
		bb += b[i] ** 2;
	}
	return dot / Math.sqrt(aa * bb);
}
