/**
 * One diarizer over recordings, in a process of its own (two versions of ONNX Runtime cannot share one): reads JSON
 * `{ diarizer, paths, model, models }` from the first argument and prints for each recording `{ turns, cpu }`, one line each.
 */
import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BundledChoice, SpeakersJob } from '../dist/engine/client/protocol.js';
import { diarizeSpeakers } from '../dist/engine/process/host/diarizeSpeakers.js';
import { decodeChannels } from '../test/support/recordings.mts';
import type { Turn } from './errorRate.mts';
import { EMBEDDING_FACTS, withFacts } from './onnxFacts.mts';

const require = createRequire(import.meta.url);

export type Diarizer = 'ours' | 'sherpa';

export interface Diarized {
	turns: Turn[];
	/** Seconds of the processor, decoding included for ours. */
	cpu: number;
}

/** Published graphs by these names, in the folder that the bench is given; see the model cards for where they come from. */
export const PEER_MODELS = { segmentation: 'pyannote-segmentation-3.0.onnx', embedding: 'wespeaker-resnet34-256.onnx' };

/** As `EMBEDDING_FACTS`. */
const SEGMENTATION_FACTS = {
	num_speakers: '3',
	powerset_max_classes: '2',
	num_classes: '7',
	sample_rate: '16000',
	window_size: '160000',
	receptive_field_size: '991',
	receptive_field_shift: '270',
};
async function ours(path: string, model?: BundledChoice): Promise<Turn[]> {
	const workFolder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
	try {
		const job: SpeakersJob = {
			type: 'speakers',
			media: { path, channelMode: 'mix' },
			vad: { preset: 'balanced' },
			speakers: { model, minimumSpeakers: 1, mergePauses: 0.5, shortestTurn: 0.25, known: [], threshold: 'balanced' },
			runtime: 'native',
			workFolder,
		};
		const { channels } = await diarizeSpeakers(job);
		return channels[0].segments.map(({ start_time, end_time, speaker }) => ({ start: start_time, end: end_time, speaker }));
	} finally {
		rmSync(workFolder, { recursive: true, force: true });
	}
}

function sherpa(folder: string): (path: string) => Promise<Turn[]> {
	const { OfflineSpeakerDiarization } = require('sherpa-onnx-node') as {
		OfflineSpeakerDiarization: new (config: object) => { process(samples: Float32Array): Array<{ start: number; end: number; speaker: number }> };
	};
	const work = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
	try {
		const prepared = (name: string, facts: Record<string, string>) => {
			const path = join(work, name);
			writeFileSync(path, withFacts(readFileSync(join(folder, name)), facts));
			return path;
		};
		const diarizer = new OfflineSpeakerDiarization({
			segmentation: { pyannote: { model: prepared(PEER_MODELS.segmentation, SEGMENTATION_FACTS) }, numThreads: 1 },
			embedding: { model: prepared(PEER_MODELS.embedding, EMBEDDING_FACTS), numThreads: 1 },
			clustering: { numClusters: -1, threshold: PEER_THRESHOLD },
			minDurationOn: 0.25,
			minDurationOff: 0.5,
		});
		return async (path) => {
			const [samples] = await decodeChannels(path);
			return diarizer.process(samples).map(({ start, end, speaker }) => ({ start, end, speaker: String(speaker) }));
		};
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

/** Distance at which its clustering is cut: its documentation's example. */
const PEER_THRESHOLD = 0.5;

export interface Work {
	diarizer: Diarizer;
	paths: string[];
	/** Of ours; absent: accurate. */
	model?: BundledChoice;
	/** Folder with PEER_MODELS. */
	models?: string;
}

if (import.meta.main) {
	const { diarizer, paths, model, models } = JSON.parse(process.argv[2]) as Work;
	const diarize = diarizer === 'ours' ? async (path: string) => await ours(path, model) : sherpa(models!);
	// Loading is no part of it.
	if (diarizer === 'ours') await diarize(paths[0]);
	for (const path of paths) {
		const before = process.cpuUsage();
		const turns = await diarize(path);
		const { user, system } = process.cpuUsage(before);
		console.log(JSON.stringify({ turns, cpu: (user + system) / 1e6 } satisfies Diarized));
	}
	process.exit(0);
}
