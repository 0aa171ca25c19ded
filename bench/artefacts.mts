/** What pictures and cut audio cost beside the result they are made with: CPU of a warm engine, as ratios within one run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClipsRequest, ProduceRequest } from '../dist/engine/client/protocol.js';
import { vadJob } from '../test/support/engine.mts';
import { engineCost } from './engineRuns.mts';
import { callFile, FORMATS } from './formats.mts';
import { printTable } from './table.mts';

const CLIPS: Omit<ClipsRequest, 'format'> = { bitRate: 0, channels: 'each', mergePauses: 0, padding: 0, longest: 0, largest: 25_000_000 };

const ASKED: Array<[label: string, produce: ProduceRequest | undefined]> = [
	['nothing', undefined],
	['picture', { picture: { formats: ['png'], theme: 'light', width: 1200 } }],
	['speech only, WAV', { speechOnly: { format: 'wav', bitRate: 0, keptPause: 0 } }],
	['speech only, FLAC', { speechOnly: { format: 'flac', bitRate: 0, keptPause: 0 } }],
	['speech only, MP3', { speechOnly: { format: 'mp3', bitRate: 0, keptPause: 0 } }],
	['speech only, Opus', { speechOnly: { format: 'opus', bitRate: 0, keptPause: 0 } }],
	['clips, WAV', { clips: { ...CLIPS, format: 'wav' } }],
	['clips, FLAC', { clips: { ...CLIPS, format: 'flac' } }],
	['speech only and clips, FLAC', { speechOnly: { format: 'flac', bitRate: 0, keptPause: 0 }, clips: { ...CLIPS, format: 'flac' } }],
];

/** What the models hear, and what has to be decoded and resampled. */
const MEASURED = new Set(['WAV 16 kHz', 'M4A (AAC) 128 kbit/s']);

/** Jobs of an engine after its first. */
const ROUNDS = 3;

/** @param seconds of the recordings, with two channels */
export async function artefactsBench(seconds = 600): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
	try {
		for (const format of FORMATS.filter(([label]) => MEASURED.has(label))) {
			const path = await callFile(seconds, format);
			const rows: Array<Array<string | number>> = [];
			let without = 0;
			for (const [label, produce] of ASKED) {
				const { warm, peak } = await engineCost({ ...vadJob(path, folder), ...(produce ? { produce } : {}) }, 1, ROUNDS);
				without ||= warm.cpu;
				rows.push([label, warm.cpu.toFixed(2), (warm.cpu / without).toFixed(2), peak]);
			}
			printTable(`Also Produce, ${format[0]}, ${seconds} s, two channels, mean of ${ROUNDS}`, ['asked for', 'CPU s', 'to nothing', 'engine peak MiB'], rows);
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
