/** What pictures and cut audio cost beside the result they are made with: CPU of a warm engine, as ratios within one run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClipsRequest, ProduceRequest } from '../dist/engine/client/protocol.js';
import { vadJob } from '../test/support/engine.mts';
import { engineCost } from './engineRuns.mts';
import { callFile, FORMATS } from './formats.mts';
import { printTable, type Table } from './table.mts';

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

export interface ArtefactCosts {
	table: Table;
	/** CPU to that of nothing asked for. */
	ratios: Record<string, number>;
}

/** @param seconds of the recording, with two channels @param labels what is asked for, beside nothing; absent: all */
export async function artefactCosts(format: (typeof FORMATS)[number], seconds: number, folder: string, labels?: string[]): Promise<ArtefactCosts> {
	const path = await callFile(seconds, format);
	const rows: Table['rows'] = [];
	const ratios: ArtefactCosts['ratios'] = {};
	let without = 0;
	for (const [label, produce] of ASKED.filter(([label, produce]) => !produce || !labels || labels.includes(label))) {
		const { warm, peak } = await engineCost({ ...vadJob(path, folder), ...(produce ? { produce } : {}) }, { warm: ROUNDS });
		without ||= warm.cpu;
		ratios[label] = warm.cpu / without;
		rows.push([label, warm.cpu.toFixed(2), ratios[label].toFixed(2), peak]);
	}
	const title = `Also Produce, ${format[0]}, ${seconds} s, two channels, mean of ${ROUNDS}`;
	return { ratios, table: { title, header: ['asked for', 'CPU s', 'to nothing', 'engine peak MiB'], rows } };
}

export async function artefactsBench(seconds = 600): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
	try {
		for (const format of FORMATS.filter(([label]) => MEASURED.has(label))) {
			const { table } = await artefactCosts(format, seconds, folder);
			printTable(table.title, table.header, table.rows);
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
