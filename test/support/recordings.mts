/** Recordings for tests: the synthesised samples of this repository, and real speech where it is at hand. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeMedia } from '../../dist/engine/process/media/decode.js';

const ROOT = join(import.meta.dirname, '..', '..');

export const SAMPLE_RATE = 16000;

/** Two channels, 25 s; where its speech is stands in `CALL_TRUTH`. */
export const CALL = join(ROOT, 'examples', 'audio', 'call.ogg');
/** One channel, 8 kHz mu-law. */
export const TELEPHONE = join(ROOT, 'examples', 'audio', 'telephone.wav');

interface Truth {
	duration: number;
	/** Seconds. */
	channels: Array<{ channel_number: number; speech: Array<[number, number]> }>;
}

export const CALL_TRUTH = JSON.parse(readFileSync(join(ROOT, 'examples', 'audio', 'call.truth.json'), 'utf8')) as Truth;

/** Samples of each channel at 16 kHz. */
export async function decodeChannels(path: string): Promise<Float32Array[]> {
	const blocks: Float32Array[][] = [];
	await decodeMedia({ path, channelMode: 'split' }, { onBlock: (block) => blocks.push(block.map((samples) => samples.slice())) });
	return (blocks[0] ?? []).map((_, channel) => concatenate(blocks.map((block) => block[channel])));
}

export function concatenate(parts: Float32Array[]): Float32Array {
	const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
	let position = 0;
	for (const part of parts) {
		whole.set(part, position);
		position += part.length;
	}
	return whole;
}

/** Samples as the VAD reads them: zeros outside the recording. */
export function audioOf(samples: Float32Array) {
	return {
		length: samples.length,
		read(start: number, target: Float32Array) {
			const lead = Math.max(0, -start);
			const part = samples.subarray(start + lead, Math.max(0, start + target.length));
			target.fill(0);
			target.set(part, lead);
		},
	};
}

/** Hand-labelled speech, licensed for measuring only, so not part of this repository. */
const LABELLED = process.env.VOICEPRINT_LABELLED_SPEECH ?? join(ROOT, '..', 'shared', 'speech', 'vad');

export interface LabelledRecording {
	path: string;
	/** Spans of speech, seconds. */
	speech: Array<[number, number]>;
}

/** Empty where the recordings are not on this machine. */
export function labelledRecordings(folder: string = LABELLED): LabelledRecording[] {
	if (!existsSync(folder)) return [];
	const labels = readdirSync(folder).filter((name) => name.endsWith('.scv'));
	return labels.sort().map((name) => ({
		path: join(folder, name.replace(/scv$/, 'wav')),
		speech: readLabels(join(folder, name)),
	}));
}

export const NO_LABELLED_SPEECH = 'needs hand-labelled speech, which is not part of the repository';

/** `name,start,end,label,start,end,label,…` with label 1 for speech. */
function readLabels(path: string): Array<[number, number]> {
	const fields = readFileSync(path, 'utf8').trim().split(',').slice(1).map(Number);
	const spans: Array<[number, number]> = [];
	for (let i = 0; i + 2 < fields.length; i += 3) if (fields[i + 2] === 1) spans.push([fields[i], fields[i + 1]]);
	return spans;
}
